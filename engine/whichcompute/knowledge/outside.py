"""Places outside the services compared: what an answer `none` points to (data/outside.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from whichcompute.base.entries import entries_of
from whichcompute.base.resources import folder
from whichcompute.knowledge.conditions import Condition, without_facts

DEFAULT_PLACE, KEPT = "ec2", "keep"
"""The place that suits workloads of all kinds, and none: the workload stays where it is."""
NAMED_FROM = 0.1
"""From this probability of the answer outside on, a place is named also where no rule names one."""


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """One place: its id, what it is called in a sentence, the products it names, what they do, and sources.

    `first`: of equally strong places it is named first. `likely_for` are the kinds of workload for which it is named
    where no rule names a place, unless one of the conditions `unlike` holds.
    """

    id: str
    name: str
    names: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    likely_for: tuple[str, ...] = ()
    unlike: Annotated[tuple[Condition, ...], without_facts] = ()
    first: bool = False


@cache
def places() -> dict[str, OutsidePlace]:
    """All places by id, in the order of the file; DataError names an entry that cannot be used."""
    return {place.id: place for place in entries_of(folder("data") / "outside.toml", "outside", OutsidePlace)}


@cache
def deciding_fields() -> tuple[str, ...]:
    """The fields on which `likely_places` depends."""
    return tuple(dict.fromkeys(["kind", *(line.field for place in places().values() for line in place.unlike)]))


def likely_places(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the places where such a workload most likely goes when no rule names one, best first."""
    likely = [
        place.id
        for place in places().values()
        if values.get("kind") in place.likely_for and not any(line.holds(values) for line in place.unlike)
    ]
    return (*likely, DEFAULT_PLACE)
