from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.contradictions import contradictions
from whichcompute.knowledge.descriptors import Value
from whichcompute.recommender.columns.notes import EXPENSIVE, OVER_BUDGET, blank_cost
from whichcompute.recommender.costs import ABOVE_BUDGET


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=6))
def test_rows_carry_the_notes_of_recommend(engine: Engine, rows: list[dict[str, Value]]) -> None:
    notes = engine.columns.results(typed_frame(rows))["notes"]
    for row, note in zip(rows, notes, strict=True):
        recommendation = engine.recommend(row)
        told = [contradiction.text for contradiction in contradictions(recommendation.workload)]
        expensive = any("is not called decided" in text for text in recommendation.notes)
        unpriced = engine.recommender.costs.unknown_prices(row.get("region"))
        assert (unpriced in recommendation.notes) == bool(unpriced)
        partly = [text for text in recommendation.notes if text == ABOVE_BUDGET]
        others = [text for text in recommendation.notes if text not in partly]
        over = recommendation.service == "none" and any("above the budget" in text for text in others)
        costs = [EXPENSIVE] * expensive + [OVER_BUDGET] * over + partly
        leading = recommendation.verdicts[0]
        asked = recommendation.outside[0].id if leading.service == "none" else leading.service
        blank = blank_cost(asked, leading.cost_needs) if leading.cost_needs else ""
        assert note == "; ".join([*told, *costs, *filter(None, [unpriced, blank])])


def test_a_place_outside_above_the_budget_is_said_where_every_service_is_ruled_out(engine: Engine) -> None:
    row: dict[str, Value] = {"kind": "batch_job", "gpus": 29.0, "static_content": True, "stored_data_gb": 60.0}
    row["monthly_budget_usd"] = 0.0
    assert OVER_BUDGET in engine.columns.results(typed_frame([row]))["notes"][0]
    assert any("above the budget" in text for text in engine.recommend(row).notes)


def test_a_contradiction_is_told_in_the_row_that_has_it(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [{"typical_duration_s": 3600.0, "max_duration_s": 10.0}, {"max_duration_s": 10.0}]
    first, second = engine.columns.results(typed_frame(rows))["notes"]
    assert "longer than the maximum duration" in first and "maximum duration (" not in second


def test_a_row_that_belongs_outside_says_that_its_budget_is_too_small(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [
        {"kind": "website", "os": "linux", "gpus": 1.0, "monthly_budget_usd": usd} for usd in (0.0, 5000.0)
    ]
    assert list(engine.columns.results(typed_frame(rows))["notes"]) == [OVER_BUDGET, ""]
