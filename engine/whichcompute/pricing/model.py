"""Cost: what a workload costs a month on each service, with every line and assumption.

Prices are list prices in USD, without tax, of the Region of each workload; the facts give them. Nothing is estimated
from nothing: a service has no estimate where the workload says too little (see its `needs`), where no size of it is
large enough, or where a price is not known in the Region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import isnan, nan
from typing import Any

from whichcompute.base.words import joined
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.price_lists import HOME
from whichcompute.knowledge.services import NONE
from whichcompute.pricing.assumptions import Assumptions, Wording
from whichcompute.pricing.bill import Bill
from whichcompute.pricing.demand import Demand, demand_of
from whichcompute.pricing.drivers import Drivers, Group
from whichcompute.pricing.monthly_cost import CostLine, MonthlyCost
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.outside import DATABASE, database_beside, licence_beside, outside_ranked, pricing_of_places
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.services import ServicePricing, bill_of, pricing_of_services

_IMPORT = "whichcompute facts import-prices reads them from AWS price list files"


class CostModel:
    """Estimates by the prices in `facts` (fact values by id), those of us-east-1 where no region is known.

    Other Regions need `Facts`, which hold their prices. Immutable: share it between threads.
    """

    def __init__(self, facts: Mapping[str, Any], region: str = HOME) -> None:
        self._given = facts
        self._elsewhere: dict[str, CostModel | None] = {}
        self.facts = PriceFacts(facts, region)
        self._pricing = pricing_of_services(self.facts)
        self._places = pricing_of_places(self.facts)
        self._scenarios = {name: Scenario(assumed) for name, assumed in self.facts.assumed().items()}
        scenarios = list(self._scenarios.values())
        self._expected = self._scenarios["expected"]
        self._wording = Wording(self.facts, scenarios)
        self._drivers = Drivers(self.facts, scenarios)

    def in_region(self, region: str | None) -> CostModel | None:
        """The model with the prices of a Region (None: unknown); None where no price of it is known."""
        if region is None or region == self.facts.region:
            return self
        if region not in self._elsewhere:
            priced = self._given.in_region(region) if isinstance(self._given, Facts) else None
            self._elsewhere[region] = None if priced is None else CostModel(priced, region)
        return self._elsewhere[region]

    def unknown_prices(self, region: str | None) -> str:
        """That no price of a Region is known, as a sentence; else empty: `blank` names a single price that lacks."""
        known = self.in_region(region) is not None
        return "" if known else f"No prices of {region} are known, so there is no estimate: {_IMPORT}."

    def _of(self, service: str) -> ServicePricing:
        """The pricing of a service, or of a place outside."""
        return self._pricing.get(service) or self._places[service]

    def blank(self, service: str, values: Mapping[str, Any]) -> str:
        """What the expected estimate of a service or place lacks: fields, prices in the Region, or a size."""
        lacking = self.lacking(service, Ops(values), values.get("region"))
        found = list(dict.fromkeys(text for text, holds in lacking if holds))
        return joined(found) if found else ""

    def lacking(self, service: str, ops: Ops, region: str | None) -> Iterator[tuple[str, Condition]]:
        """The same for workloads in one Region: each thing that is lacking, and for which of them."""
        model = self.in_region(region)
        usual = model or self
        pricing = usual._of(service)
        demand = demand_of(ops, usual._expected, usual.facts)
        possible = pricing.possible(ops, demand)
        yield pricing.needs, ops.no(possible)
        if model is None:
            yield f"prices of {region}", possible
            return
        bill = model.bill(service, ops, demand)
        yield "a size that holds the workload, which it has not", possible & ops.no(bill.holds)
        for label, counts in bill.unpriced(ops):
            yield f"the price of '{label}' in {region or HOME}", bill.holds & counts

    def estimate(self, values: Mapping[str, Any], *, free_tier: bool = False) -> dict[str, MonthlyCost | None]:
        """The monthly cost on each service; None where too little is known or no size is large enough.

        `values` holds the known descriptors in their units. `free_tier` deducts the free tier of Lambda, which belongs
        to an account and not to a workload.
        """
        return self.priced(values, free_tier=free_tier).estimate()

    def priced(self, values: Mapping[str, Any], *, free_tier: bool = False) -> Priced:
        """What all of these are worked out from, so that whoever needs one after the other works it out once."""
        return Priced(self, values, free_tier)

    def explained(
        self, cost: MonthlyCost, values: Mapping[str, Any], service: str, *, free_tier: bool = False
    ) -> MonthlyCost:
        """An estimate of `estimate` or `Priced.outside` with the assumptions that make its range widest."""
        model = self.in_region(values.get("region")) or self
        pricing = model._of(service)

        def usd(scenario: Scenario) -> float:
            return model._usd(pricing, scenario, Ops(values), free_tier)

        return replace(cost, drivers=model._drivers.widest(values, cost.expected, usd))

    def _usd(self, pricing: ServicePricing, scenario: Scenario, ops: Ops, free_tier: bool) -> float:
        """USD a month of one workload; NaN where there is no estimate."""
        bill = bill_of(pricing, ops, scenario, demand_of(ops, scenario, self.facts), free_tier)
        return float(bill.total()) if bill.holds else nan

    @property
    def usual(self) -> Scenario:
        """What the expected estimate assumes."""
        return self._expected

    @property
    def at_peak(self) -> Scenario:
        """The same with capacity for a stated peak all month, as quotas must allow it."""
        return self._expected.but(self._scenarios["high"], ("capacity_for_peak",))

    def bill(self, service: str, ops: Ops, demand: Demand) -> Bill:
        """The expected bill on a service or in a place outside, of a workload or of columns, without a free tier."""
        return bill_of(self._of(service), ops, self._expected, demand, False)

    def open_assumptions(self, values: Mapping[str, Any]) -> list[Group]:
        """The assumptions that no answer replaces yet, each with what the low and the high estimate assume."""
        return self._drivers.open(values)

    def under_assumptions(
        self, values: Mapping[str, Any], *, free_tier: bool = False
    ) -> Callable[[str, Scenario, Mapping[str, Any]], float | None] | None:
        """A function from service, assumptions and changed values to USD a month; None where no price is known."""
        if (model := self.in_region(values.get("region"))) is None:
            return None

        def usd(service: str, scenario: Scenario, changes: Mapping[str, Any]) -> float | None:
            total = model._usd(model._pricing[service], scenario, Ops({**values, **changes}), free_tier)
            return None if isnan(total) else total

        return usd

    @property
    def places(self) -> tuple[str, ...]:
        """The places outside the services compared that can be priced."""
        return tuple(self._places)

    def usd_rows(
        self,
        columns: Mapping[str, Quantity],
        height: int,
        services: Sequence[str],
        which: str = "expected",
        *,
        free_tier: bool = False,
        asked: Any = None,
    ) -> Any:
        """USD a month for so many rows (lines) on some services or places outside (columns), as an array.

        NaN where `estimate` gives None, and where `asked` (conditions in the same shape) is false. `columns` holds what
        `columns.read` gives, or some of its rows. `which` is low, expected or high.
        """
        import numpy as np

        from whichcompute.pricing.columns import SomeRows

        asked = np.ones((height, len(services)), bool) if asked is None else asked
        found = np.full((height, len(services)), np.nan)
        for model, rows in self.by_region(columns):
            if model is self and rows.size == height:
                return self._usd_rows(columns, services, which, free_tier, asked)
            if model is not None:
                found[rows] = model._usd_rows(SomeRows(columns, rows), services, which, free_tier, asked[rows])
        return found

    def by_region(self, columns: Mapping[str, Quantity]) -> Iterator[tuple[CostModel | None, Any]]:
        """The numbers of the rows of each Region, with the model of its prices; None where none is known."""
        import numpy as np

        regions = columns["region"]
        for number in np.flatnonzero(np.bincount(regions.numbers)).tolist():
            region = regions.names[number] if number < len(regions.names) else None
            yield self.in_region(region), np.flatnonzero(regions.numbers == number)

    def _usd_rows(
        self, columns: Mapping[str, Quantity], services: Sequence[str], which: str, free_tier: bool, asked: Any
    ) -> Any:
        import numpy as np

        from whichcompute.pricing.columns import of_rows, ops_of

        scenario, found = self._scenarios[which], np.full(asked.shape, np.nan)
        ops = ops_of(columns, len(asked))
        demand = demand_of(ops, scenario, self.facts)
        for number, service in enumerate(services):
            pricing = self._of(service)
            rows = np.flatnonzero(asked[:, number] & pricing.possible(ops, demand))
            if rows.size:
                of_some, needed = of_rows(columns, demand, rows)
                bill = pricing.bill(of_some, scenario, needed, free_tier)
                found[rows, number] = np.where(bill.holds, bill.total(), np.nan)
        return found


class Priced:
    """One workload in the three scenarios; each bill is worked out when it is asked for."""

    def __init__(self, home: CostModel, values: Mapping[str, Any], free_tier: bool) -> None:
        self._home, self._values, self._free_tier = home, values, free_tier
        self._model = home.in_region(values.get("region"))
        self._ops = Ops(values)
        self._demands: dict[str, Demand] = {}
        self._bills: dict[ServicePricing, Bill] = {}

    def expected(self) -> dict[str, float | None]:
        """The expected USD a month on each service; None where there is no estimate."""
        if self._model is None:
            return dict.fromkeys(self._home._pricing)
        totals = {service: self._total(pricing) for service, pricing in self._model._pricing.items()}
        return {service: None if isnan(total) else total for service, total in totals.items()}

    @cached_property
    def comparable(self) -> dict[str, float | None]:
        """What answers are ranked by: `expected`, at the prices of us-east-1 where the Region lacks those of a service.

        That a price is not known says nothing of a service, so it must not move it against the others. The answer
        outside has the cost of its place where `outside_ranked` names one.
        """
        here = self.expected()
        if self._values.get("region") not in (None, HOME):
            home = self._home.priced({**self._values, "region": HOME}, free_tier=self._free_tier)
            at_home = home.expected()
            if any(cost is None and at_home[service] is not None for service, cost in here.items()):
                return home._with_outside(at_home)
        return self._with_outside(here)

    def _with_outside(self, usd: dict[str, float | None]) -> dict[str, float | None]:
        for place, holds in outside_ranked(self._ops).items():
            if holds:
                cost = self.outside(place)
                return {**usd, NONE: None if cost is None else cost.expected}
        return {**usd, NONE: usd["ecs_ec2"]}

    def estimate(self) -> dict[str, MonthlyCost | None]:
        """The monthly cost on each service; None where there is no estimate."""
        if self._model is None:
            return dict.fromkeys(self._home._pricing)
        return {service: self._cost(self._model, pricing) for service, pricing in self._model._pricing.items()}

    def outside(self, place: str) -> MonthlyCost | None:
        """The monthly cost in a place outside the services compared; None where there is no estimate."""
        if self._model is None or place not in self._model._places:
            return None
        return self._cost(self._model, self._model._places[place])

    def _cost(self, model: CostModel, pricing: ServicePricing) -> MonthlyCost | None:
        expected = self._total(pricing)
        if isnan(expected):
            return None
        detail = _Detail(self, pricing, self._bills[pricing], expected)
        return MonthlyCost.deferred(detail, expected=expected, region=model.facts.region)

    def _total(self, pricing: ServicePricing) -> float:
        if pricing not in self._bills:
            self._bills[pricing] = self.bill(pricing, "expected")
        bill = self._bills[pricing]
        return bill.total() if bill.holds else nan

    def bill(self, pricing: ServicePricing, which: str) -> Bill:
        """The bill in one of the scenarios, where prices of the Region are known."""
        assert self._model is not None
        return bill_of(pricing, self._ops, self._model._scenarios[which], self._demand(which), self._free_tier)

    def _demand(self, which: str) -> Demand:
        assert self._model is not None
        if which not in self._demands:
            self._demands[which] = demand_of(self._ops, self._model._scenarios[which], self._model.facts)
        return self._demands[which]

    def assumptions(self, pricing: ServicePricing) -> tuple[str, ...]:
        """What an estimate assumes for what is unknown, in words."""
        assert self._model is not None
        wording = self._model._wording
        demands = [self._demand(which) for which in self._model._scenarios]
        always = wording.always if self._values.get("region") else wording.region_unknown
        assumed = pricing.assumptions(
            Assumptions(wording, self._values, demands, self._bills[pricing], self._free_tier)
        )
        model = self._model
        apart = database_beside(model.facts, model._places[DATABASE], model._scenarios, self._values)
        licence = licence_beside(model.facts, demands[1], self._values)
        return (*filter(None, assumed), *self._unpriced(pricing), *filter(None, [apart, licence]), always)

    def _unpriced(self, pricing: ServicePricing) -> Iterator[str]:
        """Which ends of a range are those of the expected estimate, as they lack a price."""
        for which in ("low", "high"):
            bill = self.bill(pricing, which)
            if names := list(dict.fromkeys(label for label, _ in bill.unpriced(self._ops))):
                yield f"the {which} estimate is the expected one: no price of {joined(names)} in this Region is known"


class _Detail:
    """What of an estimate is worked out when it is read: most readers look at its expected sum alone."""

    def __init__(self, priced: Priced, pricing: ServicePricing, bill: Bill, expected: float) -> None:
        self._priced, self._pricing, self._bill, self._expected = priced, pricing, bill, expected

    # Where the low or the high assumptions fit no size, the expected estimate is the best bound that is known.
    @property
    def low(self) -> float:
        """The low estimate."""
        least = self._priced.bill(self._pricing, "low")
        return min(self._expected, least.total()) if least.holds else self._expected

    @property
    def high(self) -> float:
        """The high estimate."""
        most = self._priced.bill(self._pricing, "high")
        return max(self._expected, most.total()) if most.holds else self._expected

    @property
    def lines(self) -> tuple[CostLine, ...]:
        """The lines that cost anything."""
        return tuple(
            CostLine(label=label, quantity=float(quantity), unit=unit, unit_price=price, amount=quantity * price)
            for label, quantity, unit, price in self._bill.parts
            if quantity
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed, in words."""
        return self._priced.assumptions(self._pricing)
