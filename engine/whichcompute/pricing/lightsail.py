"""Amazon Lightsail: the cheapest bundle for all instances, nodes of a container service, or a database plan."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import NO_BILL, Bill, Lines, Part, cheaper
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.machines import Groups, Load, Machine, Packing, load_of, machine, one_line, useful
from whichcompute.pricing.ops import Condition, Ops, Quantity, Search
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

_BALANCER, _OVERAGE = "load balancer of Lightsail", "data transfer out of Lightsail"
_BUNDLE, _PLAN = "bundle", "database plan"
_FAMILIES = ("general", "memory_optimized", "compute_optimized")
_COLUMNS = ("name", "vcpu", "memory_gb", "disk_gb", "transfer_tb", "usd_linux", "usd_windows")


class LightsailPricing:
    """What a workload costs on Lightsail."""

    needs = "memory_mb or vcpus, a kind that runs all month, or invocations_per_month and a duration"

    def __init__(self, facts: PriceFacts) -> None:
        self._lines = facts.part(Lines)
        self.balancer = self._lines.price(_BALANCER)
        self.reserve = facts.number("ec2.container_memory_reserve_percent") / 100
        self.nodes_max = facts.number("lightsail.container_scale_max")
        self.bundles_max = facts.number("lightsail.instances_per_account")
        self.container_transfer = facts.number("lightsail.container_transfer")
        self.bundles = _bundles(facts)
        small = (each for group in self.bundles.values() for each in group if each.sustained_vcpus < each.vcpu)
        self._burstable = {f"{_BUNDLE} {each.name}" for each in small}
        self.powers: Groups = {(): _nodes(facts, "lightsail.container_powers", "power")}
        self.plans: Groups = {(): _nodes(facts, "lightsail.database_plans_ha", "name")}

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether something is known of the size, and no GPU is needed."""
        return demand.priced & demand.sized & (demand.gpus <= 0)

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where a bundle or a node is large enough."""
        bill = cheaper(ops, self._containers(ops, demand), self._instances(ops, scenario, demand))
        plan = self._database_plan(ops, demand)  # several instances of a database are no standby of one
        return cheaper(ops, plan, Bill(bill.holds & ops.no(plan.holds), bill.parts))

    def _instances(self, ops: Ops, scenario: Scenario, demand: Demand) -> Bill:
        sent = ops.default(ops.read("outbound_gb_per_month"), 0.0)
        load = load_of(demand, sent=sent, stored=ops.default(ops.read("stored_data_gb"), 0.0) * demand.least)
        packing, within = Packing(self.reserve, scenario), ops.nowhere(load.sent + load.stored > 0)

        def fits(bundle: Machine, load: Load) -> tuple[Condition, Quantity]:
            holds, number = packing.all_month(ops, bundle, load, bundle.sustained_vcpus)
            return holds & (number <= self.bundles_max), number

        def extra(bundle: Machine, load: Load, count: Quantity) -> Quantity:
            if within:
                return ops.where(load.reached & ((count > 1) | load.fleet), self.balancer, 0.0)
            return Bill(True, self._beside(ops, bundle, load, count)).total()

        found, usd, bundle, count = ops.cheapest(Search(self.bundles, (demand.windows,), fits, load, extra))
        if bundle is None:
            unpriced = usd != usd  # NaN: no bundle includes the transfer, whose price is not known
            bundles = Part("bundles", count, "months", ops.where(unpriced, 0.0, usd / ops.larger(count, 1.0)))
            return Bill(found, [bundles, *self._lines(ops, {_OVERAGE: ops.where(unpriced, 1.0, 0.0)})])
        beside = self._beside(ops, bundle, load, count)
        return Bill(found, [Part(f"{_BUNDLE} {bundle.name}", count, "months", bundle.usd), *beside])

    def _beside(self, ops: Ops, bundle: Machine, load: Load, count: Quantity) -> list[Part]:
        """What so many bundles cost besides: the load balancer for HTTP, and data beyond what they include."""
        # The allowance of the bundles that availability asks for: more load must not make transfer free, nor may idle
        # bundles be bought for theirs, by the terms of service.
        disk = ops.larger(load.stored - bundle.disk_gb * load.least, 0.0)
        beyond = ops.larger(load.sent - bundle.transfer_gb * load.least, 0.0)
        several = ops.where(load.reached & ((count > 1) | load.fleet), 1.0, 0.0)
        return self._lines(ops, {_BALANCER: several, "attached disks": disk, _OVERAGE: beyond})

    def _database_plan(self, ops: Ops, demand: Demand) -> Bill:
        """The plan of a database that must survive the loss of a zone."""
        asked = ops.is_in(ops.read("product_class"), "database") & (demand.least > 1) & ops.no(demand.windows)
        if ops.nowhere(asked):
            return NO_BILL
        vcpus, stored = (ops.default(ops.read(name), 0.0) for name in ("vcpus", "stored_data_gb"))
        needs = (vcpus, demand.memory_mb, stored, 1.0)
        plan = one_line(ops, self.plans, (), needs, _PLAN + " {node}, high availability")
        return Bill(asked & plan.holds, plan.parts)

    def _containers(self, ops: Ops, demand: Demand) -> Bill:
        """Nodes of a container service, for containers on Linux that serve HTTP and keep nothing."""
        kept = ops.default(ops.read("stored_data_gb"), 0.0) + demand.scratch_gb
        fit = ops.is_in(ops.read("packaging"), "container") & demand.web & ops.no(demand.windows) & (kept <= 0)
        if ops.nowhere(fit):
            return NO_BILL
        needs = (demand.vcpus, demand.memory_mb, 0.0, demand.instances)
        nodes = one_line(ops, self.powers, (), needs, "container node {node}")
        fit = fit & nodes.holds & (demand.instances <= self.nodes_max)
        sent = ops.default(ops.read("outbound_gb_per_month"), 0.0)
        overage = self._lines(ops, {_OVERAGE: ops.larger(sent - self.container_transfer, 0.0)})
        return Bill(fit, [*nodes.parts, *overage])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        main = assumed.bill.parts[0].label
        if main.startswith(_PLAN):
            yield from (*assumed.size, assumed.spare)
            return
        bundle = main.startswith(_BUNDLE)
        yield from (*assumed.size, assumed.busy if bundle else "", assumed.os, assumed.load(), assumed.spare)
        yield assumed.direct if bundle and assumed.demand.reached else ""
        if main in self._burstable:
            yield "small bundles are burstable: average CPU use stays below their baseline"
        allowance = "one bundle, of two with high availability" if bundle else "the container service"
        yield f"data transfer is included up to the allowance of {allowance}"


def _nodes(facts: PriceFacts, table: str, name: str) -> list[Machine]:
    rows = facts.table(table, name, "vcpu", "memory_gb", "usd_month")
    return sorted((machine(row[name], row, float(row["usd_month"])) for row in rows), key=attrgetter("rate"))


def _bundles(facts: PriceFacts) -> Groups:
    reduced = facts.named_in("lightsail.regions_half_transfer")
    share = facts.number("lightsail.reduced_transfer") / 100 if reduced else 1.0
    rows = [
        (f"{row['name']} ({family.replace('_', '-')})", {**row, "transfer_tb": row["transfer_tb"] * share})
        for family in _FAMILIES
        for row in facts.table(f"lightsail.bundles_{family}", *_COLUMNS)
    ]
    return {
        (windows,): useful(machine(name, row, row["usd_windows" if windows else "usd_linux"]) for name, row in rows)
        for windows in (False, True)
    }


PRICING = LightsailPricing
