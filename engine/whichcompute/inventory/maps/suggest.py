"""Drafts a map for an inventory of an unknown kind, from the likeness of column names and descriptors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from whichcompute.base.errors import printable, shown
from whichcompute.base.units import SUFFIXES
from whichcompute.inventory.maps.mapping import normal
from whichcompute.inventory.maps.presets import presets
from whichcompute.inventory.maps.values import tables
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_LIKELY = 0.75
_UNIT = re.compile(r"[\[(]\s*(?:in )?([A-Za-z]+)\s*[\])]|_([A-Za-z]+)$")


def draft(name: str, header: Sequence[str]) -> str:
    """A map in YAML for an inventory with this header; columns without a match are listed in comments."""
    found = dict(_pairs(header))
    lines = [f"# Map for {printable(name)}. Each entry names a descriptor and its column. Edit it, then run:"]
    lines += ["#   whichcompute score INVENTORY -o OUT --map THIS_FILE", "columns:"]
    for field, column in found.items():
        lines += _entry(field, column)
    if not found:
        lines += ["  # No column resembles a descriptor. Write, for example:", "  # memory_mb: {from: RAM, unit: GB}"]
    left = [column for column in header if column not in found.values()]
    lines += ["", f"# Columns not used: {', '.join(map(_quoted, left)) or 'none'}"]
    lines += [f"# Descriptors still unknown: {', '.join(field for field in DECIDING if field not in found)}"]
    lines += ["#", "# skip:", "#   - {column: Powerstate, values: [poweredOff], because: powered off}", ""]
    return "\n".join(lines)


def _pairs(header: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Descriptors with the most similar column each; every column is used at most once."""
    scores = sorted(
        ((score, field, column) for column in header for field, score in _likeness(column)),
        key=lambda pair: (-pair[0], DECIDING.index(pair[1])),
    )
    fields: set[str] = set()
    columns: set[str] = set()
    for _, field, column in scores:
        if field not in fields and column not in columns:
            fields.add(field)
            columns.add(column)
            yield field, column


def _likeness(column: str) -> Iterator[tuple[str, float]]:
    name = normal(_UNIT.sub("", column) if "(" in column or "[" in column else column)
    for field in DECIDING:
        best = max(difflib.SequenceMatcher(None, name, known).ratio() for known in _known_names(field))
        if best >= _LIKELY:
            yield field, best


def _known_names(field: str) -> list[str]:
    title = normal(DESCRIPTORS[field].title)
    stem = re.sub(r"_(s|mb|gb|usd|per_month)$", "", field)
    used = [
        name for each in presets().values() for c in each.map.columns if c.descriptor == field for name in c.sources
    ]
    return [field, stem, title, *map(normal, used)]


def _entry(field: str, column: str) -> list[str]:
    parts = [f"from: {_quoted(column)}"]
    unit = _UNIT.search(column)
    named = (unit[1] or unit[2] or "").lower() if unit else ""
    if named in SUFFIXES.get(DESCRIPTORS[field].unit, {}) and normal(column) != field:
        parts.append(f"unit: {named}")
    if field in tables():
        parts.append(f"table: {field}")
    return [f"  {field}: {{{', '.join(parts)}}}  # {DESCRIPTORS[field].meaning}"]


def _quoted(column: str) -> str:
    return "'" + shown(column).replace("'", "''") + "'"
