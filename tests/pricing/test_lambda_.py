from __future__ import annotations

import pytest

from tests.pricing.estimates import estimate, lines


def test_a_function_is_billed_by_the_millisecond_with_memory_for_its_cpu() -> None:
    runs = {"invocations_per_month": 1024, "typical_duration_s": 0.1234}
    assert lines(estimate("lambda", memory_mb=1024, **runs))["duration on x86"] == pytest.approx(1024 * 0.124)
    assert lines(estimate("lambda", memory_mb=128, vcpus=1, **runs))["duration on x86"] == pytest.approx(1769 * 0.124)


def test_duration_past_a_tier_costs_less() -> None:
    """17 billion GB-seconds: six billion at the first price, nine at the second, two at the third."""
    cost = estimate("lambda", invocations_per_month=17e9, typical_duration_s=1, memory_mb=1024)
    tiers = [(line.quantity, line.unit_price) for line in cost.lines if "x86" in line.label]
    assert tiers == [(6e9, 0.0000166667), (9e9, 0.000015), (2e9, 0.0000133334)]


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_arm_is_a_fifth_cheaper_on_functions_and_tasks(architecture: str) -> None:
    runs = {"kind": "batch_job", "invocations_per_month": 1e6, "typical_duration_s": 60, "memory_mb": 1024}
    for service in ("lambda", "fargate"):
        x86, this = (estimate(service, cpu_architecture=chip, **runs).expected for chip in ("x86_64", architecture))
        assert this / x86 == pytest.approx(0.8 if architecture == "arm64" else 1, abs=0.005)
