from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import MODEL, lines
from tests.recommender.columns.frames import typed_frame
from whichcompute.knowledge.outside import places
from whichcompute.pricing.columns import read
from whichcompute.pricing.monthly_cost import MonthlyCost

SERVER = {"kind": "server", "os": "linux", "cpu_architecture": "x86_64"}
BUSY = {"vcpus": 4.0, "memory_mb": 16384.0, "traffic": "steady"}


def outside(place: str, **values: Any) -> MonthlyCost:
    cost = MODEL.priced(values).outside(place)
    assert cost is not None
    return cost


def test_every_place_with_a_price_is_a_place() -> None:
    assert set(MODEL.places) <= set(places())


@pytest.mark.parametrize(
    ("place", "values", "usd"),
    [
        ("ec2", {**SERVER, "vcpus": 4.0, "memory_mb": 16384.0, "traffic": "rare"}, 0.1664 * 730 + 2.4 + 3.65),
        ("ec2", {**SERVER, "vcpus": 4.0, "memory_mb": 16384.0}, 0.2016 * 730 + 2.4 + 3.65),
        ("ec2", {**SERVER, **BUSY}, 0.2016 * 730 + 2.4 + 3.65),
        ("ec2", {**SERVER, **BUSY, "os": "windows"}, (0.2016 + 0.184) * 730 + 2.4 + 3.65),
        ("ec2_dedicated", {**SERVER, "memory_mb": 65536.0}, 3.06 * 1.1 * 730 + 2.4 + 3.65),
        ("managed_database", {**SERVER, "vcpus": 8.0, "memory_mb": 32768.0}, 0.674 * 730 + 20 * 0.115),
        (
            "managed_database",
            {**SERVER, "vcpus": 8.0, "memory_mb": 32768.0, "high_availability": True, "stored_data_gb": 100.0},
            2 * (0.674 * 730 + 100 * 0.115),
        ),
        ("managed_database", {**SERVER, "memory_mb": 2048.0}, 0.032 * 730 + 20 * 0.115),
        (
            "managed_database",
            {**SERVER, "memory_mb": 4096.0, "traffic": "rare", "invocations_per_month": 1e3, "typical_duration_s": 0.1},
            0.065 * 730 + 20 * 0.115,
        ),
        ("managed_cache", {**SERVER, "memory_mb": 4096.0}, 0.158 * 730),
        ("static_hosting", {"stored_data_gb": 10.0, "outbound_gb_per_month": 2024.0}, 0.23 + 15),
    ],
    ids=str,
)
def test_a_place_outside_costs_what_its_price_list_says(place: str, values: dict[str, Any], usd: float) -> None:
    assert outside(place, **values).expected == pytest.approx(usd)


@pytest.mark.parametrize("place", ["ec2", "managed_database", "managed_cache", "static_hosting", "kubernetes"])
def test_nothing_is_estimated_from_nothing(place: str) -> None:
    assert MODEL.priced({}).outside(place) is None


def test_instances_name_the_discount_of_a_savings_plan() -> None:
    said = [text for text in outside("ec2", **SERVER).assumptions if "Savings Plan" in text]
    assert said == [
        "on demand: with a Compute Savings Plan of one year the instances cost about $2.80 a month, of three years "
        "about $1.80, in place of $3.80"
    ]
    assert not any("Savings Plan" in text for text in outside("ec2", **SERVER, interruptible=True).assumptions)
    windows = outside("ec2", **{**SERVER, "os": "windows"}).assumptions
    assert any("Savings Plans discount all but their Windows licence" in text for text in windows)
    assert "1 x m7i.xlarge" in lines(outside("ec2", **SERVER, **BUSY))
    host = "; ".join(outside("ec2_dedicated", **{**SERVER, **BUSY, "os": "windows"}).assumptions)
    assert "licences that are brought along; they are not counted" in host, "the price of a host has no licence"
    assert "with a Compute Savings Plan of one year" in host
    cache = outside("managed_cache", **SERVER, memory_mb=1024.0).assumptions
    assert any("which a burstable machine serves" in text for text in cache)


