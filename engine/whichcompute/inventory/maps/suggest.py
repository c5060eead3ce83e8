"""Drafts a map for an inventory of an unknown kind, from titles and values of its columns."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.errors import printable, shown
from whichcompute.inventory.maps.mapping import Column, Skip, normal
from whichcompute.inventory.maps.settle import Sample, settle
from whichcompute.inventory.maps.titles import columns_of, general_map
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS


def draft(name: str, sample: Sample) -> str:
    """A map in YAML for an inventory that begins with this sample; columns without a match are listed in comments."""
    header = sample.header
    settled = settle(general_map(header).bind(header), sample)
    bound = settled.map
    titles = {normal(title): title for title in reversed(header)}
    lines = [f"# Map for {printable(name)}. Each entry names a descriptor and its column. Edit it, then run:"]
    lines += ["#   whichcompute score INVENTORY -o OUT --map THIS_FILE"]
    lines += [f"# Check: {printable(notice)}" for notice in settled.notices]
    if bound.id is not None:
        lines += [f"ids: [{_quoted(header[bound.id])}]"]
    lines += ["columns:"]
    lines += [_entry(column, titles) for column in bound.columns]
    if not bound.columns:
        lines += ["  # No column resembles a descriptor. Write, for example:", "  # memory_mb: {from: RAM, unit: GB}"]
    used = {titles[normal(source)] for column in bound.columns for source in column.sources}
    lines += [*_skipped(bound.skips, titles)]
    left = [column for column in header if column not in used]
    lines += ["", f"# Columns not used: {', '.join(map(_quoted, left)) or 'none'}"]
    known = {column.descriptor for column in bound.columns}
    lines += [f"# Descriptors still unknown: {', '.join(field for field in DECIDING if field not in known)}"]
    if not bound.skips:
        power = [*columns_of(header, "power_state"), "Powerstate"][0]
        lines += ["#", "# skip:", f"#   - {{column: {_quoted(power)}, values: [poweredOff], because: powered off}}"]
    return "\n".join([*lines, ""])


def _entry(column: Column, titles: dict[str, str]) -> str:
    names = [_quoted(titles[normal(source)]) for source in column.sources]
    parts = [f"from: {names[0]}" if len(names) == 1 else f"from: [{', '.join(names)}]"]
    parts += [f"unit: {column.unit}"] if column.unit else []
    parts += [f"table: {column.table}"] if column.table else []
    return f"  {column.descriptor}: {{{', '.join(parts)}}}  # {DESCRIPTORS[column.descriptor].meaning}"


def _skipped(skips: tuple[Skip, ...], titles: dict[str, str]) -> Iterator[str]:
    if skips:
        yield "skip:"
    for skip in skips:
        word = "@yes" if skip.because == "a template" else "@off"
        yield f"  - {{column: {_quoted(titles[normal(skip.column)])}, values: ['{word}'], because: {skip.because}}}"


def _quoted(column: str) -> str:
    return "'" + shown(column).replace("'", "''") + "'"
