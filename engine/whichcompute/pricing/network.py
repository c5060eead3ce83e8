"""What connects clients to tasks and instances: the load balancer and public IPv4 addresses."""

from __future__ import annotations

from whichcompute.pricing.bill import Part
from whichcompute.pricing.demand import Demand, Scenario
from whichcompute.pricing.ops import Ops, Quantity
from whichcompute.pricing.price_facts import PriceFacts


class Network:
    """Prices of an Application Load Balancer and of public IPv4 addresses."""

    def __init__(self, facts: PriceFacts) -> None:
        self.hours, self.month_s = facts.hours, facts.month_s
        self.address = facts.number("ec2.price_public_ipv4_hour")
        self.balancer = facts.number("ec2.price_alb_hour")
        self.balancer_unit = facts.number("ec2.price_alb_lcu_hour")
        self.balancer_addresses = facts.number("cost.balancer_addresses")
        self.connections_per_unit = facts.number("ec2.alb_lcu_connections_per_second")

    def load_balancer(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The lines of the load balancer of a web service; none for other workloads."""
        needed = (demand.web | demand.socket) & ops.no(demand.jobs)
        if scenario.low:  # outside production clients may reach the instance without one
            needed = needed & ops.is_in(ops.read("environment"), "production")
        if ops.nowhere(needed):
            return []
        hours = ops.where(needed, self.hours, 0.0)
        units = demand.runs / self.month_s / self.connections_per_unit
        parts = [
            Part("load balancer", hours, "hours", self.balancer),
            Part("load balancer, capacity", hours * units, "LCU-hours", self.balancer_unit),
        ]
        if scenario.high:
            hours = hours * self.balancer_addresses
            parts.append(Part("load balancer, IPv4 addresses", hours, "address-hours", self.address))
        return parts

    def addresses(self, scenario: Scenario, hours: Quantity) -> list[Part]:
        """The line of public IPv4 addresses for so many hours, in the high estimate only."""
        return [Part("public IPv4 addresses", hours, "address-hours", self.address)] if scenario.high else []