def test_columns_cost_the_same() -> None:
    rows = [{**SERVER, "vcpus": 4.0, "memory_mb": 16384.0, "stored_data_gb": 50.0}, {**SERVER, "memory_mb": 5000.0}, {}]
    columns = read(typed_frame(rows))
    for place in MODEL.places:
        for number, usd in enumerate(MODEL.usd_rows(columns, 3, [place])[:, 0]):
            cost = MODEL.priced(rows[number]).outside(place)
            assert (None if usd != usd else usd) == (None if cost is None else pytest.approx(cost.expected))


def test_static_files_are_paid_by_a_flat_rate_plan_where_that_costs_less() -> None:
    site = {"kind": "website", "static_content": True, "stored_data_gb": 5.0, "outbound_gb_per_month": 2000.0}
    cost = outside("static_hosting", **site)
    assert cost.expected == pytest.approx(15 + 5 * 0.023) and cost.high == pytest.approx(5 * 0.023 + 976 * 0.085)
    busy = outside("static_hosting", **site, invocations_per_month=2e7)
    assert busy.expected == cost.high, "beyond 10 million requests the next plan costs more than the rate per GB"
    assert outside("static_hosting", **{**site, "outbound_gb_per_month": 1024.0}).high == pytest.approx(0.115)
    assert outside("static_hosting", **{**site, "outbound_gb_per_month": 60_000.0}).expected == pytest.approx(1450.115)


@pytest.mark.parametrize(("available", "usual"), [(False, "$50"), (True, "$100")], ids=["one zone", "two zones"])
def test_the_database_of_a_workload_is_said_apart(available: bool, usual: str) -> None:
    """4 GB are a db.t4g.medium for 0.065 USD an hour with 20 GB at 0.115; two zones cost twice as much."""
    api = {"kind": "web_api", "memory_mb": 512.0, "high_availability": available}
    for service, cost in MODEL.estimate({**api, "relational_database": True}).items():
        said = "" if cost is None else "; ".join(cost.assumptions)
        assert cost is None or f"the relational database, in RDS about {usual} a month with 4 GB" in said, service
        without = MODEL.estimate({**api, "relational_database": False})[service]
        assert cost is None or without is None or not any("RDS about" in text for text in without.assumptions)
    in_tokyo = MODEL.estimate({**api, "relational_database": True, "region": "ap-northeast-1"})["fargate"]
    assert in_tokyo is not None
    assert not any("RDS about" in text for text in in_tokyo.assumptions), "its storage has no price"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"vcpus": 8.0, "high_availability": True}, "for 16 vCPUs: Standard $1,400, Web $200"),
        ({"vcpus": 2.0, "region": "eu-west-1"}, "for 4 vCPUs: Standard $350, Web $50, Enterprise"),
        ({"os": "linux", "vcpus": 8.0}, ""),
        ({"product_class": "other", "vcpus": 8.0}, ""),
    ],
    ids=str,
)
def test_a_licence_of_sql_server_is_said_apart(more: dict[str, object], said: str) -> None:
    """0.12 USD an hour for each vCPU of at least four, Standard; two machines are twice as many."""
    database = {"kind": "server", "os": "windows", "product_class": "database", "memory_mb": 32768.0, **more}
    for cost in (MODEL.estimate(database)["ecs_ec2"], MODEL.priced(database).outside("ec2")):
        assert cost is not None
        text = "; ".join(cost.assumptions)
        assert said in text and ("SQL Server" in text) == bool(said)


@pytest.mark.parametrize("unlike", [{"relational_database": False}, {"os": "windows"}], ids=str)
def test_a_database_that_is_not_postgresql_or_mysql_has_no_estimate(unlike: dict[str, object]) -> None:
    sized = {**SERVER, "product_class": "database", "memory_mb": 16384.0}
    assert MODEL.priced(sized).outside("managed_database") is not None
    assert MODEL.priced({**sized, **unlike}).outside("managed_database") is None
