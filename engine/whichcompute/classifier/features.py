"""What a classifier may look at: conjunctions of condition lines, from the descriptor table and features.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.cells import ConjunctionIndex, numbers_of
from whichcompute.knowledge.conditions import Condition, ConditionError, parse
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor, Value, with_derived
from whichcompute.knowledge.facts import Facts


@dataclass(frozen=True, slots=True)
class Template:
    """A feature without weights: its name and the conditions that must all hold."""

    name: str
    when: tuple[str, ...]
    conditions: tuple[Condition, ...]


def load(facts: Facts, path: Path | None = None) -> tuple[Template, ...]:
    """All features in the order of the descriptor table, then the interactions; DataError names file and entry."""
    path = path or folder("data") / "features.toml"
    table = read_toml(path)
    cuts = table.get("cuts", {})
    if odd := [name for name in cuts if name not in DESCRIPTORS or DESCRIPTORS[name].type != "number"]:
        raise DataError(f"{path}: cuts of '{shown(odd[0])}', which is no numeric descriptor")
    singles = [
        Template(line, (line,), ())
        for descriptor in DESCRIPTORS.values()
        for line in _lines(descriptor, cuts.get(descriptor.name, ()))
    ]
    joint = [_interaction(entry, path) for entry in table.get("interaction", ())]
    return tuple(_parsed(template, facts, path) for template in [*singles, *joint])


def _lines(descriptor: Descriptor, cuts: Sequence[str]) -> Iterator[str]:
    name = descriptor.name
    if descriptor.type == "choice":
        yield from (f"{name} == '{value}'" for value in descriptor.choices)
    elif descriptor.type == "boolean":
        yield from (f"{name} == true", f"{name} == false")
    elif descriptor.type == "number":
        yield f"known {name}"
        yield from (f"{name} {cut}" for cut in cuts)


def _interaction(entry: Mapping[str, Any], path: Path) -> Template:
    if set(entry) != {"name", "because", "when"}:
        raise DataError(f"{path}: interaction {shown(entry.get('name', '?'))}: needs name, because and when")
    return Template(entry["name"], tuple(entry["when"]), ())


def _parsed(template: Template, facts: Facts, path: Path) -> Template:
    try:
        conditions = tuple(parse(line, facts) for line in template.when)
    except ConditionError as error:
        raise DataError(f"{path}: {shown(template.name)}: {error}") from None
    if named := [c.fact for c in conditions if c.fact]:
        raise DataError(f"{path}: {shown(template.name)}: fact {named[0]} cannot be a cut of the classifier")
    return Template(template.name, template.when, conditions)


def matrix(templates: Sequence[Template], workloads: Sequence[Mapping[str, Value]]) -> NDArray[np.float64]:
    """One row per workload, one column per feature: 1.0 where all its conditions hold, else 0.0."""
    index = ConjunctionIndex(templates)
    rows = np.zeros((len(workloads), len(templates)))
    for row, values in zip(rows, workloads, strict=True):
        fired, _ = index.evaluate(with_derived(values))
        row[numbers_of(fired)] = 1.0
    return rows
