from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.knowledge.offer_files import EC2, LAMBDA, Product, as_csv, as_json, place
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.price_import import Imported, as_toml, import_prices, matches
from whichcompute.knowledge.price_lists import read_price_list

FACTS = all_facts.load()
REGIONS = list(DESCRIPTORS["region"].choices)
Write = Callable[..., Path]
FORMS = pytest.mark.parametrize("write", [as_json, as_csv], ids=["JSON", "CSV"])


def read_back(imported: Imported, region: str, folder: Path) -> Facts:
    path = folder / f"{region}.toml"
    path.write_text(as_toml(imported, region))
    known = FACTS.extended([], [], [read_price_list(path)]).in_region(region)
    assert known is not None
    return known


@FORMS
def test_prices_reach_the_facts_of_their_region(write: Write, tmp_path: Path) -> None:
    files = [write(tmp_path / "lambda", "AWSLambda", LAMBDA), write(tmp_path / "ec2", "AmazonEC2", EC2)]
    imported = import_prices(files, FACTS, REGIONS)
    assert list(imported.prices) == ["eu-central-2", "us-east-1"] and imported.ambiguous == ()
    known = read_back(imported, "eu-central-2", tmp_path)
    prices = {id_: known[id_] for id_ in ("lambda.price_request", "lambda.price_duration_x86", "ec2.price_ebs_gp3")}
    assert prices == {
        "lambda.price_request": 0.23,
        "lambda.price_duration_x86": 0.0000183,
        "ec2.price_ebs_gp3": 0.1047,
    }
    assert [known[f"lambda.price_duration_x86_tier{tier}"] for tier in (2, 3)] == [0.0000165, 0.0000146]
    linux = {row["type"]: row["usd_per_hour"] for row in known["ec2.on_demand_linux_table"]}
    assert linux == {"t3.micro": 0.0132, "m7g.large": 0.11}
    assert known.fact("lambda.price_request").values[0].source == "aws-price-list-awslambda"
    assert str(known.fact("lambda.price_request").values[0].read_on) == "2026-11-20"
    assert "lambda.price_duration_arm" in imported.missing("eu-central-2")
    assert "fargate.price_gb_hour_linux_x86" not in imported.missing("eu-central-2"), "its offer was not read"
    assert read_back(imported, "us-east-1", tmp_path)["lambda.price_request"] == 0.2


def test_databases_caches_and_lightsail_are_read_for_one_engine(tmp_path: Path) -> None:
    def made(region: str, engine: str, **other: str) -> dict[str, str]:
        return {**place(region), "databaseEngine": engine, "deploymentOption": "Single-AZ", **other}

    region, instance = "eu-central-2", "db.t4g.micro"
    databases = [
        (
            "Database Instance",
            f"EUC2-InstanceUsage:{instance}",
            made(region, engine, instanceType=instance),
            [("0", usd)],
        )
        for engine, usd in (("PostgreSQL", "0.02"), ("Oracle", "0.9"))
    ]
    storage = ("Database Storage", "EUC2-RDS:GP3-Storage", made(region, "PostgreSQL"), [("0", "0.15")])
    node = {**place(region), "instanceType": "cache.t4g.micro", "cacheEngine": "Redis"}
    cache = ("Cache Instance", "EUC2-NodeUsage:cache.t4g.micro", node, [("0", "0.021")])
    sent = ("Lightsail Networking", "EUC2-DataXfer-Out-Overage-Bytes", place(region), [("0", "0.11")])
    files = [
        as_json(tmp_path / "rds", "AmazonRDS", [*databases, storage]),
        as_json(tmp_path / "cache", "AmazonElastiCache", [cache]),
        as_json(tmp_path / "lightsail", "AmazonLightsail", [sent]),
    ]
    imported = import_prices(files, FACTS, REGIONS)
    known = read_back(imported, region, tmp_path)
    assert imported.ambiguous == ()
    assert [row["usd_per_hour"] for row in known["rds.instances"]] == [0.02]
    assert [row["usd_per_hour"] for row in known["elasticache.nodes"]] == [0.021]
    assert (known["rds.price_storage_gb"], known["lightsail.price_overage_gb"]) == (0.15, 0.11)


@FORMS
def test_only_the_regions_that_are_asked_for(write: Write, tmp_path: Path) -> None:
    imported = import_prices([write(tmp_path / "lambda", "AWSLambda", LAMBDA)], FACTS, ["us-east-1"])
    assert list(imported.prices) == ["us-east-1"]


@FORMS
def test_different_prices_for_one_thing_are_left_out_and_named(write: Write, tmp_path: Path) -> None:
    twice = [*LAMBDA, ("Serverless", "EUC2-Request", place("eu-central-2"), [("0", "0.0000005")])]
    imported = import_prices([write(tmp_path / "lambda", "AWSLambda", twice)], FACTS, REGIONS)
    assert "lambda.price_request" not in imported.prices["eu-central-2"]
    assert imported.ambiguous == (f"{tmp_path / 'lambda'}: lambda.price_request in eu-central-2",)


