from __future__ import annotations

import pytest

from tests.pricing.estimates import estimate, lines
from whichcompute.knowledge.descriptors import DESCRIPTORS


def test_tasks_share_an_instance() -> None:
    """Four tasks of half a vCPU and 900 MB take one instance of 2 vCPU and 4 GB, not four of 1 GB."""
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 3.0, "traffic": "steady"}
    cost = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=0.5, memory_mb=900.0, **load)
    assert "1 x c7i.large" in lines(cost)


def test_memory_is_reserved_where_tasks_share_an_instance_and_not_where_one_fills_it() -> None:
    one = estimate("ecs_ec2", kind="server", traffic="steady", cpu_architecture="x86_64", vcpus=4.0, memory_mb=16384.0)
    assert "1 x m7i.xlarge" in lines(one)
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 1.6, "traffic": "steady"}
    two = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=1.0, memory_mb=8192.0, **load)
    assert "2 x m7i.large" in lines(two)


def test_managed_instances_cost_a_fee_where_no_servers_are_wanted() -> None:
    size = {"kind": "server", "traffic": "steady", "vcpus": 4.0, "memory_mb": 16384.0, "os": "linux"}
    plain, managed = (estimate("ecs_ec2", **size, server_management=wish) for wish in ("accept", "avoid"))
    assert managed.expected - plain.expected == pytest.approx(0.12 * 0.2016 * 730)
    assert plain.high == managed.high


def test_steady_load_does_not_live_on_the_credits_of_a_burstable_instance() -> None:
    size = {"kind": "queue_worker", "cpu_architecture": "x86_64", "vcpus": 2.0, "memory_mb": 1024.0}
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 6.0, "traffic": "steady"}
    assert "t3" not in estimate("ecs_ec2", **size, **load).lines[0].label


@pytest.mark.parametrize("kind", ["queue_worker", "website", "server"])
def test_only_load_that_is_said_to_be_low_or_bursty_lives_on_credits(kind: str) -> None:
    size = {"kind": kind, "cpu_architecture": "x86_64", "vcpus": 2.0, "memory_mb": 1024.0}
    costs = {traffic: estimate("ecs_ec2", **size, traffic=traffic) for traffic in DESCRIPTORS["traffic"].choices}
    burstable = {traffic for traffic, cost in costs.items() if "t3" in cost.lines[0].label}
    assert burstable == {"rare", "spiky"}
    unknown = estimate("ecs_ec2", **size)
    assert unknown.low < costs["rare"].expected < unknown.expected


def test_gpus_come_with_instances_only_and_are_shared_out() -> None:
    cost = estimate("ecs_ec2", kind="server", gpus=1, vcpus=4, memory_mb=8192)
    assert "1 x g4dn.xlarge" in lines(cost)
    assert estimate("ecs_ec2", kind="server", gpus=4, vcpus=4, memory_mb=8192).expected > 2000


GPU_JOBS = {"kind": "batch_job", "gpus": 1.0, "vcpus": 4.0, "memory_mb": 14000.0, "cpu_architecture": "x86_64"}


def test_instances_for_jobs_run_while_jobs_do() -> None:
    """Twenty GPU jobs of an hour cost 20 hours, not a month; two million of a second, billed as a minute, a month."""
    long = estimate("ecs_ec2", **GPU_JOBS, invocations_per_month=20, typical_duration_s=3600.0)
    short = estimate("ecs_ec2", **GPU_JOBS, invocations_per_month=2e6, typical_duration_s=1.0)
    assert long.expected == pytest.approx(20 * 0.526 + 30 * 0.08 * 20 / 730)
    assert lines(short)["1 x g4dn.xlarge"] == 730


def test_a_dedicated_host_and_a_server_with_gpus_are_paid_all_month() -> None:
    load = {"invocations_per_month": 20, "typical_duration_s": 3600.0}
    host = estimate("ecs_ec2", **{**GPU_JOBS, "gpus": 0.0}, **load, dedicated_hardware=True)
    server = estimate("ecs_ec2", **{**GPU_JOBS, "kind": "server"}, **load)
    assert lines(host)["1 x c5 Dedicated Host"] == lines(server)["1 x g4dn.xlarge"] == 730
