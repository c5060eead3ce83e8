from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import workloads
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing.columns import read
from whichcompute.pricing.demand import FIELDS
from whichcompute.pricing.model import CostModel
from whichcompute.recommender.columns.typed import dtype_of

MODEL = CostModel(all_facts.load())
TYPES = {"number": pl.Float64, "choice": pl.String, "boolean": pl.Boolean}
PLAIN = {name: TYPES[DESCRIPTORS[name].type] for name in FIELDS}
ENUMS = {name: dtype_of(DESCRIPTORS[name]) for name in FIELDS}


def expected(frame: pl.DataFrame, free_tier: bool = False) -> pl.DataFrame:
    columns = read(frame)
    costs = MODEL.usd_rows(columns, frame.height, SERVICES, free_tier=free_tier)
    return pl.DataFrame(dict(zip(SERVICES, costs.T, strict=True)), nan_to_null=True)


def frame(rows: list[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in FIELDS} for row in rows], schema=dict(schema))


@pytest.mark.parametrize("schema", [PLAIN, ENUMS], ids=["choices as text", "choices as enums"])
@settings(max_examples=40, deadline=None)
@given(st.lists(workloads(0.6), min_size=1, max_size=30), st.booleans())
def test_a_frame_costs_what_its_rows_cost(
    schema: Mapping[str, Any], rows: list[dict[str, Any]], free_tier: bool
) -> None:
    costs = expected(frame(rows, schema), free_tier).rows(named=True)
    for row, values in zip(costs, rows, strict=True):
        for service, alone in MODEL.priced(values, free_tier=free_tier).expected().items():
            assert row[service] == (None if alone is None else pytest.approx(alone, rel=1e-9, abs=1e-12))


def test_some_rows_cost_what_they_cost_among_all() -> None:
    given: list[Mapping[str, Any]] = [
        {"kind": "website"},
        {"kind": "batch_job", "invocations_per_month": 10.0, "typical_duration_s": 60.0},
        {},
    ]
    together = expected(frame(given, PLAIN))
    some = {name: column[np.array([2, 1])] for name, column in read(frame(given, PLAIN)).items()}
    assert MODEL.usd_rows(some, 2, ["batch"])[1, 0] == together["batch"][1]


def test_frames_without_rows_and_columns_without_values() -> None:
    assert expected(frame([], PLAIN)).shape == (0, len(SERVICES))
    unknown = pl.DataFrame({name: [None, None] for name in FIELDS})
    assert expected(unknown).null_count().row(0) == (2,) * len(SERVICES)


@settings(max_examples=25, deadline=None)
@given(st.lists(workloads(0.6), min_size=1, max_size=20), st.booleans())
def test_the_bounds_of_a_frame_are_those_of_its_rows(rows: list[dict[str, Any]], free_tier: bool) -> None:
    columns = read(frame(rows, PLAIN))
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
