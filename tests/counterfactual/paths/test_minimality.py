"""Brute force: where a path takes more than one step, every single change is tried, and none leads to the service."""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl
import pytest

from whichcompute import Engine
from whichcompute.base.resources import folder, read_toml
from whichcompute.counterfactual.paths.landscape import ANSWER
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value

WAYS = read_toml(folder("data") / "changes.toml")
TYPES = {"number": pl.Float64, "boolean": pl.Boolean, "choice": pl.String}


def cuts(engine: Engine, name: str) -> set[float]:
    """The numbers that any rule or classifier condition compares a descriptor with."""
    own = engine.aggregator.classifier.fields
    conditions = [c for entry in engine.pack for c in entry.conditions]
    conditions += own[name].conditions if name in own else ()
    return {item for c in conditions if c.field == name for item in c.operands if type(item) is float}


def answers(engine: Engine, name: str, draw: random.Random) -> list[Value]:
    """Answers to one descriptor: all there are, or numbers at and around what it is compared with."""
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "boolean":
        return [True, False]
    if descriptor.type == "choice":
        return list(descriptor.choices)
    found = [cut * factor for cut in cuts(engine, name) for factor in (0.999, 1.0, 1.001, draw.uniform(0.5, 2.0))]
    found += [0.0, 1.0, 10.0 ** draw.uniform(0, 6)]
    return sorted({float(round(v)) if descriptor.integer else v for v in found if v <= descriptor.maximum})


def reached(engine: Engine, name: str, now: Value, draw: random.Random) -> Iterator[Value]:
    """The answers that a known descriptor may be brought to."""
    descriptor, way = DESCRIPTORS[name], WAYS.get(name)
    place = list(descriptor.choices).index if descriptor.type == "choice" else float
    for value in answers(engine, name, draw) if descriptor.change_effort else ():
        sided = way is None or isinstance(way, list) and value in way
        if value != now and (sided or isinstance(way, str) and (place(value) < place(now)) == (way == "less")):
            yield value


def complete(engine: Engine, seed: int) -> dict[str, Value]:
    """A workload with an answer to every descriptor, free of contradictions."""
    draw = random.Random(seed)
    values: dict[str, Value] = {}
    for name in draw.sample(DECIDING, len(DECIDING)):
        options = answers(engine, name, draw)
        draw.shuffle(options)
        values[name] = next((v for v in options if not contradictions({**values, name: v})), options[0])
    return values


def leading(engine: Engine, rows: list[dict[str, Value]]) -> list[str]:
    schema = {name: TYPES[DESCRIPTORS[name].type] for name in DECIDING}
    frame = pl.DataFrame([dict.fromkeys(DECIDING) | row for row in rows], schema)
    plausible = engine.score(frame, explain="none")["plausible_services"]
    return [services.partition(";")[0] for services in plausible]


@pytest.mark.parametrize("seed", range(10))
def test_no_single_change_is_missed(engine: Engine, seed: int) -> None:
    draw, values = random.Random(seed + 100), complete(engine, seed)
    present = {c.fields for c in contradictions(values)}
    single = [
        (name, {**values, name: value})
        for name, now in values.items()
        for value in reached(engine, name, now, draw)
        if all(c.fields in present for c in contradictions({**values, name: value}))
    ]
    least: dict[str, int] = {}
    for (name, _), answer in zip(single, leading(engine, [after for _, after in single]), strict=True):
        least[answer] = min(DESCRIPTORS[name].change_effort, least.get(answer, 99))
    now = engine.recommend(values).service
    for answer in sorted(least.keys() - {now}):
        path = engine.path_to(values, answer)
        assert path.reachable and len(path.steps) == 1 and path.effort <= least[answer]
        after = engine.recommend({**values, **{step.field: step.after for step in path.steps}})
        assert after.service == answer


@pytest.mark.parametrize("seed", range(2))
def test_no_single_answer_is_missed_while_little_is_known(engine: Engine, seed: int) -> None:
    draw = random.Random(seed)
    whole = complete(engine, seed)
    values = {name: whole[name] for name in draw.sample(DECIDING, 5)}
    present = {c.fields for c in contradictions(values)}
    rows = [
        {**values, name: value}
        for name in DECIDING
        if name not in values
        for value in answers(engine, name, draw)
        if all(c.fields in present for c in contradictions({**values, name: value}))
    ]
    for answer in sorted(set(leading(engine, rows))):
        path = engine.path_to(values, answer)
        # A change of what is known comes before an answer to what is not, however small the answer.
        of_known = all(step.field in values for step in path.steps)
        assert path.reachable and len(path.steps) <= 1 and (of_known or path.effort <= ANSWER)
