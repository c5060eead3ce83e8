"""Places outside the services compared, for common sizes: plain instances, Dedicated Hosts, RDS, ElastiCache, files."""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.pricing.assumptions import Assumptions
from whichcompute.pricing.bill import Bill, Part, nonzero
from whichcompute.pricing.data import Data
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.machines import Node
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Condition, Needs, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.services import ServicePricing

_SIZED = "memory_mb, vcpus or gpus, a kind that runs all month, or invocations_per_month and a duration"


class Instances:
    """What a workload costs on plain EC2 instances, or on Dedicated Hosts."""

    needs = _SIZED

    def __init__(self, facts: PriceFacts, *, on_host: bool = False) -> None:
        self._ec2, self._network, self._data = facts.part(Ec2), facts.part(Network), facts.part(Data)
        self._on_host = on_host

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether something is known of the size."""
        return demand.priced & demand.sized

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where a machine is large enough."""
        bill, count = self._ec2.all_month(ops, scenario, demand, on_host=self._on_host)
        beside = [
            *self._ec2.scratch(ops, demand.instances * demand.scratch_gb),
            *self._network.load_balancer(ops, scenario, demand, raw=demand.least > 1),
            *self._network.addresses(ops, scenario, demand, count * self._ec2.hours),
            *self._network.private(ops, scenario, demand),
            *self._network.outbound(ops, scenario),
            *self._data.stored_volumes(ops, scenario, demand),
            *self._data.logs(ops, scenario, demand),
        ]
        return Bill(bill.holds, [*bill.parts, *beside])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (*assumed.size, *assumed.platform, assumed.load(), assumed.spare, assumed.load_balancer)
        yield from (self._ec2.spot_words(bool(assumed.values.get("interruptible"))), assumed.network, assumed.logs)
        yield f"on demand: a Savings Plan of one or three years takes off up to {self._ec2.plan_discount:.0%}"


class Managed:
    """What a managed database or cache of the stated size costs, with a standby where availability asks for one."""

    needs = "memory_mb or vcpus"

    def __init__(self, facts: PriceFacts, table: str, noun: str, reserve: float = 0.0) -> None:
        rows = facts.table(table, "type", "vcpu", "memory_gb", "usd_per_hour")
        usable = MB_PER_GB * (1.0 - reserve)
        nodes = [Node(r["type"], float(r["vcpu"]), r["memory_gb"] * usable, float(r["usd_per_hour"])) for r in rows]
        self._nodes = {
            steady: sorted((node for node in nodes if not (steady and ".t" in node.name)), key=lambda node: node.rate)
            for steady in (False, True)
        }
        self._noun, self._hours = noun, facts.hours
        self._storage = facts.number("rds.price_storage_gb"), facts.number("rds.storage_min")
        self._stores = table.startswith("rds.")
        self._network = facts.part(Network)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether memory or vCPUs are stated; Windows has no say in it."""
        return ops.known(ops.read("memory_mb")) | ops.known(ops.read("vcpus"))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds where a class is large enough."""
        steady = demand.busy_vcpus > 0
        needs = (ops.default(ops.read("vcpus"), 0.0), demand.memory_mb, demand.least)
        found, rate, node, count = ops.cheapest({(k,): v for k, v in self._nodes.items()}, (steady,), _fits, needs)
        gb = ops.larger(ops.default(ops.read("stored_data_gb"), 0.0), self._storage[1]) * demand.least
        name = "nodes" if node is None else f"{count:,.0f} x {node.name}"
        parts = [Part(name, self._hours, "hours", rate)]
        if self._stores:
            parts.append(Part("storage", gb, "GB-months", self._storage[0]))
        return Bill(found, [*parts, *self._network.private(ops, scenario, demand)])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (assumed.memory, assumed.spare)
        yield f"{self._noun}; commercial licences, backups beyond the included ones and requests are not counted"


def _fits(node: Node, needs: Needs) -> tuple[Condition, Quantity]:
    vcpus, memory_mb, instances = needs
    return (vcpus <= node.vcpu) & (memory_mb <= node.memory_mb), instances


class Files:
    """What files cost in S3 behind CloudFront."""

    needs = "stored_data_gb or outbound_gb_per_month"

    def __init__(self, facts: PriceFacts) -> None:
        self._storage, self._free = facts.number("s3.price_gb"), facts.number("s3.free_cloudfront")
        self._transfer = facts.number("s3.price_cloudfront_gb")

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the amount of data or of traffic is stated."""
        return ops.known(ops.read("stored_data_gb")) | ops.known(ops.read("outbound_gb_per_month"))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Holds always."""
        stored, sent = ops.read("stored_data_gb"), ops.read("outbound_gb_per_month")
        beyond = ops.larger(ops.default(sent, 0.0) - self._free, 0.0)
        parts = [
            Part("S3 storage", ops.default(stored, 0.0), "GB-months", self._storage),
            *nonzero(ops, Part("CloudFront data transfer", beyond, "GB", self._transfer)),
        ]
        return Bill(True, parts)

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield f"the first {self._free:,.0f} GB a month from CloudFront are free; requests are not counted"


def pricing_of_places(facts: PriceFacts) -> dict[str, ServicePricing]:
    """The pricing of those places outside that can be priced, by id."""
    cache_reserve = facts.number("elasticache.reserved_percent") / 100
    return {
        "ec2": Instances(facts),
        "beanstalk": Instances(facts),
        "ec2_dedicated": Instances(facts, on_host=True),
        "managed_database": Managed(facts, "rds.instances", "RDS for PostgreSQL or MySQL, Multi-AZ by availability"),
        "managed_cache": Managed(facts, "elasticache.nodes", "ElastiCache nodes on demand", cache_reserve),
        "static_hosting": Files(facts),
    }
