from __future__ import annotations

import pytest

from tests.pricing.estimates import JOBS, estimate, lines
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.fargate import Tasks
from whichcompute.pricing.price_facts import PriceFacts


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
    assert (found["task vCPUs"], found["task memory"]) == size


@pytest.mark.parametrize(
    ("os", "run_s", "billed_s"),
    [("linux", 1, 60), ("linux", 60, 60), ("linux", 60.2, 61), ("windows", 1, 300), ("windows", 301, 301)],
)
def test_a_task_is_billed_by_the_second_with_a_minimum(os: str, run_s: float, billed_s: float) -> None:
    runs = {"invocations_per_month": 3600, "typical_duration_s": run_s}
    found = lines(estimate("fargate", kind="batch_job", os=os, vcpus=1, memory_mb=2048, **runs))
    assert found["task vCPUs"] == pytest.approx(billed_s)


def test_an_event_handler_runs_as_tasks_or_as_a_service_whichever_is_cheaper() -> None:
    event = {"kind": "event_handler", "typical_duration_s": 1.0, "vcpus": 0.25, "memory_mb": 512.0}
    rare, often = (estimate("fargate", invocations_per_month=runs, **event) for runs in (60.0, 1e6))
    assert lines(rare)["task vCPUs"] == 0.25
    assert lines(often)["task vCPUs"] == 0.25 * 730
    at_once = estimate("fargate", invocations_per_month=60.0, start_within_s=1.0, **event)
    assert lines(at_once)["task vCPUs"] == 0.25 * 730


def test_jobs_that_follow_each_other_all_the_time_are_priced_as_a_worker_that_stays() -> None:
    job = {"kind": "scheduled_task", "typical_duration_s": 0.5, "vcpus": 0.25, "memory_mb": 512.0}
    rare, often = (lines(estimate("fargate", invocations_per_month=runs, **job)) for runs in (60.0, 1e9))
    assert rare["task vCPUs"] == 0.25
    assert often["task vCPUs"] == pytest.approx(0.25 * 730 * 191)  # half a second of 1e9 runs: 190.3 at a time


@pytest.mark.parametrize("windows", [False, True], ids=["linux", "windows"])
def test_task_sizes_grow_and_windows_has_one_to_four_vcpus(windows: bool) -> None:
    sizes = PriceFacts(all_facts.load()).part(Tasks).sizes[(windows,)]
    assert [size.vcpu for size in sizes] == sorted(size.vcpu for size in sizes)
    assert (sizes[0].vcpu, sizes[-1].vcpu) == ((1, 4) if windows else (0.25, 32))
    assert sizes[-1].memory_max_gb == (30 if windows else 244)
