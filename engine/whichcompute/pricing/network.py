"""What connects a workload: load balancers, public addresses, NAT gateways and endpoints, traffic to the internet."""

from __future__ import annotations

from math import inf

from whichcompute.pricing.bill import Bill, Lines, Part, cheaper, is_unknown
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario


class Network:
    """Prices of what connects tasks, instances and functions to their clients and to the internet."""

    def __init__(self, facts: PriceFacts) -> None:
        self.hours, self.month_s, self._lines = facts.hours, facts.month_s, facts.part(Lines)
        self.address = self._lines.price("public IPv4 addresses")
        self.nat = self._lines.price("NAT gateway") + self.address
        self.balancer_addresses = facts.number("cost.balancer_addresses")
        self.new_connections = facts.number("ec2.alb_lcu_connections_per_second")
        self.open_connections = facts.number("ec2.alb_lcu_active_connections")
        self.unit_gb = facts.number("ec2.nlb_lcu_gb_hour")
        self.raw_connections = facts.number("ec2.nlb_lcu_active_connections")
        self.free_gb = facts.number("ec2.free_egress")

    @staticmethod
    def before_tasks(ops: Ops, scenario: Scenario) -> Condition:
        """Where tasks that clients reach have a load balancer, as each that starts has another address.

        Outside production clients may find them without it.
        """
        return ops.is_in(ops.read("environment"), "production") | scenario.says("load_balancer")

    def load_balancer(self, ops: Ops, scenario: Scenario, demand: Demand, balanced: Condition = True) -> list[Part]:
        """The lines of the load balancer of what clients reach, where it is `balanced`.

        It is an Application Load Balancer for HTTP, a Network Load Balancer for TCP and UDP.
        """
        usual, raw = demand.reached, demand.raw
        needed = self._called(ops, demand) & balanced
        if ops.nowhere(needed):
            return []
        gb_hour = self._outbound(ops) / self.hours / self.unit_gb
        opened = ops.where(demand.socket, 0.0, demand.runs / scenario["requests_per_connection"])  # not by messages
        units = ops.larger(opened / self.month_s / self.new_connections, demand.open / self.open_connections)
        usual, raw = ops.where(needed & usual, self.hours, 0.0), ops.where(needed & raw, self.hours, 0.0)
        public = ops.where(self._public(ops, scenario, demand), self.balancer_addresses, 0.0)
        lines = {
            "load balancer": usual,
            "load balancer, capacity": usual * ops.larger(units, gb_hour),
            "network load balancer": raw,
            "network load balancer, capacity": raw * ops.larger(demand.open / self.raw_connections, gb_hour),
            "load balancer, IPv4 addresses": (usual + raw) * public,
        }
        return self._lines(ops, lines)

    def addresses(
        self,
        ops: Ops,
        scenario: Scenario,
        demand: Demand,
        hours: Quantity,
        behind: Condition = False,
        direct: Condition = False,
    ) -> list[Part]:
        """The line of public IPv4 addresses for so many hours of what runs outside private networks.

        No more than NAT gateways would cost: these replace them where there are many. None for what is `behind` one;
        one in any case for what clients reach `direct`ly.
        """
        direct = direct & self._called(ops, demand) & ops.no(demand.private)
        public = (self._own(ops, scenario, demand) & ops.no(behind)) | direct
        if ops.nowhere(public):
            return []
        if not is_unknown(self.nat):
            hours = ops.smaller(hours, demand.least * self.hours * self.nat / self.address)
        return self._lines(ops, {"public IPv4 addresses": ops.where(public, hours, 0.0)})

    def front(self, ops: Ops, scenario: Scenario, demand: Demand, *, by_number: bool) -> tuple[Quantity, ...]:
        """USD an hour for the public address of a machine, and at most for all of them; where it depends on their
        number, also for the load balancer of several, and for the address by which clients reach a single one."""
        own = self._own(ops, scenario, demand)
        addresses = ops.where(own, self.address, 0.0), inf if is_unknown(self.nat) else demand.least * self.nat
        if not by_number:
            return *addresses, 0.0, 0.0
        balancer = Bill(True, self.load_balancer(ops, scenario, demand)).total() / self.hours
        direct = self._called(ops, demand) & ops.no(own | demand.private)
        return *addresses, balancer, ops.where(direct, self.address, 0.0)

    @staticmethod
    def _called(ops: Ops, demand: Demand) -> Condition:
        """Where clients reach it, by whatever protocol."""
        return (demand.reached | demand.raw) & ops.no(demand.jobs)

    def _own(self, ops: Ops, scenario: Scenario, demand: Demand) -> Condition:
        """Where tasks and instances have public addresses; one that must be fixed is there in any case."""
        return self._public(ops, scenario, demand) | (ops.no(demand.private) & ops.is_in(ops.read("static_ip"), True))

    @staticmethod
    def _public(ops: Ops, scenario: Scenario, demand: Demand) -> Condition:
        service, job = scenario.says("public_addresses"), scenario.says("addresses_of_jobs")
        return ops.no(demand.private) & ops.where(demand.jobs, job, service)

    def private(
        self, ops: Ops, scenario: Scenario, demand: Demand, also: Condition = False, endpoints: float = 0.0
    ) -> list[Part]:
        """The lines of what a private network, or what else holds `also`, needs to reach AWS and the internet.

        What calls the internet, or needs a fixed address there, has a NAT gateway. What does not has so many interface
        `endpoints` for AWS alone, or a NAT gateway where that costs less; functions need none to start and to log.
        """
        private = demand.private | also
        if ops.nowhere(private):
            return []
        sent = ops.read("outbound_gb_per_month")
        behind = ops.where(demand.reached, 0.0, ops.default(sent, 0.0))  # answers pass the load balancer
        closed, calls = ops.is_in(sent, 0.0), (behind > 0) | ops.is_in(ops.read("static_ip"), True)
        if scenario.says("calls_internet"):
            calls = calls | ops.no(closed)
        zones = ops.where(private, demand.least * self.hours, 0.0)
        gateways = zones * scenario["nat_gateways"]
        gb = ops.where(gateways > 0, scenario["nat_gb"] + behind, 0.0)
        lines = {"NAT gateway": gateways, "NAT gateway, IPv4 addresses": gateways, "NAT gateway, data": gb}
        by_gateway = self._lines(ops, lines)
        by_endpoints = self._lines(ops, {"interface endpoints": zones * endpoints})
        both = Bill(private & (calls | ops.no(closed)), by_gateway), Bill(private & ops.no(calls), by_endpoints)
        return cheaper(ops, *both).parts

    def outbound(self, ops: Ops, scenario: Scenario) -> list[Part]:
        """The lines of traffic to the internet, where it is known."""
        if ops.nowhere(ops.known(ops.read("outbound_gb_per_month"))):
            return []
        free = self.free_gb if scenario.says("free_egress") else 0.0
        return self._lines(ops, {"data transfer out": ops.larger(self._outbound(ops) - free, 0.0)})

    @staticmethod
    def _outbound(ops: Ops) -> Quantity:
        return ops.default(ops.read("outbound_gb_per_month"), 0.0)
