from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import estimate, lines


@pytest.mark.parametrize(
    ("values", "label", "usd"),
    [
        ({"memory_mb": 512}, "bundle nano (general)", 5),
        ({"memory_mb": 513}, "bundle micro (general)", 7),
        ({"memory_mb": 4096, "os": "windows"}, "bundle medium (general)", 44),
        ({"memory_mb": 512, "scratch_gb": 61}, "bundle medium (general)", 24),
        ({"memory_mb": 3000, "vcpus": 5}, "bundle 2xlarge (general)", 164),
        ({"memory_mb": 120 * 1024, "vcpus": 8}, "bundle 4xlarge (memory-optimized)", 584),
    ],
    ids=["smallest", "next", "windows", "by disk", "by CPU", "by memory"],
)
def test_the_smallest_bundle_that_holds_it(values: dict[str, Any], label: str, usd: float) -> None:
    cost = estimate("lightsail", kind="server", **values)
    assert (cost.expected, lines(cost)[label]) == (usd, 1)


def test_two_bundles_and_a_load_balancer_survive_the_loss_of_an_availability_zone() -> None:
    cost = estimate("lightsail", kind="website", memory_mb=1024, high_availability=True)
    assert cost.expected == 2 * 7 + 18