@FORMS
def test_a_trust_store_is_no_load_balancer(write: Write, tmp_path: Path) -> None:
    products = [
        ("Load Balancer-Application", usage, place(region), [("0", price)])
        for region, prefix in (("us-east-1", ""), ("eu-west-1", "EU-"), ("eu-central-2", "EUC2-"))
        for usage, price in (
            (f"{prefix}LoadBalancerUsage", "0.03"),
            (f"{prefix}TS-LoadBalancerUsage", "0.0056"),
            (f"{prefix}Outposts-LoadBalancerUsage", "0.09"),
        )
    ]
    imported = import_prices([write(tmp_path / "elb", "AWSELB", products)], FACTS, REGIONS)
    assert imported.ambiguous == ()
    assert {region: prices["ec2.price_alb_hour"].value for region, prices in imported.prices.items()} == {
        "us-east-1": 0.03, "eu-west-1": 0.03, "eu-central-2": 0.03,
    }  # fmt: skip


@FORMS
def test_the_products_of_a_file_of_aws_are_told_apart(write: Write, tmp_path: Path) -> None:
    """AWSELB of sa-east-1, published on 2026-07-20, without descriptions: four of its twelve products are in a cost."""
    elsewhere = {**place("sa-east-1"), "locationType": "AWS Outposts"}
    products = [
        (f"Load Balancer{family}", f"SAE1-{usage}", {**at, "operation": f"LoadBalancing{operation}"}, [("0", price)])
        for family, usage, operation, price, at in (
            ("", "LoadBalancerUsage", "", "0.0340000000", place("sa-east-1")),
            ("", "DataProcessing-Bytes", "", "0.0110000000", place("sa-east-1")),
            ("-Application", "LCUUsage", ":Application", "0.0110000000", place("sa-east-1")),
            ("-Application", "LoadBalancerUsage", ":Application", "0.0340000000", place("sa-east-1")),
            ("-Application", "TS-LoadBalancerUsage", ":Application", "0.0076000000", place("sa-east-1")),
            ("-Application", "ReservedLCUUsage", ":Application", "0.0110000000", place("sa-east-1")),
            ("-Application", "Outposts-LoadBalancerUsage", ":Application", "0.0340000000", elsewhere),
            ("-Application", "Outposts-LCUUsage", ":Application", "0.0000000000", elsewhere),
            ("-Network", "LCUUsage", ":Network", "0.0082500000", place("sa-east-1")),
            ("-Network", "LoadBalancerUsage", ":Network", "0.0340000000", place("sa-east-1")),
            ("-Gateway", "LCUUsage", ":Gateway", "0.0055000000", place("sa-east-1")),
            ("-Gateway", "LoadBalancerUsage", ":Gateway", "0.0189000000", place("sa-east-1")),
        )
    ]
    imported = import_prices([write(tmp_path / "elb", "AWSELB", products)], FACTS, REGIONS)
    assert imported.ambiguous == ()
    assert {id_: price.value for id_, price in imported.prices["sa-east-1"].items()} == {
        "ec2.price_alb_hour": 0.034, "ec2.price_alb_lcu_hour": 0.011,
        "ec2.price_nlb_hour": 0.034, "ec2.price_nlb_lcu_hour": 0.00825,
    }  # fmt: skip


def test_what_is_imported_can_be_read_whatever_the_price(tmp_path: Path) -> None:
    """One product for each line of the table: also prices that AWS states once for all Regions."""
    products: dict[str, list[Product]] = {}
    for match in matches():
        rows = [*FACTS[match.fact][0].values()] if match.row else []
        named = {**place("eu-central-2"), **match.attributes, **({match.row: rows[0]} if rows else {})}
        prices = [(str(tier * 10), f"0.{tier}") for tier in range(4)]
        usage = "EUC2-" + match.usage.replace("*", "x")
        products.setdefault(match.offer, []).append((match.family, usage, named, prices))
    files = [as_json(tmp_path / offer, offer, made) for offer, made in products.items()]
    known = read_back(import_prices(files, FACTS, REGIONS), "eu-central-2", tmp_path)
    assert known["ec2.price_public_ipv4_hour"] == 0.0


def test_every_line_of_the_table_names_a_price_by_region() -> None:
    for match in matches():
        fact = FACTS.fact(match.fact)
        assert fact.by_region or fact.everywhere, match.fact
        assert (match.row != "") == isinstance(fact.values[0].value, list), match.fact
    facts = [(match.fact, match.offer) for match in matches()]
    assert len(facts) == len(set(facts))
