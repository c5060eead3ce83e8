from __future__ import annotations

from datetime import date
from math import isnan
from pathlib import Path

import pytest

from tests.knowledge.price_lists import price_list
from whichcompute.base.errors import FactError
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.facts import parse_facts
from whichcompute.knowledge.price_lists import read_price_list

FACTS = all_facts.load()
FACT = {"id": "x.y", "title": "t", "unit": "s", "statement": "s."}
READ = {"source": "compute-notes", "read_on": date(2026, 11, 1)}


@pytest.mark.parametrize("fact", FACTS.all(), ids=lambda fact: fact.id)
def test_every_shipped_fact_says_what_it_is_and_where_it_was_read(fact: all_facts.Fact) -> None:
    assert fact.statement.endswith((".", ")")) and fact.title
    for dated in fact.values:
        assert FACTS.sources.problem(dated.source) is None
        assert dated.since is None or dated.since <= dated.read_on


def test_the_limits_that_everybody_asks_for() -> None:
    assert FACTS["lambda.max_duration"] == 900
    assert FACTS["lambda.memory_max"] == 10240


def test_as_of_gives_the_value_then_in_force_and_a_later_value_changes_nothing_before() -> None:
    values = [{"value": 2, "since": date(2026, 1, 1), **READ}, {"value": 1, **READ}]
    (fact,) = parse_facts([{**FACT, "values": values}], "f")
    by_day = {day: fact.at(day) for day in (date(2025, 12, 31), date(2026, 1, 1), None)}
    assert [dated.value if dated else None for dated in by_day.values()] == [1, 2, 2]
    assert all_facts.load(date(2017, 1, 1))["lambda.max_duration"] == 300


def test_a_fact_goes_stale_after_a_year() -> None:
    (fact,) = parse_facts([{**FACT, "values": [{"value": 1, **READ}]}], "f")
    assert not fact.is_stale(date(2027, 11, 1))
    assert fact.is_stale(date(2027, 11, 2))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"surprise": 1}, "surprise"),
        ({"title": ""}, "title"),
        ({"values": []}, "values"),
        ({"values": [{"value": 1}]}, "source"),
        ({"values": [{"value": 1, "source": "x", "read_on": "today"}]}, "read_on"),
        ({"values": [{"value": float("inf"), **READ}]}, "from 0 to 1e+15"),
        ({"values": [{"value": 1, **READ}, {"value": 2, **READ}]}, "since"),
        (
            {
                "values": [
                    {"value": 1, "since": date(2020, 1, 1), **READ},
                    {"value": 2, "since": date(2021, 1, 1), **READ},
                ]
            },
            "newest",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_broken_fact_is_refused_with_its_place(change: dict[str, object], words: str) -> None:
    with pytest.raises(FactError, match="file.toml: fact x.y") as refused:
        parse_facts([{**FACT, "values": [{"value": 1, **READ}], **change}], "file.toml")
    assert words in str(refused.value)


def test_an_unknown_id_names_what_is_known() -> None:
    with pytest.raises(FactError, match="lambda.max_duration"):
        FACTS.fact("lambda.max_durration")


def test_a_duplicate_fact_or_one_that_cites_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[[source]]\nkey = "s"\ntitle = "S"\nkind = "judgement"\n')
    folder = tmp_path / "facts"
    folder.mkdir()
    text = '[[fact]]\nid = "a.b"\ntitle = "t"\nunit = "s"\nstatement = "s."\n'
    text += 'values = [{ value = 1, source = "%s", read_on = 2026-01-01 }]\n'
    (folder / "one.toml").write_text(text % "s")
    assert all_facts.load(path=folder)["a.b"] == 1
    (folder / "two.toml").write_text(text % "s")
    with pytest.raises(FactError, match="duplicate facts: a.b"):
        all_facts.load(path=folder)
    (folder / "two.toml").write_text(text.replace("a.b", "a.c") % "nowhere")
    with pytest.raises(FactError, match="nowhere"):
        all_facts.load(path=folder)


def _with(tmp_path: Path, region: str, prices: dict[str, str]) -> all_facts.Facts:
    return FACTS.extended([], [], [read_price_list(price_list(tmp_path / f"{region}.toml", region, prices))])


def test_prices_of_another_region_replace_ours_and_what_it_lacks_is_unknown(tmp_path: Path) -> None:
    facts = _with(
        tmp_path, "me-west-1", {"lambda.price_request": "0.3", "ec2.on_demand_linux_table": '{ "t3.micro" = 1 }'}
    )
    there = facts.in_region("me-west-1")
    assert there is not None and there["lambda.price_request"] == 0.3
    assert isnan(there["fargate.price_vcpu_hour_linux_x86"])
    assert there["rds.instances"] == []
    assert there["lightsail.bundles_general"] == FACTS["lightsail.bundles_general"], "the same everywhere"
    assert [row["usd_per_hour"] for row in there["ec2.on_demand_linux_table"]] == [1]
    assert there["lambda.max_duration"] == 900 and there["fargate.size_table"] == FACTS["fargate.size_table"]
    assert facts["lambda.price_request"] == FACTS["lambda.price_request"]
    assert facts.in_region("ap-east-2") is None and facts.in_region("us-east-1") is facts


def test_a_price_list_of_us_east_1_replaces_the_facts_themselves(tmp_path: Path) -> None:
    assert _with(tmp_path, "us-east-1", {"lambda.price_request": "0.9"})["lambda.price_request"] == 0.9


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ({"lambda.max_duration": "1"}, "price lambda.max_duration: no price has this id"),
        ({"lambda.price_requests": "1"}, "no price has this id"),
        ({"ec2.on_demand_linux_table": '{ "t9.micro" = 1 }'}, "the fact has no row 't9.micro'"),
        ({"lambda.price_request": '"free"'}, "'free' is not of the kind of the fact's own value"),
    ],
)
def test_a_price_that_no_fact_has_is_refused(prices: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(FactError, match=words):
        _with(tmp_path, "me-west-1", prices).in_region("me-west-1")


def test_a_price_that_cites_nothing_is_refused(tmp_path: Path) -> None:
    path = price_list(tmp_path / "x.toml", "me-west-1", {"lambda.price_request": "1"})
    path.write_text(path.read_text().replace("house-judgement", "nowhere"))
    with pytest.raises(FactError, match="price lambda.price_request: source 'nowhere' is not in the bibliography"):
        FACTS.extended([], [], [read_price_list(path)])


@pytest.mark.parametrize("region", FACTS.regions())
def test_every_shipped_price_list_is_read_and_cites(region: str) -> None:
    assert region in DESCRIPTORS["region"].choices
    assert FACTS.in_region(region) is not None


def test_regions_have_lightsail_or_have_it_not() -> None:
    with_it, without = FACTS["lightsail.regions"], FACTS["lightsail.regions_without"]
    assert isinstance(with_it, list) and isinstance(without, list)
    assert sorted([*with_it, *without]) == sorted(DESCRIPTORS["region"].choices)


def test_the_regions_that_most_teams_use_have_their_own_prices() -> None:
    shipped = {"us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-1", "ap-northeast-1", "ap-south-1", "sa-east-1"}
    assert set(FACTS.regions()) >= shipped
    for region in shipped:
        known = FACTS.in_region(region)
        assert known is not None
        for id_ in ("lambda.price_request", "lambda.price_duration_x86", "fargate.price_vcpu_hour_linux_x86"):
            assert not isnan(known[id_]), (region, id_)
            assert known.fact(id_).values[0].source not in ("house-judgement", "")
