"""Facts held against what botocore's descriptions of AWS interfaces say of the same limits (data/verification.toml)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.knowledge.facts import Facts

Agreement = Literal["same", "different", "explained", "not stated"]
Model = Callable[[str], Mapping[str, Any]]
"""The description of a service by botocore's name of it."""


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """Where a description states the limit of a fact: `part` of a shape, or what `reads` finds in its text.

    `apart` is a value of the description that is known to differ, and `because` says why the fact stays.
    """

    fact: str
    api: str
    at: str
    part: Literal["", "min", "max", "enum"] = ""
    reads: str = ""
    scale: float = 1.0
    apart: float | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A fact with the value in force and the day it was read, and what the description says (None: nothing).

    `because`: why a difference is explained already; empty where it is not.
    """

    fact: str
    outcome: Agreement
    ours: object
    read_on: date
    theirs: object
    place: str
    because: str = ""


def botocore_models() -> tuple[Model, str]:
    """The descriptions in the installed botocore, and its version; DataError says how to install it."""
    try:
        import botocore
        from botocore.loaders import Loader
    except ModuleNotFoundError:
        text = "facts verify needs the extra `verify`; type: pip install 'whichcompute[verify]'"
        raise DataError(text) from None
    loader = Loader()
    return cache(lambda api: loader.load_service_model(api, "service-2")), f"botocore {botocore.__version__}"


def verify(facts: Facts, model: Model) -> list[Verified]:
    """Every fact that a description states too, in the order of the file; DataError names an entry of no fact."""
    entries = entries_of(folder("data") / "verification.toml", "check", CheckEntry, "fact")
    return [_verified(entry, facts, model) for entry in entries if entry.fact in facts]


def _verified(entry: CheckEntry, facts: Facts, model: Model) -> Verified:
    dated = facts.fact(entry.fact).at(facts.as_of)
    assert dated is not None
    ours, theirs = facts[entry.fact], _stated(entry, model(entry.api))
    outcome: Agreement = "not stated" if theirs is None else "same" if _equal(ours, theirs) else "different"
    because = entry.because if outcome == "different" and theirs == entry.apart else ""
    outcome = "explained" if because else outcome
    return Verified(entry.fact, outcome, ours, dated.read_on, theirs, f"{entry.api}: {entry.at}", because)


def _stated(entry: CheckEntry, described: Mapping[str, Any]) -> object:
    """What a description says: a number in the unit of the fact, a list, or None where it does not say it so."""
    name, _, member = entry.at.partition(".")
    shape = described["shapes"].get(name, {})
    if member:
        shape = shape.get("members", {}).get(member, {})
    if entry.part:
        found = shape.get(entry.part)
        return found if found is None or entry.part == "enum" else float(found * entry.scale)
    text = re.sub(r"<[^>]+>", "", shape.get("documentation", ""))
    match = re.search(entry.reads, text)
    return float(match[1].replace(",", "")) * entry.scale if match else None


def _equal(ours: object, theirs: object) -> bool:
    if isinstance(ours, list) and isinstance(theirs, list):
        return sorted(ours) == sorted(theirs)
    return isinstance(ours, int | float) and isinstance(theirs, int | float) and abs(ours - theirs) < 1e-9
