"""Amazon Lightsail: the cheapest bundle for all instances, all month; more than one needs a load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, Part
from whichcompute.pricing.demand import Demand, Scenario
from whichcompute.pricing.machines import Groups, all_month, machine, needs_all_month, useful
from whichcompute.pricing.ops import Ops
from whichcompute.pricing.price_facts import PriceFacts

_FAMILIES = ("general", "memory_optimized", "compute_optimized")
_COLUMNS = ("name", "vcpu", "memory_gb", "disk_gb", "usd_linux", "usd_windows")


class LightsailPricing:
    """What a workload costs on Lightsail."""

    needs = "memory_mb or vcpus, a kind that runs all month, or invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self.balancer = facts.number("lightsail.load_balancer_price")
        self.bundles = _bundles(facts)

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Where something is known of the size, no GPU is needed, and a bundle is large enough."""
        possible = demand.priced & demand.sized & (demand.gpus <= 0)
        if ops.nowhere(possible):
            return NO_BILL
        key, needs = (demand.windows,), needs_all_month(demand, demand.fixed_instances)
        found, usd, bundle, count = ops.cheapest(self.bundles, key, partial(all_month, ops), needs, self.balancer)
        if bundle is None:
            parts = [Part("bundles", 1.0, "month", usd)]
        else:
            parts = [Part(f"bundle {bundle.name}", count, "months", bundle.usd)]
            parts.append(Part("load balancer", 1.0 if count > 1 else 0.0, "months", self.balancer))
        return Bill(possible & found, parts)

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (*assumed.size, assumed.os, assumed.load(assumed.demand.fixed_instances), assumed.spare)
        yield "small bundles are burstable: average CPU use stays below their baseline"


def _bundles(facts: PriceFacts) -> Groups:
    rows = [
        (f"{row['name']} ({family.replace('_', '-')})", row)
        for family in _FAMILIES
        for row in facts.table(f"lightsail.bundles_{family}", *_COLUMNS)
    ]
    return {
        (windows,): useful(machine(name, row, row["usd_windows" if windows else "usd_linux"]) for name, row in rows)
        for windows in (False, True)
    }


PRICING = LightsailPricing
