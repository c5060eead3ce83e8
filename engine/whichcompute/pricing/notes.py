"""Assumptions in words: what an estimate took for granted where the workload says nothing, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whichcompute.base.units import plain, say
from whichcompute.pricing.demand import HELD, ONE_MACHINE, Demand, Scenario
from whichcompute.pricing.tables import Prices

Values = Mapping[str, Any]
_SIZES, _PLATFORM = ("kind", "memory", "vcpus", "duration"), ("os", "chip")
_TOPICS: dict[str, tuple[str, ...]] = {
    "lambda": ("memory", "duration", *_PLATFORM, "cpu", "way_in", "free_tier"),
    "fargate": (*_SIZES, *_PLATFORM, "by_run", "load_of_tasks", "spare", "balancer", "task_spot", "address"),
    "ecs_ec2": (*_SIZES, *_PLATFORM, "load", "spare", "balancer", "spot", "packed"),
    "batch": ("memory", "vcpus", "duration", *_PLATFORM, "parallel", "spot", "capacity"),
    "lightsail": (*_SIZES, "os", "fixed_load", "spare", "bundle"),
}
"""For each service what its estimate may have assumed, in the order in which it is told."""


class Notes:
    """Tells the assumptions of estimates; the texts that never change are made once."""

    def __init__(self, p: Prices, scenarios: Sequence[Scenario]) -> None:
        self._p = p
        self._low, self._expected, self._high = (scenario.assumed for scenario in scenarios)
        self._always = (
            f"list prices of us-east-1 without tax, {plain(p.hours)} hours a month; data transfer, logs and other "
            "services are not counted"
        )
        self._in_flight = {held: self._several(held) for held in (False, True)}

        shares = (assumed["average_share_of_peak"] for assumed in (self._expected, self._low, self._high))
        usual, least, most = (f"{share:.0%}" for share in shares)
        self._share_of_peak = f"{usual} of the peak on average (low: {least}, high: {most})"

    def _several(self, held: bool) -> str:
        name, noun = ("connections_per_vcpu", "connections") if held else ("requests_per_vcpu", "requests")
        few, some, many = (plain(assumed[name]) for assumed in (self._high, self._expected, self._low))
        return f"a vCPU serves {some} {noun} at a time (low: {many}, high: {few})"

    def tell(self, values: Values, demands: Sequence[Demand], free_tier: bool) -> dict[str, tuple[str, ...]]:
        """The assumptions behind the estimate for each service."""
        said = {topic: text for topic, text in self._topics(values, demands, free_tier) if text}
        return {
            service: (*(said[topic] for topic in topics if topic in said), self._always)
            for service, topics in _TOPICS.items()
        }

    def _topics(self, values: Values, demands: Sequence[Demand], free_tier: bool) -> Iterator[tuple[str, str]]:
        d = demands[1]
        yield from self._sizes(values, demands)
        if not values.get("kind"):
            yield "kind", "kind is unknown: taken as a service that runs all month"
        if d.timed and values.get("typical_duration_s") is None:
            shares = (assumed["typical_share_of_max"] for assumed in (self._expected, self._low, self._high))
            usual, least, most = (f"{share:.0%}" for share in shares)
            yield "duration", f"typical_duration_s is unknown: {usual} of the longest run (low: {least}, high: {most})"
        yield from self._platform(values, d)
        yield from self._serving(values, d)
        yield from self._working(values, d)
        yield "free_tier", "the free tier of the account is taken off" if free_tier else "the free tier is not counted"

    def _sizes(self, values: Values, demands: Sequence[Demand]) -> Iterator[tuple[str, str]]:
        if values.get("memory_mb") is None:
            low, usual, high = (say(d.memory_mb, "MB") for d in demands)
            yield "memory", f"memory_mb is unknown: {usual} (low: {low}, high: {high})"
        if values.get("vcpus") is None:
            low, usual, high = (plain(d.vcpus) for d in demands)
            yield "vcpus", f"vcpus is unknown: {usual} (low: {low}, high: {high})"
        elif demands[1].whole_cpus:
            yield "cpu", f"memory is set to at least {plain(self._p.function_mb_per_vcpu)} MB for each vCPU needed"

    def _platform(self, values: Values, d: Demand) -> Iterator[tuple[str, str]]:
        if values.get("os") is None:
            yield "os", "os is unknown: Linux"
        if values.get("cpu_architecture") is None and not d.windows:
            yield "chip", "cpu_architecture is unknown: x86_64 (low: arm64)"
        if d.socket:
            yield "way_in", "each invocation is a message of a WebSocket API; connection time is not counted"
        elif d.web:
            yield "way_in", "calls come through an HTTP API (low: a function URL, high: a REST API)"
        if values.get("interruptible"):
            yield "task_spot", f"low: Fargate Spot at its largest discount, {1 - self._p.task_spot:.0%}"
            yield "spot", f"low: Spot at its largest discount, {self._p.spot_discount:.0%}"

    def _serving(self, values: Values, d: Demand) -> Iterator[tuple[str, str]]:
        yield "load", self._load(values, d, d.copies)
        yield "load_of_tasks", "" if d.jobs else self._load(values, d, d.copies)
        if d.jobs or (d.timed and values.get("kind") == "event_handler"):
            cheaper = "" if d.jobs else ", or a service all month where that is cheaper"
            yield "by_run", f"a task for each run, paid from start to end{cheaper}; pulling the image is not counted"
        if values.get("high_availability") is None and not d.jobs:
            yield "spare", "high_availability is unknown: not needed (high: copies in two zones)"
        if d.web or d.socket:
            low = "" if values.get("environment") == "production" else " (low: none)"
            yield "balancer", f"one Application Load Balancer{low}, each request on a connection of its own"
        elif values.get("protocol") in HELD:
            yield "balancer", "a Network Load Balancer is not counted"
        yield "address", "public IPv4 addresses in the high figure only; a NAT gateway is not counted"
        yield "packed", "public IPv4 addresses in the high figure only; 5 % of memory stays with the instance"
        yield "bundle", "small bundles are burstable: the CPU in use on average is kept below their baseline"
        yield "fixed_load", self._load(values, d, d.fixed_copies)

    def _load(self, values: Values, d: Demand, number: float) -> str:
        copies = "one copy" if number == 1 else f"{plain(number)} copies"
        if values.get("kind") in ONE_MACHINE:
            return f"{copies}, whatever the number of clients"
        if d.jobs:
            return f"on all month, with room for {copies}"
        if not d.timed and values.get("peak_concurrency") is None:
            return f"invocations_per_month or a duration is unknown: {copies} for the whole load"
        held = values.get("protocol") in HELD
        if not d.timed and number == d.copies and number < d.fixed_copies:
            return f"{copies} on average: {self._in_flight[held]}, {self._share_of_peak}"
        return f"{copies}: {self._in_flight[held]}, with room for peaks by the shape of traffic"

    def _working(self, values: Values, d: Demand) -> Iterator[tuple[str, str]]:
        if values.get("parallel_tasks") is None and values.get("peak_concurrency") is None:
            yield "parallel", "parallel_tasks is unknown: one job at a time (low: instances always full)"
        yield (
            "capacity",
            "EC2 or Fargate capacity, whichever is cheaper; the start of instances in the high figure only",
        )
