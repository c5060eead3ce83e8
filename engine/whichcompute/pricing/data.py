"""What a workload keeps: files, images and logs."""

from __future__ import annotations

from whichcompute.pricing.bill import Part, nonzero, tiered, tiers
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.ops import Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario

KB_PER_GB = 1024.0**2


class Data:
    """Prices of file systems, the image registry and logs, the same for all services that use them."""

    def __init__(self, facts: PriceFacts) -> None:
        self.efs = facts.number("efs.price_gb")
        self.ebs = facts.number("ec2.price_ebs_gp3")
        self.registry = facts.number("ecr.price_storage")
        self.log = facts.number("cloudwatch.price_log_gb")
        starts = [facts.number(f"cloudwatch.lambda_log_tier{number}_from") for number in (2, 3, 4)]
        later = [facts.number(f"cloudwatch.price_lambda_log_gb_tier{number}") for number in (2, 3, 4)]
        self.function_log = tiers(starts, [self.log, *later])

    def shared_files(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The line of a shared file system (EFS, not for Windows)."""
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        if ops.nowhere(shared):
            return []
        gb = ops.where(shared, ops.default(ops.read("stored_data_gb"), scenario["shared_gb"]), 0.0)
        return nonzero(ops, Part("EFS storage", gb, "GB-months", self.efs))

    def stored_files(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The line of data that tasks keep: they lose their own disk, so it lies on EFS."""
        kept = self._kept(ops, "EFS storage", ops.no(demand.windows), demand, self.efs)
        return [*kept, *self.shared_files(ops, scenario, demand)]

    def stored_volumes(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The line of data that instances keep: on an EBS volume in each Availability Zone."""
        kept = self._kept(ops, "EBS volumes for data", demand.least, demand, self.ebs)
        return [*kept, *self.shared_files(ops, scenario, demand)]

    @staticmethod
    def _kept(ops: Ops, label: str, times: Quantity, demand: Demand, price: float) -> list[Part]:
        stored = ops.read("stored_data_gb")
        if ops.nowhere(ops.known(stored)):
            return []
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        gb = ops.where(shared, 0.0, ops.default(stored, 0.0) * times)
        return nonzero(ops, Part(label, gb, "GB-months", price))

    def image(self, ops: Ops) -> list[Part]:
        """The line of a container image in the registry, where its size is known."""
        packaged = ops.is_in(ops.read("packaging"), "container") & ops.known(ops.read("package_mb"))
        if ops.nowhere(packaged):
            return []
        gb = ops.where(packaged, ops.default(ops.read("package_mb"), 0.0) / MB_PER_GB, 0.0)
        return nonzero(ops, Part("ECR image storage", gb, "GB-months", self.registry))

    def logs(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The line of the logs of tasks and instances."""
        return nonzero(ops, Part("CloudWatch Logs", self._log_gb(ops, scenario, demand), "GB", self.log))

    def function_logs(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        """The lines of the logs of functions, which have price tiers."""
        return tiered(ops, self._log_gb(ops, scenario, demand), self.function_log, "CloudWatch Logs", "GB")

    @staticmethod
    def _log_gb(ops: Ops, scenario: Scenario, demand: Demand) -> Quantity:
        gb = demand.runs * scenario["log_kb"] / KB_PER_GB
        if scenario.says("logs_outside_production"):
            return gb
        return ops.where(ops.is_in(ops.read("environment"), "production"), gb, 0.0)
