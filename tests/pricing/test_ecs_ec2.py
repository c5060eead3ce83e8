from __future__ import annotations

from tests.pricing.estimates import estimate, lines


def test_tasks_share_an_instance() -> None:
    """Four tasks of half a vCPU and 900 MB take one instance of 2 vCPU and 4 GB, not four of 1 GB."""
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 6.4, "traffic": "steady"}
    cost = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=0.5, memory_mb=900.0, **load)
    assert "1 x c7i.large" in lines(cost)


def test_steady_load_does_not_live_on_the_credits_of_a_burstable_instance() -> None:
    idle = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=2.0, memory_mb=1024.0)
    load = {"invocations_per_month": 2_628_000.0, "typical_duration_s": 6.0, "traffic": "steady"}
    busy = estimate("ecs_ec2", kind="queue_worker", cpu_architecture="x86_64", vcpus=2.0, memory_mb=1024.0, **load)
    assert ["t3" in line.label for line in (idle.lines[0], busy.lines[0])] == [True, False]


def test_gpus_come_with_instances_only_and_are_shared_out() -> None:
    cost = estimate("ecs_ec2", kind="server", gpus=1, vcpus=4, memory_mb=8192)
    assert "1 x g4dn.xlarge" in lines(cost)
    assert estimate("ecs_ec2", kind="server", gpus=4, vcpus=4, memory_mb=8192).expected > 2000
