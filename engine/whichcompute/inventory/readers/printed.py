"""Tables as commands print them for people: aligned by blanks, or with borders, as comma-separated text.

`gcloud compute instances list`, `az vm list -o table`, `kubectl get pods` and `openstack server list` print such ones,
and pages in Markdown hold them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.maps.titles import named
from whichcompute.inventory.readers.csv_rows import written

LARGEST = 1 << 20
"""Bytes of a file in which such a table is looked for."""

_RULED = re.compile(r"[|+]")
_BORDERS = dict.fromkeys(range(0x2500, 0x2580), "+") | str.maketrans("│┃║─━═", "|||---")  # drawn borders
_PADDED = re.compile(r"(?<=\S)\t\t+(?=\S)")
_RULE = re.compile(r"(?=.*?[=-]{2})[\s|+:=-]+", re.DOTALL)
_SEPARATORS = re.compile(r"[,;\t|]")
_FEWEST = 3  # titles that are aligned by chance no more
_MOST = 1_000
_USUAL = 1  # more of the titles must be usual ones


def as_csv(data: bytes, name: str = "") -> bytes:
    """The table in a file as comma-separated text with the same line numbers; nothing if the file is no such table.

    InventoryError for a table that several tabs align and whose columns cannot be separated.
    """
    if len(data) > LARGEST:
        return b""
    first = data.lstrip().partition(b"\n")[0].decode("utf-8", "replace").translate(_BORDERS)
    padded = len(_PADDED.findall(first)) > 1
    if not padded and not _RULED.match(first) and any(sign in first for sign in ",;\t"):
        return b""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").translate(_BORDERS)
    if not padded:
        return _as_csv(text).encode()
    if len({line.count("\t") for line in text.split("\n") if line.strip()}) == 1:
        return b""  # as many in each line separate cells, some of them empty
    if not (found := _as_csv(text.expandtabs())):
        raise InventoryError(f"{name}: columns are aligned by tabs and run into one another; export it as CSV or JSON")
    return found.encode()


def _as_csv(text: str) -> str:
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    first = next((line for line in filled if not _RULE.fullmatch(line)), "")
    ruled = any(_RULE.fullmatch(line) for line in filled[:2])
    if ruled and first.lstrip().startswith("|"):
        return _joined([_bordered(line) for line in lines])
    if len(filled) < 2 or _SEPARATORS.search(first):
        return ""
    best: tuple[int, str] = (_USUAL, "")
    below = filled[filled.index(first) + 1]
    # A line of dashes shows the columns; else titles may have blanks where gaps are of two or more.
    for spans, line in ((r"-+", below), (r"\S+(?: \S+)*", first), (r"\S+", first)):
        starts = [found.start() for found in re.finditer(spans, line)] if line is first or _RULE.fullmatch(line) else []
        rows = [[] if _RULE.fullmatch(each) else _sliced(each, starts) for each in lines]
        usual = named(_sliced(first, starts) or [])
        if _FEWEST <= len(starts) <= _MOST and None not in rows and usual > best[0]:
            best = usual, _joined([row or [] for row in rows])
    return best[1]


def _bordered(line: str) -> list[str]:
    if _RULE.fullmatch(line) or not line.strip():
        return []
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _sliced(line: str, starts: Sequence[int]) -> list[str] | None:
    """The cells of a line by where the titles start; None if a cell reaches into the next column."""
    if not line.strip():
        return []
    if any(start and line[start - 1 : start].strip() for start in starts):
        return None
    return [line[start:end].strip() for start, end in pairwise([*starts, len(line) + 1])]


def _joined(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(written([row])[0] if row else "" for row in rows)
