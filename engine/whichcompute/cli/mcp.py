"""`whichcompute mcp`: a Model Context Protocol server on standard input and output; it opens no connection."""

from __future__ import annotations

import click

from whichcompute.base.errors import WhichcomputeError
from whichcompute.cli.settings import Settings


@click.command()
@click.pass_obj
def mcp(settings: Settings) -> None:
    """Serve recommendations to an assistant by the Model Context Protocol, on standard input and output.

    The host of the assistant starts this command; docs/mcp.md has the settings of two hosts. It uses no network, and
    text of a workload is data: it is never used to decide.

    \b
    Examples:
      whichcompute mcp
      whichcompute mcp --rules ours.toml --as-of 2026-11-23
    """
    try:
        from whichcompute.cli.mcp_server import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        raise WhichcomputeError("the package mcp is not installed; install it: pip install 'mcp>=2.0'") from None
    settings.engine.recommend({"kind": "web_api"})  # loads what the first answer needs, before a host waits for it
    ended = False
    try:
        server(settings.engine).run("stdio")
    except* BrokenPipeError:
        ended = True
    if ended:
        raise BrokenPipeError("the host has ended")
