"""Places outside the services compared, for common sizes: plain instances, Dedicated Hosts, RDS, ElastiCache, files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from operator import attrgetter

from whichcompute.base.units import plain
from whichcompute.base.words import about, estimated
from whichcompute.pricing.assumptions import Assumptions, Values
from whichcompute.pricing.bill import Bill, Lines, Part
from whichcompute.pricing.demand import HELD, JOBS, WEB, Demand, demand_of
from whichcompute.pricing.ecs_ec2 import Instances
from whichcompute.pricing.machines import Groups, machine, one_line
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario
from whichcompute.pricing.services import ServicePricing

_OTHER_ENGINES = "SQL Server, or an engine that is not relational"


class Managed:
    """What a managed database or cache of the stated size costs, with a standby where availability asks for one."""

    needs = "memory_mb or vcpus"

    def __init__(self, facts: PriceFacts, table: str, noun: str, reserve: float = 0.0) -> None:
        rows = facts.table(table, "type", "vcpu", "memory_gb", "usd_per_hour")
        usable = ({**row, "memory_gb": row["memory_gb"] * (1.0 - reserve)} for row in rows)
        nodes = sorted(
            (machine(row["type"], row, float(row["usd_per_hour"])) for row in usable), key=attrgetter("rate")
        )
        self._nodes: Groups = {(False,): nodes, (True,): [node for node in nodes if ".t" not in node.name]}
        self._noun, self._hours = noun, facts.hours
        self._storage_min = facts.number("rds.storage_min")
        self._stores = table.startswith("rds.")
        self._lines = facts.part(Lines)

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether memory or vCPUs are stated."""
        return ops.known(ops.read("memory_mb")) | ops.known(ops.read("vcpus"))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Where a class is large enough; of databases, only relational ones that are not SQL Server have prices."""
        if not self._nodes[(False,)]:
            return Bill(True, [Part(self._noun, demand.least * self._hours, "node-hours", math.nan)])
        key = ((demand.busy_vcpus > 0) & ops.no(demand.bursty),)  # as on EC2, a load that is low or bursty may burst
        needs = (ops.default(ops.read("vcpus"), 0.0), demand.memory_mb, 0.0, demand.least)
        nodes = one_line(ops, self._nodes, key, needs, "{count:,.0f} x {node}", self._hours, "node-hours")
        gb = ops.larger(ops.default(ops.read("stored_data_gb"), 0.0), self._storage_min) * demand.least
        if not self._stores:
            return nodes
        unlike = ops.is_in(ops.read("relational_database"), False) | demand.windows
        other = [] if ops.nowhere(unlike) else [Part(_OTHER_ENGINES, ops.where(unlike, 1.0, 0.0), "months", math.nan)]
        return Bill(nodes.holds, [*nodes.parts, *self._lines(ops, {"storage of databases": gb}), *other])

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield from (assumed.memory, assumed.busy, assumed.spare)
        yield f"{self._noun}; commercial licences, backups beyond the included ones and requests are not counted"


DATABASE = "managed_database"
"""The place outside for relational databases."""


def database_beside(facts: PriceFacts, place: ServicePricing, scenarios: Mapping[str, Scenario], values: Values) -> str:
    """What the relational database that a workload uses costs in RDS, in words; empty without one, or without a price.

    It is in no estimate, as it costs the same with each answer and its size is not known.
    """
    if values.get("relational_database") is not True or values.get("product_class") == "database":
        return ""
    rows, usd = facts.table("cost.database_memory", "scenario", "memory_mb"), []
    for row in rows:
        database = {
            "kind": "server",
            "memory_mb": row["memory_mb"],
            "high_availability": values.get("high_availability"),
        }
        ops, scenario = Ops(database), scenarios[row["scenario"]]
        bill = place.bill(ops, scenario, demand_of(ops, scenario, facts), free_tier=False)
        usd.append(bill.total())
    if any(map(math.isnan, usd)):
        return ""
    small, usual, large = (f"{row['memory_mb'] / MB_PER_GB:,.0f} GB" for row in rows)
    return (
        f"not in the sum: the relational database, in RDS {estimated(usd[1])} a month with {usual} of memory "
        f"({small}: {about(usd[0])}, {large}: {about(usd[2])})"
    )


def licence_beside(facts: PriceFacts, demand: Demand, values: Values) -> str:
    """What licences of SQL Server cost on EC2, in words; empty but for a database on Windows.

    They are in no estimate, as nothing says which edition it is and whether its licence is brought along.
    """
    if values.get("product_class") != "database" or not demand.windows:
        return ""
    vcpus = max(demand.vcpus, facts.number("ec2.sql_server_vcpus_min")) * demand.instances
    rows = facts.table("ec2.sql_server_licences", "edition", "usd_per_vcpu_hour")
    usd = (f"{row['edition']} {about(vcpus * facts.hours * row['usd_per_vcpu_hour'])}" for row in rows)
    return (
        f"not in the sum: licences of SQL Server, unless they are brought along; included in the price of EC2 they "
        f"cost a month, for {plain(vcpus)} vCPUs: {', '.join(usd)}"
    )


FILES = "static_hosting"
"""The place outside for files that are served as they are."""
PLAIN = "ec2"
"""The place outside for servers as they are."""


class Files:
    """What files cost in S3 behind CloudFront."""

    needs = "stored_data_gb or outbound_gb_per_month"

    def __init__(self, facts: PriceFacts) -> None:
        self._free, self._lines = facts.number("s3.free_cloudfront"), facts.part(Lines)
        self._transfer = self._lines.price("CloudFront data transfer")
        rows = facts.table("s3.cloudfront_plans", "plan", "usd_month", "transfer_gb", "requests")
        self._plans = sorted(rows, key=lambda row: -row["usd_month"])

    def possible(self, ops: Ops, demand: Demand) -> Condition:
        """Whether the amount of data or of traffic is stated."""
        return ops.known(ops.read("stored_data_gb")) | ops.known(ops.read("outbound_gb_per_month"))

    def bill(self, ops: Ops, scenario: Scenario, demand: Demand, free_tier: bool) -> Bill:
        """Storage, and traffic at the rate per GB or by a flat-rate plan."""
        stored, sent = ops.read("stored_data_gb"), ops.read("outbound_gb_per_month")
        beyond = ops.larger(ops.default(sent, 0.0) - self._free, 0.0)
        plan = self._plan(ops, scenario, ops.default(sent, 0.0), demand.runs)
        flat = (plan < math.inf) & ops.no(beyond * self._transfer <= plan)  # also where the rate is not known
        lines = {"S3 storage": ops.default(stored, 0.0), "CloudFront data transfer": ops.where(flat, 0.0, beyond)}
        by_plan = Part("CloudFront flat-rate plan", ops.where(flat, 1.0, 0.0), "months", ops.where(flat, plan, 0.0))
        return Bill(True, [*self._lines(ops, lines), by_plan])

    def _plan(self, ops: Ops, scenario: Scenario, gb: Quantity, requests: Quantity) -> Quantity:
        """USD a month of the cheapest plan whose allowance suffices; infinite where none does."""
        usd: Quantity = math.inf
        for row in self._plans if scenario.says("flat_rate") else ():
            usd = ops.where((gb <= row["transfer_gb"]) & (requests <= row["requests"]), float(row["usd_month"]), usd)
        return usd

    def assumptions(self, assumed: Assumptions) -> Iterator[str]:
        """What the estimate assumes, in words."""
        yield f"the first {self._free:,.0f} GB a month from CloudFront are free; requests count in flat-rate plans only"


def outside_ranked(ops: Ops) -> dict[str, Condition]:
    """The places whose estimate is that of the answer outside, and for which workloads; of others it is that of ECS.

    What files cost is not near what servers cost, and clients reach a plain instance without a load balancer. An API is
    not compared with a single machine: its tasks and functions have a front.
    """
    files, other = ops.is_in(ops.read("static_content"), True), ops.is_in(ops.read("kind"), *JOBS, "web_api")
    called = ops.is_in(ops.read("kind"), *WEB) | ops.is_in(ops.read("protocol"), "http", "grpc", *HELD)
    return {FILES: files, PLAIN: called & ops.no(files | other)}


def pricing_of_places(facts: PriceFacts) -> dict[str, ServicePricing]:
    """The pricing of those places outside that can be priced, by id."""
    cache_reserve = facts.number("elasticache.reserved_percent") / 100
    return {
        PLAIN: Instances(facts),
        "beanstalk": Instances(facts),
        "ec2_dedicated": Instances(facts, on_host=True),
        DATABASE: Managed(facts, "rds.instances", "RDS for PostgreSQL or MySQL, Multi-AZ by availability"),
        "managed_cache": Managed(facts, "elasticache.nodes", "ElastiCache nodes on demand", cache_reserve),
        FILES: Files(facts),
    }
