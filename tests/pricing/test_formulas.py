from __future__ import annotations

from typing import Any

import pytest

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel, MonthlyCost

MODEL = CostModel(all_facts.load())


def estimate(service: str, **values: Any) -> MonthlyCost:
    cost = MODEL.estimate(values)[service]
    assert cost is not None
    return cost


def lines(cost: MonthlyCost) -> dict[str, float]:
    return {line.label: line.quantity for line in cost.lines}


JOBS = {"kind": "batch_job", "cpu_architecture": "x86_64", "os": "linux"}


@pytest.mark.parametrize(
    ("vcpus", "memory_mb", "size"),
    [
        (0.25, 512, (0.25, 0.5)),
        (0.25, 513, (0.25, 1)),
        (0.25, 2049, (0.5, 3)),
        (1, 512, (1, 2)),
        (2, 3000, (2, 4)),
        (3, 9000, (4, 9)),
        (4, 30 * 1024 + 1, (8, 32)),
        (5, 17 * 1024, (8, 20)),
        (16, 120 * 1024 + 1, (32, 244)),
        (17, 1024, (32, 60)),
    ],
)
def test_a_task_is_billed_at_the_smallest_size_that_holds_it(
    vcpus: float, memory_mb: float, size: tuple[float, float]
) -> None:
    hour = {"invocations_per_month": 1, "typical_duration_s": 3600}
    found = lines(estimate("fargate", **JOBS, **hour, vcpus=vcpus, memory_mb=memory_mb))
    assert (found["vCPUs of tasks"], found["memory of tasks"]) == size


@pytest.mark.parametrize(
    ("os", "run_s", "billed_s"),
    [("linux", 1, 60), ("linux", 60, 60), ("linux", 60.2, 61), ("windows", 1, 300), ("windows", 301, 301)],
)
def test_a_task_is_billed_by_the_second_with_a_minimum(os: str, run_s: float, billed_s: float) -> None:
    runs = {"invocations_per_month": 3600, "typical_duration_s": run_s}
    found = lines(estimate("fargate", kind="batch_job", os=os, vcpus=1, memory_mb=2048, **runs))
    assert found["vCPUs of tasks"] == pytest.approx(billed_s)


def test_a_function_is_billed_by_the_millisecond_with_memory_for_its_cpu() -> None:
    runs = {"invocations_per_month": 1024, "typical_duration_s": 0.1234}
    assert lines(estimate("lambda", memory_mb=1024, **runs))["run time on x86"] == pytest.approx(1024 * 0.124)
    assert lines(estimate("lambda", memory_mb=128, vcpus=1, **runs))["run time on x86"] == pytest.approx(1769 * 0.124)


def test_run_time_past_a_tier_costs_less() -> None:
    """17 billion GB-seconds: six billion at the first price, nine at the second, two at the third."""
    cost = estimate("lambda", invocations_per_month=17e9, typical_duration_s=1, memory_mb=1024)
    tiers = [(line.quantity, line.unit_price) for line in cost.lines if "x86" in line.label]
    assert tiers == [(6e9, 0.0000166667), (9e9, 0.000015), (2e9, 0.0000133334)]


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_arm_is_a_fifth_cheaper_on_functions_and_tasks(architecture: str) -> None:
    runs = {"kind": "batch_job", "invocations_per_month": 1e6, "typical_duration_s": 60, "memory_mb": 1024}
    for service in ("lambda", "fargate"):
        x86, this = (estimate(service, cpu_architecture=chip, **runs).expected for chip in ("x86_64", architecture))
        assert this / x86 == pytest.approx(0.8 if architecture == "arm64" else 1, abs=0.005)


def test_an_event_handler_runs_as_tasks_or_as_a_service_whichever_is_cheaper() -> None:
    event = {"kind": "event_handler", "typical_duration_s": 1.0, "vcpus": 0.25, "memory_mb": 512.0}
    rare, often = (estimate("fargate", invocations_per_month=runs, **event) for runs in (60.0, 1e6))
    assert lines(rare)["vCPUs of tasks"] == 0.25
    assert lines(often)["vCPUs of tasks"] == 0.25 * 730
    at_once = estimate("fargate", invocations_per_month=60.0, start_within_s=1.0, **event)
    assert lines(at_once)["vCPUs of tasks"] == 0.25 * 730


