"""How results are printed: colour and width (plain in a pipe, under NO_COLOR, on a dumb terminal), and JSON."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from whichcompute.base.errors import printable
from whichcompute.base.records import Record
from whichcompute.base.resources import BIDI
from whichcompute.base.words import wrap
from whichcompute.presentation.writer import Style, Writer, unstyled

_ROLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "dim": {"dim": True},
    "plain": {},
}
_PIPE_WIDTH, _WIDEST = 100, 110
_OBEYED = re.compile(rf"[\x7f-\x9f{BIDI}]")


def style() -> Style:
    """How to style text for standard output."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return unstyled
    return lambda text, role: click.style(text, **_ROLES[role])


def width() -> int:
    """Columns of the terminal, at most 110; a fixed width in a pipe."""
    return _columns() if sys.stdout.isatty() else _PIPE_WIDTH


def _columns() -> int:
    import shutil  # which imports what compresses files: a pipe does without

    return min(shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns, _WIDEST)


def safe_json(text: str) -> str:
    """JSON without the control characters that JSON allows and terminals obey."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def json_text(data: object) -> str:
    """A result, or plain data, as indented JSON; what JSON has no type for (a date, a path) is written as text."""
    if isinstance(data, Record):
        return safe_json(data.model_dump_json(indent=2))
    return safe_json(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def csv_text(row: Mapping[str, object]) -> str:
    """A row as CSV with its header; control characters, which terminals obey, are escaped."""
    import csv  # which, like io, only this form needs
    import io

    text = io.StringIO()
    cells = [str(cell).lower() if isinstance(cell, bool) else cell for cell in row.values()]
    csv.writer(text, lineterminator="\n").writerows([row, [printable(c) if isinstance(c, str) else c for c in cells]])
    return text.getvalue().removesuffix("\n")


def printed(result: Record, form: str, render: Callable[..., str], **options: Any) -> str:
    """A result as JSON, or as the text that `render` makes of it for this terminal."""
    return json_text(result) if form == "json" else on_terminal(render, result, **options)


def on_terminal(render: Callable[..., str], result: object, **options: Any) -> str:
    """What `render` makes of a result for this terminal."""
    return render(result, width=width(), style=style(), **options)


def writer() -> Writer:
    """Collects text for this terminal."""
    return Writer(width(), style())


def listed(text: str, hang: str = "    ", *, err: bool = False) -> None:
    """Prints lines, on standard error with `err`: wrapped on a terminal, whole in a pipe, where each is one entry."""
    stream = sys.stderr if err else sys.stdout
    for line in text.splitlines() or [""]:
        parts = wrap(line, _columns(), "", hang, break_words=False) if stream.isatty() else []
        for part in parts or [line]:
            click.echo(part, err=err)
