"""Cold starts of functions: the INIT phase that is billed, and provisioned concurrency that avoids it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario


class ColdStarts:
    """How long the INIT phase takes by language, and the prices of provisioned concurrency."""

    def __init__(self, facts: PriceFacts) -> None:
        rows = facts.table("lambda.cold_start_by_runtime", "language", "p50_low_s", "p50_high_s")
        billed = facts.number("lambda.init_billed")
        self.init_s = {row["language"]: billed * (row["p50_low_s"] + row["p50_high_s"]) / 2 for row in rows}
        self.slow_s = facts.number("lambda.cold_start_max")
        self.month_s = facts.month_s

    def seconds(self, ops: Ops, scenario: Scenario, demand: Demand) -> Quantity:
        """Billed seconds of INIT phases in a month; 0 where the language, or its cold start, is unknown."""
        language = ops.read("language")
        if ops.nowhere(ops.known(language)):
            return 0.0
        rare = ops.is_in(ops.read("traffic"), "rare")
        share = ops.where(rare, scenario["cold_start_share_rare"], scenario["cold_start_share"])
        return demand.runs * share * ops.choose(language, self.init_s, 0.0)

    def warm(self, ops: Ops, scenario: Scenario) -> Condition:
        """Whether provisioned concurrency is needed: an answer must come sooner than after a cold start."""
        within = ops.default(ops.read("response_within_s"), self.slow_s)
        return (within < self.slow_s) & scenario.says("provisioned_concurrency")

    def kept(self, ops: Ops, demand: Demand) -> Quantity:
        """Seconds of functions that are kept warm all month, enough for the load."""
        return ops.larger(ops.ceil(demand.capacity), demand.least) * self.month_s

    def words(self, values: Mapping[str, Any]) -> str:
        """What is assumed of cold starts, in words."""
        within = values.get("response_within_s")
        if within is not None and within < self.slow_s:
            return "provisioned concurrency for the load with its headroom, as a cold start exceeds response_within_s"
        return "" if values.get("language") in self.init_s else "the INIT phase of cold starts is not counted"
