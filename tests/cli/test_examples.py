"""Every command has examples in its help, and they run as they are printed."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from whichcompute.cli import _COMMANDS, cli

ROOT = Path(__file__).parent.parent.parent
OPEN_ENDED = {
    "ask --web": "serves a page until it is answered",
    "train ": "fits a model for half a minute",
    "facts import-prices ": "reads price list files of AWS, which are not part of the checkout",
    "--rules prices ": "uses what facts import-prices wrote",
}
"""Examples whose options are parsed and that are not run, each with the reason."""
FINDS = {
    "whichcompute review docs/decisions --fail-on changed": {0},
    "whichcompute check . --format markdown --fail-on limit,margin": {0, 1},
    "whichcompute check . --baseline accepted.json --fail-on margin": {0, 1},
    "whichcompute diff approved.csv today.csv --fail-on changed": {0, 1},
    "whichcompute facts check --strict": {0, 1},
    "whichcompute facts check --days 180 --strict": {0, 1},
    "whichcompute rules check company.toml": {0, 1},
    "whichcompute facts verify --json --strict": {0, 1},
}
"""Examples that may end with 1, as they find what they look for."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join([*path, name]), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands(cli))


def examples(command: click.Command) -> list[str]:
    _, _, block = (command.help or "").partition("Examples:\n")
    return [line.strip() for line in block.split("\n\n")[0].splitlines() if line.strip()]


LINES = dict.fromkeys(line for command in [cli, *ALL.values()] for line in examples(command))
EXAMPLES = [pytest.param(line, id=line) for line in LINES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the examples name."""
    place = tmp_path_factory.mktemp("examples") / "work"
    place.mkdir()
    (place / "bin").mkdir()
    shim = place / "bin" / "whichcompute"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m whichcompute "$@"\n')
    shim.chmod(0o755)
    fields = (
        "kind: batch_job\nmax_duration_s: 10m\nmemory_mb: 2GB\ntypical_duration_s: 5m\ninvocations_per_month: 1000\n"
    )
    for name in ("workload.yaml", "answers.yaml"):
        (place / name).write_text(fields)
    sample = (ROOT / "data" / "inventories" / "sample.csv").read_text()
    header, *rows = sample.splitlines()
    numbered = [f"{header},VM", *(f"{row},vm-{number}" for number, row in enumerate(rows))]
    for name in ("inventory.csv", "servers.csv"):
        (place / name).write_text("\n".join(numbered) + "\n")
    (place / "rvtools.csv").write_text(
        "VM,Powerstate,CPUs,Memory,OS according to the configuration file\na,poweredOn,2,4096,Ubuntu\n"
    )
    (place / "big.csv.gz").write_bytes(gzip.compress((place / "inventory.csv").read_bytes()))
    run(place, "whichcompute score inventory.csv -o june.csv")
    for name in ("today", "approved"):
        shutil.copy(place / "june.csv", place / f"{name}.csv")
        shutil.copy(place / "june.csv.scoring.json", place / f"{name}.csv.scoring.json")
    run(place, "whichcompute score inventory.csv -o june.parquet")
    for name in ("company.toml", "company-2025.toml", "company-2026.toml", "ours.toml"):
        shutil.copy(ROOT / "docs" / "example-pack.toml", place / name)
    for name in ("ours.csv", "later-decisions.csv"):
        lines = (ROOT / "data" / "cases" / "decisions.csv").read_text().splitlines()[:21]
        (place / name).write_text("\n".join(lines) + "\n")
    for name in ("rules", "data"):
        shutil.copytree(ROOT / name, place / name)
    shutil.copytree(ROOT / "rules", place.parent / "old-release" / "rules")
    shutil.copytree(ROOT / "models" / "default", place / "our-model")
    (place / "docs" / "decisions").mkdir(parents=True)
    run(place, "whichcompute recommend workload.yaml --adr docs/decisions/0001.md")
    for name in ("infrastructure", "cdk.out"):
        (place / name).mkdir()
    compose = "services:\n  web:\n    image: nginx\n    ports: ['80:80']\n"
    for target in ("docker-compose.yml", "infrastructure/compose.yaml", "cdk.out/compose.yaml"):
        (place / target).write_text(compose.replace("web", "api") if target == "docker-compose.yml" else compose)
    run(place, "whichcompute check docker-compose.yml --format json > accepted.json")
    run(place, "whichcompute score servers.csv --suggest-map > suggested.yaml")
    return place


def run(place: Path, line: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(place / "bin"), os.environ["PATH"]])
    home = {"HOME": str(place), "PATH": paths}
    return subprocess.run(
        ["bash", "-c", line], cwd=place, env={**os.environ, **home}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize("name", list(ALL))
def test_every_command_has_an_example(name: str) -> None:
    assert examples(ALL[name]) and all("whichcompute" in line for line in examples(ALL[name]))
    assert any(re.search(rf"\bwhichcompute (--\S+ \S+ )*{name}\b", line) for line in examples(ALL[name]))


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_runs_as_it_is_printed(line: str, folder: Path) -> None:
    line = line.replace("cdk synth && ", "")  # another program, which makes cdk.out
    # Each is the first to write its files, as it would be for a reader.
    for option in ("-o", "--adr", "--chart", "--report", "--save", "--out"):
        for target in re.findall(rf" {option} ([\w./-]+)", line):
            if target not in re.findall(r"--answers (\S+)", line):
                for written in (folder / target, folder / f"{target}.scoring.json"):
                    if written.is_file():
                        written.unlink()
    if "--map map.yaml" in line:  # of an earlier example, which may run elsewhere or later
        shutil.copy(folder / "suggested.yaml", folder / "map.yaml")
    words = line.removeprefix("whichcompute ").split()
    if any(line.removeprefix("whichcompute ").startswith(start) for start in OPEN_ENDED):
        cli.make_context("whichcompute", words)
        return
    if "facts verify" in line:
        pytest.importorskip("botocore")
    if line.startswith("whichcompute init") and (folder / "workload.yaml").exists() and len(words) == 1:
        line = f"mkdir -p new && cd new && {line}"
    (folder / ".config" / "fish" / "completions").mkdir(parents=True, exist_ok=True)
    done = run(folder, line)
    assert done.returncode in FINDS.get(line, {0}), done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_are_those_of_the_list() -> None:
    assert {name.split()[0] for name in ALL} == {*_COMMANDS}
