"""What the made-up service costs: the vCPU time of requests, and the requests."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import Bill, Part
from whichcompute.pricing.demand import Demand, Scenario
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import PriceFacts


class AcmePricing:
    """Reads its prices from the facts of its rule pack."""

    needs = "invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self.vcpu_s = facts.number("containers.price_vcpu_second")
        self.request = facts.number("containers.price_request")

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the duration is known, and the workload runs on Linux without GPUs."""
        return demand.timed & demand.priced & ops.no(demand.windows) & (demand.gpus <= 0)

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds always."""
        in_flight_s = demand.runs * ops.larger(demand.run_s, 0.1)
        return Bill(
            True,
            [
                Part("vCPU time", in_flight_s * demand.vcpus, "vCPU-seconds", self.vcpu_s),
                Part("requests", demand.runs / 1e6, "million requests", self.request),
            ],
        )

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield "billed while requests are in flight"
        yield from (assumed.vcpus, assumed.duration)


PRICING = AcmePricing
