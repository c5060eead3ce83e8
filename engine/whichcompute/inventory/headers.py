"""Notices about an inventory's header: likely misspellings, no descriptor at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from whichcompute.base.errors import shown
from whichcompute.base.words import nearest
from whichcompute.inventory.maps.mapping import BoundMap
from whichcompute.inventory.maps.paths import normal
from whichcompute.inventory.readers.batch import Source
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_NEAR = 0.8
_COMPARED = 2_000  # columns that are compared with all descriptors: a sheet may have very many


def header_notices(source: Source, bound: BoundMap) -> Iterator[str]:
    """The notices."""
    if bound.name:
        return
    names = {normal(name): name for name in source.columns}
    read = {at for column in bound.columns for at in bound.positions_of(column.descriptor)}
    others = (name for name in names if name.removeprefix("read_") not in DESCRIPTORS)  # not what `--values` adds
    unread = (name for name in others if bound.at.get(name) not in read)
    for name in islice(unread, _COMPARED):
        near, given = nearest(name, DECIDING, likeness=_NEAR), names[name]
        if near and near[0] not in names:
            yield f"column '{shown(given)}' is not read; did you mean {near[0]}?"
    if not bound.columns:
        yield f"no column matches a field name, so every field is unknown ({_examples(source.columns)})"


def _examples(columns: Sequence[str]) -> str:
    shown_columns = ", ".join(shown(name) for name in columns[:5])
    return f"columns: {shown_columns}{', …' if len(columns) > 5 else ''}"
