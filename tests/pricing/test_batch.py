from __future__ import annotations

import pytest

from tests.pricing.estimates import JOBS, MODEL, estimate, lines
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.ec2 import Ec2
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

FACTS = PriceFacts(all_facts.load())


def test_jobs_pay_for_instances_only_while_they_run() -> None:
    """A thousand hours of 16 vCPUs, ten at a time: five instances of 32 vCPUs for a hundred hours."""
    jobs = {"invocations_per_month": 1000.0, "typical_duration_s": 3600.0, "parallel_tasks": 10.0}
    cost = estimate("batch", **JOBS, **jobs, vcpus=16.0, memory_mb=24 * 1024.0)
    assert lines(cost)["5 x c7i.8xlarge"] == 500
    on_ecs = estimate("ecs_ec2", **JOBS, **jobs, vcpus=16.0, memory_mb=24 * 1024.0)
    assert lines(on_ecs)["5 x c7i.8xlarge"] == 500


def test_jobs_on_windows_have_fargate_capacity_only() -> None:
    jobs = {"kind": "batch_job", "os": "windows", "invocations_per_month": 10, "typical_duration_s": 600}
    assert "Windows licence" in lines(estimate("batch", vcpus=1, memory_mb=2048, **jobs))
    assert MODEL.estimate({**jobs, "vcpus": 8.0, "memory_mb": 16384.0})["batch"] is None


def test_there_is_no_windows_on_arm_and_no_windows_or_burstable_instance_for_jobs() -> None:
    machines = FACTS.part(Ec2).machines(Scenario(FACTS.assumed()["expected"]), sustained=True)
    assert not [key for key in machines if key[1] and key[2]]
    assert not [each.name for found in machines.values() for each in found if each.name.startswith("t")]
    with pytest.raises(AssertionError):
        estimate("batch", kind="batch_job", os="windows", gpus=1.0, invocations_per_month=9.0, typical_duration_s=60.0)


def test_what_never_ends_lacks_jobs_and_not_a_duration() -> None:
    stream = {"kind": "stream_processor", "invocations_per_month": 2_000_000.0, "typical_duration_s": 0.2}
    assert MODEL.blank("batch", stream).startswith("work that comes as jobs")
