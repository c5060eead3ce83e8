"""Estimates by the shipped facts, for the tests of the pricing of each service."""

from __future__ import annotations

from typing import Any

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.monthly_cost import MonthlyCost

MODEL = CostModel(all_facts.load())
JOBS = {"kind": "batch_job", "cpu_architecture": "x86_64", "os": "linux"}


def estimate(service: str, **values: Any) -> MonthlyCost:
    """The estimate for a service, which must have one."""
    cost = MODEL.estimate(values)[service]
    assert cost is not None
    return cost


def lines(cost: MonthlyCost) -> dict[str, float]:
    """The quantity of each line by label."""
    return {line.label: line.quantity for line in cost.lines}
