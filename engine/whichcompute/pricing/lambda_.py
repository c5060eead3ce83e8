"""AWS Lambda: requests, duration by memory, ephemeral storage beyond the free part, and API Gateway for HTTP."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.units import plain
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, Part, Tier, nonzero, tiered, tiers
from whichcompute.pricing.demand import Demand, Scenario
from whichcompute.pricing.ops import Ops
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts


class LambdaPricing:
    """What a workload costs on Lambda; `free_tier` takes off the free requests and GB-seconds of an account."""

    needs = "invocations_per_month and a duration (typical_duration_s or max_duration_s)"

    def __init__(self, facts: PriceFacts) -> None:
        self.request = facts.number("lambda.price_request")
        self.storage = facts.number("lambda.price_ephemeral_storage")
        self.free_requests = facts.number("lambda.free_requests")
        self.free_gb_seconds = facts.number("lambda.free_gb_seconds")
        self.billing_step = facts.number("lambda.billing_step")
        self.memory_min = facts.number("lambda.memory_min")
        self.memory_max = facts.number("lambda.memory_max")
        self.mb_per_vcpu = facts.number("lambda.memory_per_vcpu")
        self.storage_free = facts.number("lambda.ephemeral_storage_default")
        self.storage_max = facts.number("lambda.ephemeral_storage_max")
        self.message = facts.number("api_gateway.price_websocket_message")
        self.duration = {chip: _duration(facts, chip) for chip in ("x86", "arm")}
        self.http_api = _api_requests(facts, "http", ("", "_tier2"))
        self.rest_api = _api_requests(facts, "rest", ("", "_tier2", "_tier3"))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Where the duration is known, the workload runs on Linux without GPUs and a function is large enough."""
        possible = demand.timed & demand.priced & ops.no(demand.windows) & (demand.gpus <= 0)
        if ops.nowhere(possible):
            return NO_BILL
        memory = ops.larger(ops.ceil(demand.memory_mb), self.memory_min)
        for_vcpus = ops.larger(memory, ops.ceil(demand.vcpus * self.mb_per_vcpu))
        memory = ops.where(demand.whole_cpus, for_vcpus, memory)
        seconds = demand.runs * ops.ceil(demand.run_s / self.billing_step) * self.billing_step
        gb_seconds = seconds * memory / MB_PER_GB
        storage_mb = demand.scratch_gb * MB_PER_GB
        extra_gb = ops.larger(storage_mb - self.storage_free, 0.0) / MB_PER_GB
        billed = demand.runs
        if free_tier:
            gb_seconds = ops.larger(gb_seconds - self.free_gb_seconds, 0.0)
            billed = ops.larger(billed - self.free_requests, 0.0)
        x86, arm = ops.where(demand.arm, 0.0, gb_seconds), ops.where(demand.arm, gb_seconds, 0.0)
        parts = [
            Part("requests", billed / 1e6, "million requests", self.request),
            *tiered(ops, x86, self.duration["x86"], "duration on x86", "GB-seconds"),
            *tiered(ops, arm, self.duration["arm"], "duration on Arm", "GB-seconds"),
            *nonzero(ops, Part("ephemeral storage", seconds * extra_gb, "GB-seconds", self.storage)),
            *self._api(ops, scenario, demand),
        ]
        fits = (memory <= self.memory_max) & (storage_mb <= self.storage_max)
        return Bill(possible & fits, parts)

    def _api(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        million = demand.runs / 1e6
        sent = ops.where(demand.socket, million, 0.0)
        messages = nonzero(ops, Part("API Gateway, WebSocket messages", sent, "million messages", self.message))
        if scenario.low:  # a function URL costs nothing
            return messages
        label, prices = ("REST", self.rest_api) if scenario.high else ("HTTP", self.http_api)
        requests = ops.where(demand.web, million, 0.0)
        return [*messages, *tiered(ops, requests, prices, f"API Gateway, {label} API", "million requests")]

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (assumed.memory, assumed.duration, *assumed.platform)
        if assumed.values.get("vcpus") is not None and assumed.demand.whole_cpus:
            yield f"memory is set to at least {plain(self.mb_per_vcpu)} MB for each vCPU needed"
        if assumed.demand.socket:
            yield "each invocation is a message of a WebSocket API; connection time is not counted"
        elif assumed.demand.web:
            yield "requests arrive through an HTTP API (low: a function URL, high: a REST API)"
        yield f"the free tier of the account is {'deducted' if assumed.free_tier else 'not counted'}"


def _duration(facts: PriceFacts, chip: str) -> list[Tier]:
    prices = [facts.number(f"lambda.price_duration_{chip}{tier}") for tier in ("", "_tier2", "_tier3")]
    return tiers([facts.number(f"lambda.{tier}_from_{chip}") for tier in ("tier2", "tier3")], prices)


def _api_requests(facts: PriceFacts, api: str, names: tuple[str, ...]) -> list[Tier]:
    thresholds = [facts.number(f"api_gateway.{api}{name}_from") / 1e6 for name in names[1:]]
    return tiers(thresholds, [facts.number(f"api_gateway.price_{api}{name}") for name in names])


PRICING = LambdaPricing
