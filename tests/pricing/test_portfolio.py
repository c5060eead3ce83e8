"""What many workloads take together, checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.pricing.estimates import MODEL
from tests.recommender.columns.frames import typed_frame
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing.columns import read
from whichcompute.pricing.portfolio import Together
from whichcompute.pricing.portfolio import together as sums_of

X86 = {"cpu_architecture": "x86_64", "os": "linux", "environment": "production"}
API: dict[str, Any] = {
    **X86, "kind": "web_api", "protocol": "http", "vcpus": 1.0, "memory_mb": 2048.0, "high_availability": False,
}  # fmt: skip
WORKER: dict[str, Any] = {
    **X86, "kind": "queue_worker", "vcpus": 0.5, "memory_mb": 1024.0, "high_availability": False, "traffic": "steady",
}  # fmt: skip


def together(service: str, rows: list[dict[str, Any]], apart: list[bool] | None = None) -> Together:
    """The portfolio of some workloads that are all recommended one service."""
    recommended = np.full(len(rows), SERVICES.index(service))
    marks = np.array(apart or [False] * len(rows))
    return sums_of(MODEL, read(typed_frame(rows)), SERVICES, recommended, marks)


def test_a_plan_covers_the_instances_of_what_belongs_outside_too() -> None:
    server = {**X86, "kind": "server", "vcpus": 4.0, "memory_mb": 16384.0, "traffic": "steady"}
    columns, nothing = read(typed_frame([server] * 2)), np.zeros(2, bool)
    plan = sums_of(MODEL, columns, ["lambda", "ec2"], np.array([1, -1]), nothing).savings_plan(MODEL)
    assert plan is not None
    assert plan.covered_usd == pytest.approx(0.2016 * 730)
    assert plan.saves_usd == pytest.approx(0.66 * plan.covered_usd)


def test_a_plan_takes_nothing_off_the_licence_of_windows() -> None:
    server = {"kind": "server", "os": "windows", "vcpus": 4.0, "memory_mb": 16384.0, "traffic": "steady"}
    columns, nothing = read(typed_frame([server])), np.zeros(1, bool)
    assert sums_of(MODEL, columns, ["ec2"], np.array([0]), nothing).savings_plan(MODEL) is None


def test_three_apis_share_a_load_balancer_and_its_addresses() -> None:
    saving = together("fargate", [API] * 3).shared_balancers(MODEL)
    assert saving is not None
    each = 730 * (0.0225 + 2 * 0.005)
    assert (saving.workloads, saving.number) == (3, 1)
    assert saving.usd == pytest.approx(3 * each) and saving.shared_usd == pytest.approx(each)


def test_a_load_balancer_has_a_hundred_target_groups() -> None:
    saving = together("fargate", [API] * 101).shared_balancers(MODEL)
    assert saving and (saving.workloads, saving.number) == (101, 2)


@pytest.mark.parametrize(
    "other",
    [{"environment": "dev_test"}, {"region": "eu-west-1"}, {"private_network": True}],
    ids=["environment", "region", "network"],
)
def test_only_what_lies_in_one_place_is_shared(other: dict[str, Any]) -> None:
    assert together("fargate", [API, {**API, **other}]).shared_balancers(MODEL) is None


def test_what_must_be_apart_shares_nothing() -> None:
    assert together("ecs_ec2", [API] * 2, [True, False]).shared_balancers(MODEL) is None


def test_tasks_of_many_services_fill_few_instances() -> None:
    """Forty services with half a vCPU and 1 GB: apart an instance each, together 20 vCPUs and 40 GB."""
    saving = together("ecs_ec2", [WORKER] * 40).shared_hosts(MODEL)
    assert saving and saving.workloads == 40 and saving.number < 40
    assert saving.shared_usd < saving.usd / 1.2
    assert saving.shared_usd >= 730 * 20 * 0.0357, "no less than 20 vCPUs cost on the cheapest machines"


def test_quotas_add_up_by_region_at_the_peak() -> None:
    rows = [{**API, "autoscaling": False, "peak_concurrency": 40.0}, {**API, "region": "eu-west-1"}]
    (found,) = together("fargate", rows).broken(MODEL)
    assert (found.region, found.needed, found.default) == ("us-east-1", 10.0, 6.0)
    assert "L-3032A538" in found.request


def test_jobs_of_batch_on_fargate_count_and_tasks_on_spot_do_not() -> None:
    """Twenty jobs at a time of 1 vCPU and 2 GB, for which a task costs less than an instance."""
    jobs = {**API, "kind": "batch_job", "invocations_per_month": 1000.0, "typical_duration_s": 600.0}
    jobs |= {"protocol": "none", "parallel_tasks": 1.0}
    (found,) = together("batch", [jobs] * 20).broken(MODEL)
    assert (found.name, found.needed) == ("Fargate On-Demand vCPUs", 20.0)
    spot = {**jobs, "interruptible": True}
    for service in ("batch", "fargate"):
        assert not list(together(service, [spot] * 20).broken(MODEL))
        assert together(service, [spot]).savings_plan(MODEL) is None


def test_tasks_of_windows_that_may_be_interrupted_are_on_demand_and_count() -> None:
    """Fargate Spot has no Windows."""
    task = {**API, "os": "windows", "vcpus": 4.0, "memory_mb": 8192.0, "interruptible": True}
    (found,) = together("fargate", [task] * 2).broken(MODEL)
    assert found.needed == 8.0
    assert together("fargate", [task]).savings_plan(MODEL) is not None


def test_functions_in_flight_count_by_their_peak() -> None:
    rows = [{**WORKER, "kind": "event_handler", "peak_concurrency": 600.0}] * 2
    (found,) = together("lambda", rows).broken(MODEL)
    assert (found.needed, found.default) == (1200.0, 1000.0)
    assert not list(together("lambda", rows[:1]).broken(MODEL))


def test_savings_plans_cover_compute_only() -> None:
    plan = together("fargate", [API]).savings_plan(MODEL)
    assert plan is not None and plan.covered_usd == pytest.approx(36.04, abs=0.01)
    assert plan.saves_usd == pytest.approx(plan.covered_usd * 0.5)
    assert together("lightsail", [API]).savings_plan(MODEL) is None


def test_batches_add_up_to_the_whole() -> None:
    rows = [API, WORKER, {**API, "region": "eu-west-1"}, {**WORKER, "environment": "hobby"}, API, WORKER]
    whole, parts = together("ecs_ec2", rows), Together()
    for row in rows:
        parts.update(together("ecs_ec2", [row]))
    for name in ("shared_balancers", "shared_hosts", "savings_plan"):
        one, other = getattr(whole, name)(MODEL), getattr(parts, name)(MODEL)
        assert one.model_dump() == pytest.approx(other.model_dump())
    assert dict(whole.needed) == dict(parts.needed)


def test_lightsail_quotas_count_bundles_and_no_nodes() -> None:
    """A site for 20 busy requests at a time takes several bundles; a container service counts as none."""
    site = {**API, "kind": "website", "vcpus": None, "environment": None, "invocations_per_month": 1e9,
            "typical_duration_s": 1.0, "traffic": "steady"}  # fmt: skip
    cost = MODEL.estimate({name: value for name, value in site.items() if value is not None})["lightsail"]
    assert cost is not None
    bundles = next(line.quantity for line in cost.lines if line.label.startswith("bundle "))
    assert 1 < bundles <= 20  # more than the quota of an account has no estimate
    (found,) = together("lightsail", [site] * 20).broken(MODEL)
    assert (found.name, found.needed) == ("Lightsail instances", 20 * bundles)
    small = {
        **site,
        "invocations_per_month": 1e6,
        "memory_mb": 512.0,
        "packaging": "container",
        "high_availability": True,
    }
    assert list(together("lightsail", [small] * 30).broken(MODEL)) == []
