from __future__ import annotations

import pytest

from tests.recommender.columns.frames import typed_frame
from whichcompute import Engine
from whichcompute.knowledge.descriptors import DECIDING, Value
from whichcompute.recommender.missing import MOST


@pytest.mark.parametrize(
    "row",
    [{}, {"kind": "website"}, {"os": "linux", "memory_mb": 2048.0, "vcpus": 2.0}, {"max_duration_s": 900.0}],
    ids=["nothing known", "the kind alone", "a server inventory", "a run time"],
)
def test_the_fields_and_their_order_are_those_of_recommend(engine: Engine, row: dict[str, Value]) -> None:
    missing = engine.columns.results(typed_frame([row]))["missing"][0]
    assert missing == ";".join(engine.recommend(row).missing)
    assert 0 < len(missing.split(";")) <= MOST


def test_known_fields_are_never_missing(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [{"os": "linux"}, {"os": "linux", "gpus": 0.0}]
    for row, missing in zip(rows, engine.columns.results(typed_frame(rows))["missing"], strict=True):
        assert not set(row) & set(missing.split(";"))
        assert set(missing.split(";")) <= set(DECIDING)


def test_nothing_is_asked_where_nothing_can_be_recommended(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [{"os": "other", "host_access": "kernel"}]
    assert engine.columns.results(typed_frame(rows))["missing"].to_list() == [""]
