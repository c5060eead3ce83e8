"""Assumptions in words: what an estimate assumes for what the workload does not say, and what it does not count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from whichcompute.base.units import plain, say
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import HELD, ONE_MACHINE, QUEUES, Demand
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

Values = Mapping[str, Any]

_CALLS = "a NAT gateway in each Availability Zone of the private network (low: shared with others)"
_FIXED = "a NAT gateway with the fixed address in each Availability Zone (low: shared with others)"
_FIXED_IN_FRONT = "the load balancer is one with a fixed address (high: a NAT gateway with another for calls)"
_CALLS_NOTHING = (
    "nothing in the private network calls the internet: interface endpoints where tasks and instances need them, or a "
    "NAT gateway where it costs less (low: shared with others, high: a NAT gateway in each Availability Zone)"
)

_DIRECT = "clients reach one machine at its own address, with TLS on it and no load balancer (high: with one)"
_BUSY, _IDLE = "busy all the time", "idle most of the time"
_MACHINES = {_BUSY: "takes a machine that sustains them", _IDLE: "a burstable machine serves"}


class Wording:
    """The texts that are the same for every workload, made once."""

    def __init__(self, facts: PriceFacts, scenarios: Sequence[Scenario]) -> None:
        self._scenarios = scenarios
        self.always = self._always(facts, "")
        self.region_unknown = self._always(facts, " (region is unknown)")
        self.in_flight = {
            "requests": "a vCPU serves " + self._range("requests_per_vcpu", plain, " requests at a time"),
            "connections": "a vCPU serves " + self._range("connections_per_vcpu", plain, " open connections at a time"),
            "clients": "a GB of memory holds " + self._range("clients_per_gb", plain, " clients at a time"),
            "units": "each unit of work computes and takes an instance while it runs",
        }
        busy_s = self._range("request_busy_s", plain, " s")
        self.in_flight["long requests"] = (
            f"{self.in_flight['requests']}, each busy for {busy_s} and then an open connection: "
            f"{self.in_flight['connections']}"
        )
        self.share_of_peak = self._range("average_share_of_peak", "{:.0%}".format, " of the peak on average")
        self.request_busy_s = scenarios[1]["request_busy_s"]
        self.connections = self._range("requests_per_connection", plain, " requests on each connection to it")
        self.spot = {
            "ec2": "Spot Instances at " + self._range("spot_discount_ec2", "{:.0%}".format, " less"),
            "fargate": "Fargate Spot at " + self._range("spot_discount_fargate", "{:.0%}".format, " less"),
        }

    @staticmethod
    def _always(facts: PriceFacts, why: str) -> str:
        return (
            f"list prices of {facts.region}{why} without tax, {plain(facts.hours)} hours a month; databases, queues, "
            "support and traffic between Availability Zones are not counted"
        )

    def _range(self, name: str, show: Callable[[float], str], noun: str = "") -> str:
        low, usual, high = (show(scenario[name]) for scenario in self._scenarios)
        return f"{usual}{noun} (low: {low}, high: {high})"


class Assumptions:
    """What the estimates for one workload assume; a text is empty where nothing had to be assumed.

    `values` is what is known of the workload, `demand` and `bill` are those of the expected scenario.
    """

    def __init__(
        self, wording: Wording, values: Values, demands: Sequence[Demand], bill: Bill, free_tier: bool
    ) -> None:
        self._wording, self._demands = wording, demands
        self.values, self.demand, self.bill, self.free_tier = values, demands[1], bill, free_tier

    def _unknown(self, field: str, show: Callable[[Demand], str], why: str = "") -> str:
        if self.values.get(field) is not None:
            return ""
        low, usual, high = map(show, self._demands)
        return f"{field} is unknown: {usual} (low: {low}, high: {high}){why}"

    @cached_property
    def memory(self) -> str:
        """What is assumed of memory."""
        return self._unknown("memory_mb", lambda demand: say(demand.memory_mb, "MB"))

    @cached_property
    def vcpus(self) -> str:
        """What is assumed of vCPUs."""
        return self._unknown("vcpus", lambda demand: plain(demand.vcpus))

    @property
    def duration(self) -> str:
        """What is assumed of the number of units of work and of their typical duration."""
        if not self.demand.counted:
            return ""
        scheduled = self.values.get("kind") == "scheduled_task"
        why = ", a schedule between daily and hourly" if scheduled else ", few, by traffic or environment"
        by = "" if self.values.get("max_duration_s") is None else ", by max_duration_s"
        number = self._unknown("invocations_per_month", lambda demand: plain(demand.runs), why)
        each = self._unknown("typical_duration_s", lambda demand: say(demand.run_s, "s"), by)
        return "; ".join(filter(None, [number, each]))

    @property
    def size(self) -> tuple[str, ...]:
        """What is assumed of a service that is sized: kind, memory, vCPUs and duration."""
        kind = "" if self.values.get("kind") else "kind is unknown: a service that runs all month"
        return kind, self.memory, self.vcpus, self.duration

    @property
    def busy(self) -> str:
        """What is assumed of the CPU use of stated or assumed vCPUs."""
        low, usual, high = (_BUSY if d.steady else _IDLE for d in self._demands)
        ends = ", ".join(f"{which}: {end}" for which, end in (("low", low), ("high", high)) if end != usual)
        settles = "traffic" if self.values.get("traffic") is None else "the CPU use"
        return f"{settles} is unknown: vCPUs {usual}, which {_MACHINES[usual]} ({ends})" if ends else ""

    @property
    def os(self) -> str:
        """What is assumed of the operating system."""
        return "os is unknown: Linux" if self.values.get("os") is None else ""

    @property
    def platform(self) -> tuple[str, str]:
        """What is assumed of operating system and CPU architecture."""
        known = self.values.get("cpu_architecture") is not None or self.demand.windows
        return self.os, "" if known else "cpu_architecture is unknown: x86_64 (low: arm64)"

    @property
    def spare(self) -> str:
        """What is assumed of high availability."""
        if self.values.get("high_availability") is not None or self.demand.jobs:
            return ""
        return "high_availability is unknown: not needed (high: instances in two Availability Zones)"

    def spot(self, capacity: str) -> str:
        """What is assumed of Spot on this capacity, `ec2` or `fargate`."""
        if not self.values.get("interruptible") or (capacity == "fargate" and self.demand.windows):
            return ""
        return self._wording.spot[capacity]

    @property
    def parallel(self) -> str:
        """What is assumed of how many jobs run at a time on instances."""
        if self.values.get("parallel_tasks") is not None or self.values.get("peak_concurrency") is not None:
            return ""
        return "parallel_tasks is unknown: one job at a time (low: instances always full)"

    def load_balancer(self, *, tasks: bool) -> str:
        """What is assumed of a load balancer in front of tasks and instances, as the expected bill has it."""
        if not (self.demand.reached or self.demand.raw) or self.demand.jobs:
            return ""
        if self.direct:
            return self.direct
        low = " (low: none)" if tasks and self.values.get("environment") != "production" else ""
        if self.demand.raw:
            return f"one Network Load Balancer{low}"
        return f"one Application Load Balancer{low}{'' if self.demand.socket else f', {self._wording.connections}'}"

    @property
    def direct(self) -> str:
        """That clients reach a machine without a load balancer, where the expected bill has none."""
        balanced = any(part.label.endswith("load balancer") and part.quantity for part in self.bill.parts)
        return "" if balanced else _DIRECT

    @property
    def traffic(self) -> str:
        """What is assumed of traffic."""
        return "" if self.values.get("outbound_gb_per_month") is not None else "traffic to the internet is not counted"

    @property
    def network(self) -> str:
        """What is assumed of addresses, NAT gateways and traffic."""
        private = self.values.get("private_network")
        if private:
            calls = self.values.get("static_ip") or (
                self.values.get("outbound_gb_per_month") and not self.demand.reached
            )
            return "; ".join(filter(None, [_CALLS if calls else _CALLS_NOTHING, self.traffic]))
        stays = private is not None or self.values.get("static_ip")
        public = "public IPv4 addresses" if stays else "public IPv4 addresses, no NAT gateway (low: none)"
        return "; ".join(filter(None, ["" if self.demand.jobs else public, self.traffic]))

    def routed(self, *, balanced: bool) -> str:
        """The same of functions and tasks, which have no fixed address; where they are `balanced`, a load balancer has.

        A Network Load Balancer costs as much as an Application Load Balancer, which has no fixed address.
        """
        if not self.values.get("static_ip") or self.values.get("private_network"):
            return self.network
        front = balanced and (self.demand.reached or self.values.get("protocol") in ("tcp", "udp"))
        return "; ".join(filter(None, [_FIXED_IN_FRONT if front else _FIXED, self.traffic]))

    @property
    def logs(self) -> str:
        """What is assumed of logs."""
        counted = "" if self.values.get("environment") == "production" else " (high: counted)"
        return "" if self.values.get("environment") == "production" else f"logs are not counted{counted}"

    def load(self) -> str:
        """Why so many instances carry the load."""
        demand, values = self.demand, self.values
        number = demand.instances
        instances = "one instance" if number == 1 else f"{plain(number)} instances"
        if values.get("kind") in ONE_MACHINE and not demand.timed:
            clients = "" if values.get("peak_concurrency") is None else f": {self._wording.in_flight['clients']}"
            return f"{instances}{clients or ', for any number of clients'}"
        if demand.jobs:
            return f"on all month, with capacity for {instances}"
        if not demand.counted and values.get("peak_concurrency") is None:
            return f"invocations_per_month or a duration is unknown: {instances} for the whole load"
        in_flight = self._wording.in_flight[self._work_class()]
        if not demand.counted and values.get("autoscaling") is not False:
            return f"{instances} on average: {in_flight}, {self._wording.share_of_peak}"
        spare = "little spare capacity" if values.get("kind") in QUEUES else "spare capacity that depends on traffic"
        even = values.get("kind") in QUEUES or values.get("scale_to_zero") is True
        peak = "" if values.get("peak_concurrency") is None or even else " (high: for the peak all month)"
        return f"{instances}: {in_flight}, with {spare}{peak}"

    def _work_class(self) -> str:
        if not self.demand.clients:
            return "units"
        if self.values.get("protocol") in HELD:
            return "connections"
        return "long requests" if self.demand.run_s > self._wording.request_busy_s else "requests"
