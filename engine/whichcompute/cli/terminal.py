"""Colour and width of the terminal: none of either in a pipe, under NO_COLOR, or on a dumb terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import Any

import click

from whichcompute.base.resources import BIDI
from whichcompute.presentation.recommendation import Style, unstyled

_ROLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "warn": {"fg": "yellow"},
    "dim": {"dim": True},
    "plain": {},
}
_PIPE_WIDTH = 100
_OBEYED = re.compile(rf"[\x7f-\x9f{BIDI}]")


def style() -> Style:
    """How to style text for standard output."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return unstyled
    return lambda text, role: click.style(text, **_ROLES[role])


def width() -> int:
    """Columns of the terminal, at most 110; a fixed width in a pipe."""
    return min(shutil.get_terminal_size((_PIPE_WIDTH, 24)).columns, 110) if sys.stdout.isatty() else _PIPE_WIDTH


def safe_json(text: str) -> str:
    """JSON without the control characters that JSON allows and terminals obey."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