def test_copies_share_an_instance() -> None:
    """Four copies of half a vCPU and 900 MB take one instance of 2 vCPU and 4 GB, not four of 1 GB."""
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 6.4, "traffic": "steady"}
    cost = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=0.5, memory_mb=900.0, **load)
    assert "1 x c7i.large" in lines(cost)


def test_steady_load_does_not_live_on_the_credits_of_a_burstable_instance() -> None:
    idle = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=2.0, memory_mb=1024.0)
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 6.0, "traffic": "steady"}
    busy = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=2.0, memory_mb=1024.0, **load)
    assert ["t3" in line.label for line in (idle.lines[0], busy.lines[0])] == [True, False]


def test_jobs_pay_for_instances_only_while_they_run() -> None:
    """A thousand hours of 16 vCPUs, ten at a time: five machines of 32 vCPUs for a hundred hours."""
    jobs = {"invocations_per_month": 1000.0, "typical_duration_s": 3600.0, "parallel_tasks": 10.0}
    cost = estimate("batch", **JOBS, **jobs, vcpus=16.0, memory_mb=24 * 1024.0)
    assert lines(cost)["5 x c7i.8xlarge"] == 500
    always_on = estimate("ecs_ec2", **JOBS, **jobs, vcpus=16.0, memory_mb=24 * 1024.0)
    assert lines(always_on)["1 x c7i.8xlarge"] == 730


def test_jobs_on_windows_have_fargate_capacity_only() -> None:
    jobs = {"kind": "batch_job", "os": "windows", "invocations_per_month": 10, "typical_duration_s": 600}
    assert "Windows licence" in lines(estimate("batch", vcpus=1, memory_mb=2048, **jobs))
    assert MODEL.estimate({**jobs, "vcpus": 8.0, "memory_mb": 16384.0})["batch"] is None


@pytest.mark.parametrize("service", ["fargate", "ecs_ec2", "batch"])
def test_spot_is_in_the_low_figure_only(service: str) -> None:
    jobs = {**JOBS, "invocations_per_month": 1000, "typical_duration_s": 3600, "vcpus": 2, "memory_mb": 4096}
    jobs["parallel_tasks"] = 1
    firm, spot = (estimate(service, interruptible=may, **jobs) for may in (False, True))
    assert spot.expected == firm.expected and spot.low < 0.5 * firm.low


@pytest.mark.parametrize(
    ("values", "label", "usd"),
    [
        ({"memory_mb": 512}, "bundle nano (general)", 5),
        ({"memory_mb": 513}, "bundle micro (general)", 7),
        ({"memory_mb": 4096, "os": "windows"}, "bundle medium (general)", 44),
        ({"memory_mb": 512, "scratch_gb": 61}, "bundle medium (general)", 24),
        ({"memory_mb": 3000, "vcpus": 5}, "bundle 2xlarge (general)", 164),
        ({"memory_mb": 120 * 1024, "vcpus": 8}, "bundle 4xlarge (memory-optimized)", 584),
    ],
    ids=["smallest", "next", "windows", "by disk", "by CPU", "by memory"],
)
def test_the_smallest_bundle_that_holds_it(values: dict[str, Any], label: str, usd: float) -> None:
    cost = estimate("lightsail", kind="server", **values)
    assert (cost.expected, lines(cost)[label]) == (usd, 1)


def test_two_bundles_and_a_load_balancer_survive_the_loss_of_a_zone() -> None:
    cost = estimate("lightsail", kind="website", memory_mb=1024, high_availability=True)
    assert cost.expected == 2 * 7 + 18


@pytest.mark.parametrize(
    ("values", "balanced"),
    [({"kind": "web_api"}, True), ({"kind": "queue_worker"}, False), ({"kind": "server", "protocol": "tcp"}, False)],
    ids=str,
)
def test_web_services_on_containers_have_a_load_balancer(values: dict[str, Any], balanced: bool) -> None:
    for service in ("fargate", "ecs_ec2"):
        assert ("load balancer" in lines(estimate(service, **values))) == balanced


def test_gpus_come_with_instances_only_and_are_shared_out() -> None:
    cost = estimate("ecs_ec2", kind="server", gpus=1, vcpus=4, memory_mb=8192)
    assert "1 x g4dn.xlarge" in lines(cost)
    assert estimate("ecs_ec2", kind="server", gpus=4, vcpus=4, memory_mb=8192).expected > 2000
