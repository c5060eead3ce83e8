from __future__ import annotations

import pytest

from tests.pricing.estimates import MODEL
from whichcompute.pricing.monthly_cost import MonthlyCost

WORKLOADS = [
    {"kind": "web_api", "invocations_per_month": 1e6, "typical_duration_s": 0.2},
    {"kind": "server", "vcpus": 4.0, "memory_mb": 16384.0, "os": "windows"},
    {"kind": "batch_job", "invocations_per_month": 300.0, "typical_duration_s": 1800.0, "vcpus": 2.0},
]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload["kind"])
def test_the_lines_add_up_to_what_is_expected_within_its_range(workload: dict[str, object]) -> None:
    costs = [cost for cost in MODEL.estimate(workload).values() if cost is not None]
    assert costs
    for cost in costs:
        assert isinstance(cost, MonthlyCost) and cost.low <= cost.expected <= cost.high
        assert sum(line.amount for line in cost.lines) == pytest.approx(cost.expected)
