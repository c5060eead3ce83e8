"""Finds the pricing of each service: the `PRICING` of the module that its record names."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Protocol

from whichcompute.base.errors import DataError
from whichcompute.knowledge.services import RECORDS
from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Condition, Ops
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario


class ServicePricing(Protocol):
    """What a pricing module says of its service; `PRICING(facts)` reads its prices and gives one of these.

    `needs` names the least that must be known of a workload before its cost can be estimated. A formula may read
    every descriptor, and runs on one workload and on columns alike: it uses `ops` for every decision.
    """

    needs: str

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether enough is known for an estimate, and the service can run what is known."""

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """The lines of the service for possible workloads, and for which of them they hold."""

    def assumptions(self, assumed: Assumptions) -> Iterable[str]:
        """What the estimate assumes, in words; empty texts are left out."""


class NotOffered:
    """The pricing of a service in a Region that does not offer it."""

    needs = "a Region that offers it"

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """For no workload."""
        return demand.priced & False

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """For no workload."""
        return NO_BILL

    def assumptions(self, assumed: Assumptions) -> Iterable[str]:
        """Nothing."""
        return ()


def bill_of(pricing: ServicePricing, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
    """The bill of a service, which holds for possible workloads only."""
    possible = pricing.possible(ops, demand)
    if ops.nowhere(possible):
        return NO_BILL
    bill = pricing.bill(ops, scenario, demand, free_tier)
    return Bill(possible & bill.holds, bill.parts)


def pricing_of_services(facts: PriceFacts) -> dict[str, ServicePricing]:
    """The pricing in a Region of every service by id; DataError names one whose pricing cannot be imported."""
    found: dict[str, ServicePricing] = {}
    for service, record in RECORDS.items():
        try:
            pricing = import_module(record.pricing).PRICING
        except (ImportError, AttributeError) as error:
            raise DataError(f"service '{service}': no PRICING in the module '{record.pricing}': {error}") from None
        found[service] = NotOffered() if facts.named_in(f"{service}.regions_without") else pricing(facts)
    return found
