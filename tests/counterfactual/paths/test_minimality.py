"""Brute force: every cheaper set of at most three changes is tried, and none leads to the service."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

import polars as pl
import pytest

from tests.counterfactual.paths.cases import CASES
from whichcompute import Engine
from whichcompute.base.resources import folder, read_toml
from whichcompute.counterfactual.paths import Path
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, Value
from whichcompute.knowledge.services import SERVICES

Changes = dict[str, Value]
WAYS = read_toml(folder("data") / "changes.toml")
TYPES = {"number": pl.Float64, "boolean": pl.Boolean, "choice": pl.String}
MOST = 120_000  # sets tried for one workload and service
SAMPLE = random.Random(11).sample([(number, service) for number in range(len(CASES)) for service in SERVICES], 40)


def answers(engine: Engine, name: str, now: Value | None) -> list[Value]:
    """Answers to one descriptor that stand for all: what any condition names, and values between."""
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "boolean":
        return [True, False]
    if descriptor.type == "choice":
        return list(descriptor.choices)
    conditions = [c for term in (*engine.pack, *engine.aggregator.classifier.features) for c in term.conditions]
    named = [c.operand if isinstance(c.operand, tuple) else (c.operand,) for c in conditions if c.field == name]
    cuts = sorted({0.0, descriptor.maximum, *(item for items in named for item in items if isinstance(item, float))})
    between = [(low + high) / 2 for low, high in zip(cuts, cuts[1:], strict=False)]
    beside = [now * 0.999, now * 1.001] if isinstance(now, float) else []
    found = {float(round(v)) if descriptor.integer else v for v in (*cuts, *between, *beside)}
    return sorted(value for value in found if value <= descriptor.maximum)


def changes(engine: Engine, name: str, now: Value | None) -> list[Value]:
    """The answers that a descriptor may be brought to."""
    descriptor, way = DESCRIPTORS[name], WAYS.get(name)
    found = [value for value in answers(engine, name, now) if value != now]
    if now is None or not descriptor.change_effort or way is None:
        return found if now is None or descriptor.change_effort else []
    if isinstance(way, list):
        return [value for value in found if value in way]
    place = list(descriptor.choices).index if descriptor.type == "choice" else float
    return [v for v in found if (place(v) < place(now)) == (way == "less")]  # type: ignore[arg-type]  # as the type says


def cheaper(engine: Engine, values: Mapping[str, Value], path: Path, most: int) -> Iterator[Changes]:
    """All sets of at most `most` changes of less effort than the path, or of as much with fewer steps."""
    costs = {name: DESCRIPTORS[name].change_effort if name in values else 1 for name in DECIDING}
    options = {name: found for name in DECIDING if (found := changes(engine, name, values.get(name)))}
    limit = (path.effort, len(path.steps)) if path.reachable else (99, 99)
    for size in range(1, most + 1):
        for names in combinations(options, size):
            if (sum(costs[name] for name in names), size) < limit:
                for picked in product(*(options[name] for name in names)):
                    yield dict(zip(names, picked, strict=True))


def winners(engine: Engine, values: Mapping[str, Value], sets: list[Changes], service: str) -> list[Changes]:
    """The sets of changes that lead to the service without a new contradiction."""
    schema = {name: TYPES[DESCRIPTORS[name].type] for name in DECIDING}
    rows = [{name: None for name in DECIDING} | dict(values) | one for one in sets]
    scored = engine.score(pl.DataFrame(rows, schema), explain="none")["recommended_service"]
    present = {c.fields for c in contradictions(values)}
    found = [one for one, first in zip(sets, scored, strict=True) if first == service]
    return [one for one in found if all(c.fields in present for c in contradictions({**values, **one}))]


@pytest.mark.parametrize(("number", "service"), SAMPLE, ids=str)
def test_no_cheaper_set_of_changes_leads_to_the_service(engine: Engine, number: int, service: str) -> None:
    values = {name: value for name, value in CASES[number].items() if DESCRIPTORS[name].decides}
    path = engine.path_to(values, service)
    for most in (3, 2, 1):
        sets = [one for _, one in zip(range(MOST), cheaper(engine, values, path, most), strict=False)]
        if len(sets) < MOST:
            break
    assert not sets or not winners(engine, values, sets, service)


def test_the_brute_force_finds_what_is_there(engine: Engine) -> None:
    values: Changes = {"kind": "event_handler", "max_duration_s": 1200.0}
    path = engine.path_to(values, "lambda")
    assert path.effort == 3
    dearer = replace(path, effort=4)
    found = winners(engine, values, list(cheaper(engine, values, dearer, 1)), "lambda")
    assert found and all(set(one) == {"max_duration_s"} for one in found)


def random_workload(seed: int) -> Changes:
    """A workload with known factors of derived descriptors, which no real case of the sample may have."""
    draw = random.Random(seed)
    factors = {name: 10 ** draw.uniform(0, 6) for name in {f for d in DERIVED.values() for f in d.factors}}
    chosen = {n: draw.choice(list(d.choices)) for n, d in DESCRIPTORS.items() if d.choices and draw.random() < 0.3}
    numbers = {n: float(round(v)) if DESCRIPTORS[n].integer else v for n, v in factors.items() if draw.random() < 0.8}
    return {**chosen, **numbers}


@pytest.mark.parametrize("seed", range(12))
def test_no_single_change_is_missed_for_random_workloads(engine: Engine, seed: int) -> None:
    values = random_workload(seed)
    for service in SERVICES:
        path = engine.path_to(values, service)
        sets = list(cheaper(engine, values, path, 1))
        assert not sets or not winners(engine, values, sets, service)
