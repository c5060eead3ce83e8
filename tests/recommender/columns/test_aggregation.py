from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.descriptors import with_derived as scalar_with_derived
from whichcompute.knowledge.services import ANSWERS, SERVICES
from whichcompute.recommender.columns.aggregation import RANKINGS, ColumnAggregator
from whichcompute.recommender.columns.typed import with_derived


@pytest.fixture(scope="module")
def bulk() -> ColumnAggregator:
    engine = Engine.default()
    return ColumnAggregator(engine.aggregator, engine.columns.recommender.costs)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=8))
def test_every_row_is_weighed_as_it_is_alone(bulk: ColumnAggregator, rows: list[dict[str, Value]]) -> None:
    weighed = bulk.weigh(with_derived(typed_frame(rows)))
    for number, row in enumerate(rows):
        values = scalar_with_derived(row)
        usd = [None if np.isnan(cost) else float(cost) for cost in weighed.usd[number]]
        usd.append(bulk.costs.priced(values).comparable["none"])
        if row.get("region"):
            usd = list(bulk.costs.priced(row).comparable.values())
        alone = bulk.aggregator.weigh(values, usd)
        assert np.allclose(weighed.probabilities[number], alone.probabilities, rtol=0, atol=1e-12)
        assert ANSWERS[weighed.leading[number]] == alone.service
        plausible = [s for s in RANKINGS[weighed.ranking[number]] if weighed.plausible[number] >> s & 1]
        assert tuple(ANSWERS[s] for s in plausible) == alone.plausible
        assert tuple(bool(weighed.excluded[number] >> s & 1) for s in range(len(ANSWERS))) == alone.excluded
        assert len(weighed.usd[number]) == len(SERVICES)


def test_rules_that_decide_are_counted_where_they_fire(bulk: ColumnAggregator) -> None:
    rows: list[dict[str, Value]] = [
        {"max_duration_s": 1200.0, "splittable": False},
        {"max_duration_s": 1200.0, "splittable": False, "gpus": 1.0},
        {"kind": "event_handler", "max_duration_s": 5.0},
    ]
    weighed = bulk.weigh(with_derived(typed_frame(rows)))
    every = np.ones(3, bool)
    counts, alone = bulk.deciding(weighed, every), bulk.alone(weighed, every)
    assert counts["lambda.duration-exceeds-limit"] == 2
    assert alone["lambda.duration-exceeds-limit"] == 1
    assert counts["lambda.event-driven-processing"] == 1
    none = np.zeros(3, bool)
    assert set(bulk.deciding(weighed, none).values()) == {0}
