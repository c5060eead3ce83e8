"""Places outside the services compared: what an answer `none` points to (data/outside.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from whichcompute.base.entries import read_entries
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml


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
    path = folder("data") / "outside.toml"
    found = read_entries(read_toml(path).get("outside", []), OutsidePlace, "outside", str(path), DataError, "id")
    return {place.id: place for place in found}
