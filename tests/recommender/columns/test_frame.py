from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine, WorkloadError, score
from whichcompute.knowledge.descriptors import Value
from whichcompute.recommender.columns import RESULTS
from whichcompute.recommender.columns.frame import ROWS


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=6), free_tier=st.booleans())
def test_every_row_gets_what_recommend_says(engine: Engine, rows: list[dict[str, Value]], free_tier: bool) -> None:
    results = engine.columns.results(typed_frame(rows), free_tier=free_tier)
    for row, result in zip(rows, results.rows(named=True), strict=True):
        alone = engine.recommend(row, free_tier=free_tier)
        assert result["recommended_service"] == (None if alone.decision == "undecided" else alone.service)
        assert result["decision"] == alone.decision
        assert result["confidence"] == pytest.approx(alone.confidence, abs=0.50001e-4)
        assert result["runner_up"] == alone.runner_up
        assert result["plausible_services"] == ";".join(alone.plausible_services)
        out = {verdict.service for verdict in alone.verdicts if verdict.status == "ruled_out"}
        assert set(filter(None, result["ruled_out"].split(";"))) == out
        assert result["missing"] == ";".join(alone.missing)
        cost = alone.verdicts[0].monthly_cost_usd
        assert result["monthly_cost_usd"] == (
            None if cost is None else pytest.approx(cost.expected, abs=0.0050001, rel=1e-12)
        )


def test_results_stand_behind_the_columns_in_the_order_of_the_contract() -> None:
    scored = score(pl.DataFrame({"workload_id": ["a"], "kind": ["batch_job"], "note": [7]}))
    assert scored.columns == ["workload_id", "kind", "note", *RESULTS]
    assert scored.row(0)[:3] == ("a", "batch_job", 7)
    assert {name: scored.schema[name] for name in RESULTS} == RESULTS


@pytest.mark.parametrize("lazy", [False, True], ids=["a frame", "a lazy frame"])
def test_text_and_typed_columns_give_the_same(lazy: bool) -> None:
    text = pl.DataFrame({"memory_mb": ["2GB", None], "gpus": ["0", "1"], "autoscaling": ["yes", ""]})
    typed = pl.DataFrame({"memory_mb": [2048, None], "gpus": [0.0, 1.0], "autoscaling": [True, None]})
    results = [score(frame.lazy() if lazy else frame).select(*RESULTS) for frame in (text, typed)]
    assert results[0].equals(results[1])


def test_scoring_again_replaces_the_results() -> None:
    once = score(pl.DataFrame({"kind": ["website"]}))
    assert score(once).equals(once)


def test_a_frame_without_rows_gets_the_columns() -> None:
    scored = score(pl.DataFrame({"kind": []}, schema={"kind": pl.String}))
    assert (scored.height, scored.columns) == (0, ["kind", *RESULTS])


def test_more_rows_than_are_scored_at_once_stay_in_order() -> None:
    frame = pl.DataFrame({"max_duration_s": [60.0, 1200.0] * 60_000})
    out = score(frame, explain="none")["ruled_out"]
    assert out[::2].unique().to_list() == [""]
    assert out[1::2].unique().to_list() == ["lambda"]


def test_a_bad_cell_is_named_with_its_row() -> None:
    with pytest.raises(WorkloadError, match=r"row 1: memory_mb = 'lots': allowed: a number"):
        score(pl.DataFrame({"memory_mb": ["1", "lots"]}))


def test_a_bad_cell_far_down_is_named_by_its_row_of_the_whole_frame() -> None:
    frame = pl.DataFrame({"memory_mb": ["1"] * (ROWS + 7) + ["lots"]})
    with pytest.raises(WorkloadError, match=rf"row {ROWS + 7}: memory_mb = 'lots'"):
        score(frame)


def test_a_place_without_an_expected_cost_has_no_low_one(engine: Engine) -> None:
    row: dict[str, Value] = {
        "kind": "website",
        "tightly_coupled": True,
        "peak_concurrency": 1e4,
        "region": "mx-central-1",
    }
    result = engine.columns.results(typed_frame([row]))
    assert engine.recommend(row).verdicts[0].monthly_cost_usd is None
    assert result.select("monthly_cost_usd", "monthly_cost_low_usd", "monthly_cost_high_usd").row(0) == (None,) * 3
