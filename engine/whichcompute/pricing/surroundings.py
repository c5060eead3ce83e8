"""What lies around a workload: its network, its files, images and logs."""

from __future__ import annotations

from whichcompute.pricing.bill import Part, nonzero, tiered, tiers
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario

_KB_PER_GB = 1024.0**2


class Surroundings:
    """Prices of the network, file systems, the image registry and logs, the same for all services that use them."""

    def __init__(self, facts: PriceFacts) -> None:
        self.network = facts.part(Network)
        self.efs = facts.number("efs.price_gb")
        self.ebs = facts.number("ec2.price_ebs_gp3")
        self.registry = facts.number("ecr.price_storage")
        self.log = facts.number("cloudwatch.price_log_gb")
        starts = [facts.number(f"cloudwatch.lambda_log_tier{number}_from") for number in (2, 3, 4)]
        later = [facts.number(f"cloudwatch.price_lambda_log_gb_tier{number}") for number in (2, 3, 4)]
        self.function_log = tiers(starts, [self.log, *later])

    def of_services(
        self, ops: Ops, scenario: Scenario, demand: Demand, hours: Quantity, *, raw: Condition, volumes: bool = False
    ) -> list[Part]:
        """The lines around tasks and instances that run for so many hours together.

        `raw`: where clients over TCP and UDP reach them through a load balancer. `volumes`: data that they keep lies on
        an EBS volume in each Availability Zone; without, on EFS, as tasks lose their own disk.
        """
        if volumes:
            kept = self._kept(ops, "EBS volumes for data", demand.least, demand, self.ebs)
        else:
            kept = self._kept(ops, "EFS storage", ops.no(demand.windows), demand, self.efs)
        return [
            *self.network.load_balancer(ops, scenario, demand, raw),
            *self.network.addresses(ops, scenario, demand, hours),
            *kept,
            *self.of_runs(ops, scenario, demand),
        ]

    def of_runs(
        self, ops: Ops, scenario: Scenario, demand: Demand, attached: Condition = False, *, functions: bool = False
    ) -> list[Part]:
        """The lines around anything that runs; `attached`: in a VPC although nothing asks for a private network."""
        gb = self._log_gb(ops, scenario, demand)
        if functions:  # their logs have price tiers
            logs = tiered(ops, gb, self.function_log, "CloudWatch Logs", "GB")
        else:
            logs = nonzero(ops, Part("CloudWatch Logs", gb, "GB", self.log))
        return [
            *self.network.private(ops, scenario, demand, attached),
            *self.network.outbound(ops, scenario),
            *self._shared_files(ops, scenario, demand),
            *self._image(ops),
            *logs,
        ]

    def _shared_files(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        if ops.nowhere(shared):
            return []
        gb = ops.where(shared, ops.default(ops.read("stored_data_gb"), scenario["shared_gb"]), 0.0)
        return nonzero(ops, Part("EFS storage", gb, "GB-months", self.efs))

    @staticmethod
    def _kept(ops: Ops, label: str, times: Quantity, demand: Demand, price: float) -> list[Part]:
        stored = ops.read("stored_data_gb")
        if ops.nowhere(ops.known(stored)):
            return []
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        gb = ops.where(shared, 0.0, ops.default(stored, 0.0) * times)
        return nonzero(ops, Part(label, gb, "GB-months", price))

    def _image(self, ops: Ops) -> list[Part]:
        """A container image in the registry, where its size is known."""
        packaged = ops.is_in(ops.read("packaging"), "container") & ops.known(ops.read("package_mb"))
        if ops.nowhere(packaged):
            return []
        gb = ops.where(packaged, ops.default(ops.read("package_mb"), 0.0) / MB_PER_GB, 0.0)
        return nonzero(ops, Part("ECR image storage", gb, "GB-months", self.registry))

    @staticmethod
    def _log_gb(ops: Ops, scenario: Scenario, demand: Demand) -> Quantity:
        gb = demand.runs * scenario["log_kb"] / _KB_PER_GB
        if scenario.says("logs_outside_production"):
            return gb
        return ops.where(ops.is_in(ops.read("environment"), "production"), gb, 0.0)
