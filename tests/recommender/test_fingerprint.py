from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute import Engine
from whichcompute.base.resources import folder
from whichcompute.knowledge import facts
from whichcompute.knowledge.facts import Facts, parse_facts
from whichcompute.knowledge.packs import load
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.fingerprint import LENGTH, fingerprint, of_classifier, parts, provenance

MODEL = folder("models") / "default"


def written(because: str) -> str:
    return rule("lambda.not-here", "max_duration_s > lambda.max_duration", because=because)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.toml"
    path.write_text(written("Not here."))
    return path


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_the_combined_fingerprint_is_short_and_hangs_on_every_part() -> None:
    made = parts([], None, MODEL, None)
    assert len(fingerprint(made)) == LENGTH
    assert set(made) == {"as_of", "engine", "facts", "model", "rules"}
    assert all(fingerprint({**made, name: "other"}) != fingerprint(made) for name in made)


def test_a_recommendation_carries_the_combined_fingerprint(engine: Engine) -> None:
    assert engine.recommend({}).fingerprint == fingerprint(parts([], None, engine.model_folder, None))


def test_each_part_hangs_on_its_own_files_only(pack: Path, tmp_path: Path) -> None:
    made = parts([], None, MODEL, None)
    assert changed(made, parts([pack], None, MODEL, None)) == {"rules"}
    assert changed(made, parts([], None, MODEL, date(2026, 1, 1))) == {"as_of"}
    shutil.copytree(folder("data") / "facts", tmp_path / "facts")
    assert changed(made, parts([], tmp_path / "facts", MODEL, None)) == set()
    with (tmp_path / "facts" / "lambda.toml").open("a") as file:
        file.write("\n# a comment\n")
    assert changed(made, parts([], tmp_path / "facts", MODEL, None)) == {"facts"}
    (tmp_path / "manifest.json").write_text("{}")
    assert changed(made, parts([], None, tmp_path, None)) == {"model"}


def test_the_order_and_the_name_of_packs_count(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(pack.read_text())
    assert parts([pack], None, MODEL, None) != parts([other], None, MODEL, None)
    assert parts([pack, other], None, MODEL, None) != parts([other, pack], None, MODEL, None)


def test_facts_that_are_handed_over_count_by_their_values() -> None:
    old, new = facts.load(date(2018, 10, 9)), facts.load(date(2026, 11, 23))
    assert parts([], old, MODEL, None)["facts"] != parts([], new, MODEL, None)["facts"]
    assert Engine(facts=old).recommend({}).fingerprint == Engine(facts=old).recommend({}).fingerprint


def test_marks_name_every_rule_and_every_fact_in_force(engine: Engine) -> None:
    made = provenance(engine.aggregator)
    assert set(made.rules) == {rule.id for rule in engine.pack}
    assert {id_ for id_ in made.facts if " in " not in id_} == set(engine.facts)
    assert made.rules["lambda.duration-exceeds-limit"].facts == ("lambda.max_duration",)
    assert (made.facts["lambda.max_duration"].value, made.facts["lambda.max_duration"].unit) == (900.0, "s")
    assert made.as_of == ""


def test_the_prices_of_other_regions_are_kept_as_far_as_they_are_known(engine: Engine) -> None:
    facts = provenance(engine.aggregator).facts
    there = engine.facts.in_region("eu-west-1")
    assert there is not None
    assert facts["fargate.price_vcpu_hour_linux_x86 in eu-west-1"].value == there["fargate.price_vcpu_hour_linux_x86"]
    assert "s3.price_cloudfront_gb in eu-west-1" not in facts, "no price of it is known there"
    assert "lightsail.bundles_general in eu-west-1" not in facts, "it costs the same everywhere"


def test_a_very_long_value_is_told_by_its_hash(engine: Engine) -> None:
    value = provenance(engine.aggregator).facts["ec2.on_demand_linux_table"].value
    assert isinstance(value, str)
    assert " entries, hash " in value


def test_what_a_rule_says_is_kept_apart_from_what_it_decides(engine: Engine, pack: Path) -> None:
    before = provenance(Engine(rules=pack).aggregator)
    pack.write_text(written("Never here.") + "# a comment\n")
    after = provenance(Engine(rules=pack).aggregator)
    assert before.rules["lambda.not-here"].decides == after.rules["lambda.not-here"].decides
    assert before.rules["lambda.not-here"].says != after.rules["lambda.not-here"].says
    assert (before.rule_set != after.rule_set, before.facts, before.model) == (True, after.facts, after.model)
    assert provenance(engine.aggregator).model == before.model


def test_comments_and_the_place_of_a_pack_leave_marks_alone(pack: Path, tmp_path: Path) -> None:
    before = provenance(Engine(rules=pack).aggregator)
    elsewhere = tmp_path / "b" / "pack.toml"
    elsewhere.parent.mkdir()
    elsewhere.write_text("# a comment\n" + pack.read_text())
    assert provenance(Engine(rules=elsewhere).aggregator) == before


def test_another_fact_leaves_the_rules_and_the_model_alone(engine: Engine) -> None:
    entry = {
        "id": "lambda.max_duration",
        "title": "maximum duration",
        "unit": "s",
        "statement": "Ours.",
        "values": [{"value": 600, "source": "house-judgement", "read_on": date(2026, 1, 1)}],
    }
    known: Facts = engine.facts.extended(parse_facts([entry], "ours"), [])
    ours = Aggregator(load(known), engine.aggregator.classifier)
    before, after = provenance(engine.aggregator), provenance(ours)
    assert (after.facts["lambda.max_duration"].value, after.rules) == (600.0, before.rules)
    assert of_classifier(engine.aggregator.classifier) == before.model == after.model
