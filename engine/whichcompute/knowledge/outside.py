"""Places outside the services compared: what an answer `none` points to (data/outside.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from whichcompute.base.entries import entries_of
from whichcompute.base.resources import folder


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """One place: its id, what it is called in a sentence, the products it names, what they do, and sources."""

    id: str
    name: str
    names: tuple[str, ...]
    text: str
    sources: tuple[str, ...]


@cache
def places() -> dict[str, OutsidePlace]:
    """All places by id, in the order of the file; DataError names an entry that cannot be used."""
    return {place.id: place for place in entries_of(folder("data") / "outside.toml", "outside", OutsidePlace)}
