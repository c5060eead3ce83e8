"""The short form of benchmarks/equality.py; Spark has tests of its own."""

from __future__ import annotations

import pytest

from benchmarks.equality import WAYS, differences, thresholds, workloads
from whichcompute import Engine


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_answers_of_recommend(way: str, engine: Engine) -> None:
    if way == "mcp":
        pytest.importorskip("mcp")
    given = [{}, *workloads(engine, 150, seed=20261128)]
    assert not list(differences(engine, given, {way: WAYS[way]}))


def test_the_workloads_lie_on_thresholds_and_beside_them(engine: Engine) -> None:
    cuts = thresholds(engine)["max_duration_s"]
    assert {899.9999999999999, 900.0, 900.0000000000001} <= set(cuts)
    drawn = {values.get("max_duration_s") for values in workloads(engine, 1_000, seed=1)}
    assert len(drawn & set(cuts)) > 20 and None in drawn


def test_an_answer_that_differs_is_found(engine: Engine) -> None:
    wrong = {"other": lambda *_: [{"decision": "decided"}, {"decision": "close"}]}
    assert len(list(differences(engine, [{}, {}], wrong))) == 2
