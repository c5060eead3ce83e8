"""Places outside the services compared: what an answer `none` points to (data/outside.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from whichcompute.base.entries import entries_of
from whichcompute.base.resources import folder

DEFAULT_PLACE = "ec2"
"""Suits workloads of all kinds."""


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """One place: its id, what it is called in a sentence, the products it names, what they do, and sources.

    `likely_for` are the kinds of workload for which it is named where no rule names a place, unless it keeps no data
    and they do.
    """

    id: str
    name: str
    names: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    likely_for: tuple[str, ...] = ()
    keeps_no_data: bool = False


@cache
def places() -> dict[str, OutsidePlace]:
    """All places by id, in the order of the file; DataError names an entry that cannot be used."""
    return {place.id: place for place in entries_of(folder("data") / "outside.toml", "outside", OutsidePlace)}


@cache
def likely_places(kind: str | None, state: str | None) -> tuple[str, ...]:
    """Ids of the places where a workload of this kind most likely goes when no rule names one, best first."""
    likely = (place for place in places().values() if kind in place.likely_for)
    return (*(place.id for place in likely if not (place.keeps_no_data and state == "persistent")), DEFAULT_PLACE)
