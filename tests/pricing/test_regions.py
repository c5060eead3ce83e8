"""One model, many Regions: each workload is priced where it runs, alone and in a frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.knowledge.price_lists import price_list, times
from tests.recommender.columns.frames import typed_frame
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.price_lists import read_price_list
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing.columns import ops_of, read
from whichcompute.pricing.fargate import FargatePricing
from whichcompute.pricing.model import CostModel

FACTS = all_facts.load()
WORK: list[dict[str, Any]] = [
    {"kind": "web_api", "invocations_per_month": 1e6, "typical_duration_s": 0.2, "memory_mb": 1024.0},
    {"kind": "batch_job", "invocations_per_month": 500.0, "typical_duration_s": 600.0, "os": "windows"},
    {"kind": "server", "vcpus": 2.0, "memory_mb": 4096.0, "interruptible": True},
]
REGIONS = [None, "us-east-1", "eu-north-1", "ap-east-2"]


@pytest.fixture
def twice(tmp_path: Path) -> Facts:
    """Facts with a Region where every price is twice ours."""
    return FACTS.extended([], [], [read_price_list(price_list(tmp_path / "a.toml", "eu-north-1", times(FACTS, 2)))])


@pytest.mark.parametrize("values", WORK, ids=lambda values: values["kind"])
def test_twice_the_prices_are_twice_the_cost_with_region_and_lines(values: dict[str, Any], twice: Facts) -> None:
    model = CostModel(twice)
    ours, theirs = model.estimate(values), model.estimate({**values, "region": "eu-north-1"})
    for service, cost in ours.items():
        there = theirs[service]
        assert (cost is None) == (there is None)
        if cost is not None and there is not None:
            assert (cost.region, there.region) == ("us-east-1", "eu-north-1")
            assert "list prices of eu-north-1 without tax" in "; ".join(there.assumptions)
            for bound in ("low", "expected", "high"):  # what costs the same everywhere is not doubled
                ratio = getattr(there, bound) / getattr(cost, bound)
                assert ratio == 1 if service == "lightsail" else 1.5 < ratio <= 2.0001


def test_a_region_without_prices_has_no_estimate_and_says_so(twice: Facts) -> None:
    model = CostModel(twice)
    values = {**WORK[0], "region": "ap-east-2"}
    assert model.estimate(values) == model.priced(values).expected() == dict.fromkeys(SERVICES)
    assert "No prices of ap-east-2 are known" in model.unknown_prices("ap-east-2")
    assert model.unknown_prices(None) == model.unknown_prices("eu-north-1") == ""
    other = CostModel(dict(FACTS))
    assert other.estimate(values) == dict.fromkeys(SERVICES), "a mapping holds the prices of one Region only"


def test_one_missing_price_blanks_what_needs_it_and_nothing_else(tmp_path: Path) -> None:
    prices = times(FACTS, 2)
    del prices["lambda.price_ephemeral_storage"], prices["fargate.price_vcpu_hour_linux_x86"]
    facts = FACTS.extended([], [], [read_price_list(price_list(tmp_path / "a.toml", "eu-north-1", prices))])
    model, small = CostModel(facts), {**WORK[0], "region": "eu-north-1", "cpu_architecture": "x86_64"}
    assert {service for service, cost in model.estimate(small).items() if cost} == {"lambda", "ecs_ec2", "lightsail"}
    large = {**small, "scratch_gb": 5.0}
    assert {service for service, cost in model.estimate(large).items() if cost} == {"ecs_ec2", "lightsail"}
    assert model.blank("fargate", large) == "the price of 'task vCPUs' in eu-north-1"
    assert model.blank("lambda", large) == "the price of 'ephemeral storage' in eu-north-1"
    assert model.unknown_prices("eu-north-1") == "", "each estimate says what it lacks"


def test_windows_costs_its_licence_besides_the_price_of_linux_in_every_region() -> None:
    server = {"kind": "server", "os": "windows", "vcpus": 4.0, "memory_mb": 16384.0, "traffic": "steady"}
    for region, linux in (("us-east-1", 0.2016), ("ap-northeast-1", 0.2604)):
        cost = CostModel(FACTS).priced({**server, "region": region}).outside("ec2")
        assert cost is not None
        assert cost.lines[0].unit_price == pytest.approx(linux + 4 * 0.046)


@pytest.mark.parametrize("missing", [[], ["ec2.price_ebs_gp3"], ["lambda.price_request", "ec2.on_demand_linux_table"]])
def test_rows_of_several_regions_cost_what_each_costs_alone(missing: list[str], tmp_path: Path) -> None:
    prices = {id_: price for id_, price in times(FACTS, 1.3).items() if id_ not in missing}
    facts = FACTS.extended([], [], [read_price_list(price_list(tmp_path / "a.toml", "eu-north-1", prices))])
    model = CostModel(facts)
    rows = [{**values, **({"region": region} if region else {})} for values in WORK for region in REGIONS]
    estimates, columns = [model.estimate(row) for row in rows], read(typed_frame(rows))
    for service in SERVICES:
        which = ("low", "expected", "high")
        usd = {each: model.usd_rows(columns, len(rows), [service], each)[:, 0] for each in which}
        for number, row in enumerate(rows):
            cost, quick = estimates[number][service], model.priced(row).expected()[service]
            assert (cost is None) == (quick is None) == bool(np.isnan(usd["expected"][number]))
            if cost is not None:
                bounds = (np.fmin(usd["low"][number], quick), quick, np.fmax(usd["high"][number], quick))
                assert bounds == pytest.approx((cost.low, cost.expected, cost.high))


def test_why_there_is_no_estimate_is_said_for_what_is_missing(tmp_path: Path) -> None:
    prices = {id_: price for id_, price in times(FACTS, 2).items() if id_ != "ec2.price_nat_gateway_hour"}
    model = CostModel(FACTS.extended([], [], [read_price_list(price_list(tmp_path / "a.toml", "eu-north-1", prices))]))
    assert model.blank("fargate", {}) == model.blank("fargate", {"region": "ap-south-1"}) == FargatePricing.needs
    api = {"kind": "web_api", "memory_mb": 512.0, "invocations_per_month": 1e6, "typical_duration_s": 0.1}
    inside = {**api, "private_network": True, "static_ip": True, "region": "eu-north-1"}
    assert model.blank("fargate", inside).startswith("the price of 'NAT gateway' in eu-north-1")
    assert model.blank("fargate", {**api, "region": "us-east-2"}) == "prices of us-east-2"
    assert model.blank("fargate", {**api, "memory_mb": 1e6}) == "a size that holds the workload, which it has not"


def test_an_end_of_a_range_that_lacks_a_price_says_so(tmp_path: Path) -> None:
    prices = {id_: price for id_, price in times(FACTS, 2).items() if not id_.startswith("api_gateway.price_rest")}
    facts = FACTS.extended([], [], [read_price_list(price_list(tmp_path / "a.toml", "eu-north-1", prices))])
    api = {"kind": "web_api", "protocol": "http", "invocations_per_month": 1e6, "typical_duration_s": 0.1}
    cost = CostModel(facts).estimate({**api, "memory_mb": 512.0, "region": "eu-north-1"})["lambda"]
    assert cost is not None and cost.high == cost.expected
    said = "the high estimate is the expected one: no price of API Gateway, REST API in this Region is known"
    assert said in cost.assumptions and not any(text.startswith("the low estimate") for text in cost.assumptions)


def test_a_service_that_a_region_does_not_offer_has_no_estimate_there(tmp_path: Path) -> None:
    lists = [read_price_list(price_list(tmp_path / "a.toml", "us-west-1", times(FACTS, 2)))]
    model, there = CostModel(FACTS.extended([], [], lists)), {**WORK[2], "region": "us-west-1"}
    assert model.priced({**WORK[2], "region": "us-east-1"}).expected()["lightsail"] is not None
    assert model.priced(there).expected()["lightsail"] is None and model.priced(there).expected()["ecs_ec2"] is not None
    assert model.blank("lightsail", there) == "a Region that offers it"
    assert np.isnan(model.usd_rows(read(typed_frame([there])), 1, ["lightsail"])).all()


def test_transfer_without_a_price_takes_the_bundle_that_includes_it_or_has_no_estimate() -> None:
    """A price that is not known is never in a cost: 2 TB fit a bundle (there half as much), 500 TB fit none."""
    model = CostModel(FACTS)
    rows: list[dict[str, Any]] = [
        {"kind": "website", "memory_mb": 512.0, "region": region, "outbound_gb_per_month": sent}
        for region in ("sa-east-1", "us-east-1")
        for sent in (2000.0, 500_000.0)
    ]
    alone = [model.priced(row).expected()["lightsail"] for row in rows]
    assert alone[:2] == [24.0, None] and alone[2] == 7.0 and alone[3] is not None and alone[3] > 40_000
    together = model.usd_rows(read(typed_frame(rows)), len(rows), ["lightsail"])[:, 0]
    assert together.tolist() == pytest.approx([usd if usd is not None else np.nan for usd in alone], nan_ok=True)
    assert model.blank("lightsail", rows[1]) == "the price of 'data transfer out' in sa-east-1"
    lacking = [
        text
        for text, holds in model.lacking("lightsail", ops_of(read(typed_frame(rows[1:2])), 1), "sa-east-1")
        if holds.any()
    ]
    assert lacking == ["the price of 'data transfer out' in sa-east-1"]
