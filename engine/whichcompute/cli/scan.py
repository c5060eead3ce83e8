"""`whichcompute scan`: infrastructure code and configuration into an inventory."""

from __future__ import annotations

from pathlib import Path

import click

from whichcompute.base.outputs import refuse_to_overwrite, write_text
from whichcompute.cli.options import FORCE, PATH, fail_if
from whichcompute.cli.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=PATH)
@click.option("-o", "--out", metavar="OUT", help="The inventory: .csv or .json; without it CSV on standard output.")
@FORCE
@click.pass_obj
def scan(settings: Settings, paths: tuple[Path, ...], out: str | None, force: bool) -> None:
    """Read infrastructure code and configuration into an inventory that `score` reads.

    PATH is a folder or a file. Every value is given by a key or derived by a stated rule, and has file, line and key;
    likely values and defaults of platforms are listed apart and are not used. Nothing is executed, nothing is fetched,
    and environment values are never read. Files that .gitignore or
    .whichcomputeignore excludes are left out.

    Formats: CloudFormation, SAM, CDK templates; Terraform and OpenTofu, plans and states; Serverless Framework,
    Chalice, Zappa; Compose, Dockerfile, Procfile; ECS and Batch definitions, Dockerrun and .ebextensions, Copilot;
    Kubernetes, Score; crontab, systemd; Cloud Run, Azure Functions, fly.toml.

    \b
    Examples:
      whichcompute scan . -o inventory.csv
      whichcompute scan infrastructure/ docker-compose.yml -o found.json
      cdk synth && whichcompute scan cdk.out -o inventory.csv
    """
    import whichcompute
    from whichcompute.engine import scan_as_csv, scan_as_json
    from whichcompute.presentation.check import scan_lines

    if out is not None and not out.endswith((".csv", ".json")) and out != "-":
        raise click.UsageError(f"--out {out}: must end in .csv or .json")
    refuse_to_overwrite([out], force, paths)
    found = whichcompute.scan(*paths)
    refuse_to_overwrite([out], True, (path / name for path in paths for name in found.files if path.is_dir()))
    text = scan_as_json(found) if out is not None and out.endswith(".json") else scan_as_csv(found)
    if out in (None, "-"):
        click.echo(text, nl=False)
    else:
        assert out is not None
        write_text(out, text)
    for line in scan_lines(found):
        settings.note(line)
    fail_if(not found.workloads and (bool(found.unreadable) or not found.files))
