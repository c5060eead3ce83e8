from __future__ import annotations

import polars as pl
import pytest

from tests.recommender.columns.frames import typed_frame
from whichcompute import Engine
from whichcompute.inventory import tally
from whichcompute.inventory.readers.batch import Trouble
from whichcompute.inventory.tally import Tally
from whichcompute.recommender.columns import RESULTS
from whichcompute.recommender.columns.typed import with_derived


def test_outcomes_and_costs_are_counted() -> None:
    rows = [
        {"recommended_service": "batch", "decision": "decided", "monthly_cost_usd": 1.5},
        {"recommended_service": "batch", "decision": "decided", "monthly_cost_usd": None},
        {"recommended_service": None, "decision": "skipped"},
    ]
    counts = tally.basic(pl.DataFrame(rows, schema=RESULTS))
    assert counts.outcomes == {("batch", "decided"): 2, ("", "skipped"): 1}
    assert (counts.costs["batch"], counts.priced["batch"], counts.count) == (1.5, 1, 3)


def test_counts_of_batches_add_up() -> None:
    first, second = Tally(), Tally()
    first.outcomes["batch", "decided"] = 2
    second.outcomes["batch", "decided"] = 3
    second.normalised["os"] = 1
    first.add(second)
    assert (first.count, first.normalised) == (5, {"os": 1})


def test_many_different_values_do_not_fill_the_memory() -> None:
    counts = Tally()
    for start in (0, 6_000):
        piece = Tally(rejects=6_000)
        piece.rejected.update(Trouble("gpus", str(n), "no") for n in range(start, start + 6_000))
        counts.add(piece)
    assert (counts.rejects, counts.rejected.total(), len(counts.rejected)) == (12_000, 12_000, tally.UNREAD + 1)
    assert counts.rejected.most_common(1) == [(Trouble("gpus", "", "no"), 7_000)]


@pytest.fixture
def counted(engine: Engine) -> Tally:
    typed = typed_frame([{"max_duration_s": 1200.0, "splittable": False}, {"os": "other", "host_access": "kernel"}, {}])
    columns, frame = engine.columns, with_derived(typed)
    weighed = columns.weigh(frame)
    results = columns.result_columns(weighed, frame)
    counts = tally.basic(results)
    tally.detailed(counts, columns, weighed, typed, results)
    own = [pl.Series(tally.LINE, [2, 3, 4]), pl.Series(tally.NAME, ["a", "b", "c"])]
    counts.rows = tally.listed(weighed, typed, results, own)
    return counts


def test_a_report_counts_rules_fields_and_confidence(counted: Tally) -> None:
    assert counted.fired["lambda.duration-exceeds-limit"] == 1
    assert counted.alone["lambda.duration-exceeds-limit"] == 1
    assert (counted.known["os"], counted.known["max_duration_s"], counted.known["kind"]) == (1, 1, 0)
    assert counted.missing["kind"] >= 1
    assert counted.confidence.total() == 3


def test_of_many_rows_the_borderline_ones_are_listed(counted: Tally, monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted.listed()[tally.LINE].to_list() == [2, 3, 4]
    monkeypatch.setattr(tally, "KEPT_ROWS", 1)
    assert counted.listed()[tally.NAME].to_list() == ["c"]
