"""What lies around a workload: its network, its files, images and logs."""

from __future__ import annotations

from whichcompute.pricing.bill import Lines, Part
from whichcompute.pricing.demand import Demand
from whichcompute.pricing.network import Network
from whichcompute.pricing.ops import Condition, Ops, Quantity
from whichcompute.pricing.price_facts import MB_PER_GB, PriceFacts
from whichcompute.pricing.scenario import Scenario

_KB_PER_GB = 1024.0**2
_KEEPING = ("instances", "machines")  # what has disks and addresses that stay: under ECS, and plain


class Surroundings:
    """Prices of the network, file systems, the image registry and logs, the same for all services that use them."""

    def __init__(self, facts: PriceFacts) -> None:
        self.network, self._lines = facts.part(Network), facts.part(Lines)

    def of_services(
        self, ops: Ops, scenario: Scenario, demand: Demand, hours: Quantity, balanced: Condition = None, *, on: str
    ) -> list[Part]:
        """The lines around tasks and instances that run for so many hours together.

        They are `on` instances under ECS, plain machines, which pull no images and have no agent, or tasks. `balanced`:
        where a load balancer is in front, tasks by default. What is kept lies on an EBS volume in each Availability
        Zone where they run on instances or machines, and on EFS where on tasks, which lose their own disk.
        """
        volumes = self._kept(ops, demand, "EBS volumes for data", demand.least)
        direct: Condition = False  # a task without a load balancer may be reached from within its network alone
        if balanced is None:
            balanced = self.network.before_tasks(ops, scenario)
        else:
            direct = ops.no(balanced)
        behind = self._routed(ops, scenario, demand, on)
        return [
            *self.network.load_balancer(ops, scenario, demand, balanced),
            *self.network.addresses(ops, scenario, demand, hours, behind, direct),
            *(volumes if on in _KEEPING else self.kept_files(ops, demand)),
            *self.of_runs(ops, scenario, demand, on=on),
        ]

    def of_runs(
        self, ops: Ops, scenario: Scenario, demand: Demand, attached: Condition = False, *, on: str
    ) -> list[Part]:
        """The lines around what runs `on` functions, tasks or instances.

        `attached`: in a VPC although nothing asks for a private network.
        """
        attached = attached | self._routed(ops, scenario, demand, on)
        endpoints = scenario["interface_endpoints"] if on in ("tasks", "instances") else 0.0  # for images and logs
        endpoints += scenario["agent_endpoints"] if on == "instances" else 0.0
        return [
            *self.network.private(ops, scenario, demand, attached, endpoints),
            *self.network.outbound(ops, scenario),
            *self._shared_files(ops, scenario, demand),
            *self._image(ops),
            *self.logs(ops, scenario, demand, functions=on == "functions"),
        ]

    @staticmethod
    def _routed(ops: Ops, scenario: Scenario, demand: Demand, on: str) -> Condition:
        """Where a fixed address is that of a NAT gateway: functions and tasks have none that stays.

        Where clients reach tasks, a Network Load Balancer has one, unless the scenario lets them call the internet too.
        """
        fixed = ops.is_in(ops.read("static_ip"), True) & (on not in _KEEPING)
        if on == "functions" or scenario.says("calls_internet"):
            return fixed
        return fixed & ops.no(demand.reached | demand.raw)

    def _shared_files(self, ops: Ops, scenario: Scenario, demand: Demand) -> list[Part]:
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        if ops.nowhere(shared):
            return []
        gb = ops.where(shared, ops.default(ops.read("stored_data_gb"), scenario["shared_gb"]), 0.0)
        return self._lines(ops, {"EFS storage": gb})

    def kept_files(self, ops: Ops, demand: Demand) -> list[Part]:
        """What functions and tasks keep: files on EFS, as they lose their own disk; Windows tasks cannot mount it."""
        return self._kept(ops, demand, "EFS storage", ops.no(demand.windows))

    def _kept(self, ops: Ops, demand: Demand, line: str, times: Quantity) -> list[Part]:
        stored = ops.read("stored_data_gb")
        if ops.nowhere(ops.known(stored)):
            return []
        shared = ops.is_in(ops.read("shared_filesystem"), True) & ops.no(demand.windows)
        gb = ops.where(shared, 0.0, ops.default(stored, 0.0) * times)
        return self._lines(ops, {line: gb})

    def _image(self, ops: Ops) -> list[Part]:
        """A container image in the registry, where its size is known."""
        packaged = ops.is_in(ops.read("packaging"), "container") & ops.known(ops.read("package_mb"))
        if ops.nowhere(packaged):
            return []
        gb = ops.where(packaged, ops.default(ops.read("package_mb"), 0.0) / MB_PER_GB, 0.0)
        return self._lines(ops, {"ECR image storage": gb})

    def logs(self, ops: Ops, scenario: Scenario, demand: Demand, *, functions: bool = False) -> list[Part]:
        """The line of CloudWatch Logs, in production; services that log more than a bound write elsewhere."""
        gb = demand.runs * scenario["log_kb"] / _KB_PER_GB
        if not functions:
            gb = ops.smaller(gb, scenario["log_gb"])
        if not scenario.says("logs_outside_production"):
            gb = ops.where(ops.is_in(ops.read("environment"), "production"), gb, 0.0)
        return self._lines(ops, {"CloudWatch Logs of functions" if functions else "CloudWatch Logs": gb})
