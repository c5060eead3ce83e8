from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing.columns import read
from whichcompute.pricing.model import CostModel

MODEL = CostModel(all_facts.load())


def expected(frame: pl.DataFrame, free_tier: bool = False) -> pl.DataFrame:
    columns = read(frame)
    costs = MODEL.usd_rows(columns, frame.height, SERVICES, free_tier=free_tier)
    return pl.DataFrame(dict(zip(SERVICES, costs.T, strict=True)), nan_to_null=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(workloads(0.6), min_size=1, max_size=30), st.booleans())
def test_a_frame_costs_what_its_rows_cost(rows: list[dict[str, Any]], free_tier: bool) -> None:
    costs = expected(typed_frame(rows), free_tier).rows(named=True)
    for row, values in zip(costs, rows, strict=True):
        for service, alone in MODEL.priced(values, free_tier=free_tier).expected().items():
            assert row[service] == (None if alone is None else pytest.approx(alone, rel=1e-9, abs=1e-12))


def test_some_rows_cost_what_they_cost_among_all() -> None:
    given: list[Mapping[str, Any]] = [
        {"kind": "website"},
        {"kind": "batch_job", "invocations_per_month": 10.0, "typical_duration_s": 60.0},
        {},
    ]
    together = expected(typed_frame(given))
    some = {name: column[np.array([2, 1])] for name, column in read(typed_frame(given)).items()}
    assert MODEL.usd_rows(some, 2, ["batch"])[1, 0] == together["batch"][1]


def test_frames_without_rows_and_columns_without_values() -> None:
    assert expected(typed_frame([])).shape == (0, len(SERVICES))
    assert expected(typed_frame([{}, {}])).null_count().row(0) == (2,) * len(SERVICES)


@settings(max_examples=25, deadline=None)
@given(st.lists(workloads(0.6), min_size=1, max_size=20), st.booleans())
def test_the_bounds_of_a_frame_are_those_of_its_rows(rows: list[dict[str, Any]], free_tier: bool) -> None:
    columns = read(typed_frame(rows))
    estimates = [MODEL.estimate(values, free_tier=free_tier) for values in rows]
    for service in SERVICES:
        usd = {
            which: MODEL.usd_rows(columns, len(rows), [service], which, free_tier=free_tier)[:, 0]
            for which in ("low", "expected", "high")
        }
        for number, estimate in enumerate(estimates):
            cost = estimate[service]
            if cost is None:
                assert np.isnan(usd["expected"][number])
                continue
            # A bound without a fitting size falls back on the expected estimate.
            low = np.fmin(usd["low"][number], usd["expected"][number])
            high = np.fmax(usd["high"][number], usd["expected"][number])
            assert (low, high) == pytest.approx((cost.low, cost.high), rel=1e-9, abs=1e-12)
