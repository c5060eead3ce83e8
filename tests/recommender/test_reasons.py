from __future__ import annotations

import pytest

from whichcompute import Engine
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS
from whichcompute.recommender.reasons import open_fields


def verdict(engine: Engine, service: str, **fields: object):
    return next(v for v in engine.recommend(fields).verdicts if v.service == service)


def test_the_numbers_of_the_workload_stand_in_the_words(engine: Engine) -> None:
    veto = verdict(engine, "lambda", max_duration_s="20m", splittable=False).reasons[0]
    assert "20 min" in veto.text and "15 min" in veto.text
    assert veto.fields == ("max_duration_s", "splittable") and {s.key for s in veto.sources} >= {"aws-lambda-quotas"}


def test_a_reading_of_the_classifier_names_its_fields_and_values(engine: Engine) -> None:
    readings = [
        r for r in verdict(engine, "lambda", kind="event_handler", state="stateless").reasons if r.effect == "evidence"
    ]
    assert readings and all(reading.sources[0].key == "whichcompute-decisions" for reading in readings)
    assert {field for reading in readings for field in reading.fields} >= {"kind", "state"}


def test_every_single_value_of_a_descriptor_can_be_explained_in_full(engine: Engine) -> None:
    for name in DECIDING:
        descriptor = DESCRIPTORS[name]
        values = descriptor.choices or ((1.0, 20_000.0) if descriptor.type == "number" else (True, False))
        for value in values:
            result = engine.recommend({name: min(value, descriptor.maximum) if type(value) is float else value})
            assert all(reason.text for each in result.verdicts for reason in each.reasons), (name, value)


def test_margins_are_the_share_of_the_limit_that_is_left(engine: Engine) -> None:
    margins = {m.field: m for m in verdict(engine, "lambda", max_duration_s=780, memory_mb=10240).margins}
    assert margins["memory_mb"].spare == 0
    assert "13 min of 15 min, 13% to spare" in margins["max_duration_s"].text
    assert [m.spare for m in margins.values()] == sorted(m.spare for m in margins.values())


def test_an_unconfirmed_limit_names_what_it_waits_for(engine: Engine) -> None:
    limits = {u.fields: u for u in verdict(engine, "lambda", memory_mb=512).unconfirmed}
    assert limits[("gpus",)].text.startswith("Ruled out if ")
    assert not any("memory_mb" in fields for fields in limits)


def test_a_newer_variant_is_named_beside_the_limit_it_lifts(engine: Engine) -> None:
    variants = verdict(engine, "lambda", kind="queue_worker", max_duration_s="1h").variants
    assert any("Managed Instances" in variant.name for variant in variants)
    assert all(variant.sources for variant in variants)


@pytest.mark.parametrize(
    "another_limit",
    [{"os": "windows"}, {"memory_mb": "64GB"}, {"gpus": 4}],
    ids=["operating system", "memory", "GPUs"],
)
def test_a_newer_variant_is_not_named_while_another_limit_stands(
    another_limit: dict[str, object], engine: Engine
) -> None:
    assert verdict(engine, "lambda", kind="queue_worker", max_duration_s="1h", **another_limit).variants == ()


def test_companions_go_along_only_with_services_that_are_possible(engine: Engine) -> None:
    api = {"kind": "web_api", "protocol": "http"}
    assert any("API Gateway" in companion.name for companion in verdict(engine, "lambda", **api).companions)
    assert verdict(engine, "lambda", **api, os="windows").companions == ()


def test_the_fields_a_rule_waits_for_are_factors_not_products(engine: Engine) -> None:
    rules = [rule for rule in engine.pack if any(c.field == "average_concurrency" for c in rule.conditions)]
    assert rules and {"invocations_per_month", "typical_duration_s"} <= set(open_fields(rules[0], {}))


def test_a_limit_that_depends_on_an_unknown_answer_has_a_margin(engine: Engine) -> None:
    verdict = next(v for v in engine.recommend({"max_duration_s": 880}).verdicts if v.service == "lambda")
    assert [margin.field for margin in verdict.margins] == ["max_duration_s"]
    assert verdict.margins[0].spare < 0.03


def test_a_limit_whose_other_conditions_do_not_hold_has_no_margin(engine: Engine) -> None:
    given = {"max_duration_s": 880, "splittable": True, "code_changes": True}
    verdict = next(v for v in engine.recommend(given).verdicts if v.service == "lambda")
    assert not verdict.margins


def test_a_reading_of_the_classifier_names_three_fields_at_most(engine: Engine) -> None:
    known = {"kind": "web_api", "protocol": "http", "traffic": "steady", "packaging": "container", "language": "java"}
    readings = [r for v in engine.recommend(known).verdicts for r in v.reasons if r.effect == "evidence"]
    assert max(len(reading.fields) for reading in readings) == 3


def test_a_weight_that_comparable_decisions_do_not_show_is_explained_by_its_fields(engine: Engine) -> None:
    fields = {"kind": "web_api", "protocol": "grpc", "language": "go", "packaging": "container", "traffic": "steady"}
    found = engine.recommend(fields)
    lines = [
        (reason, found.comparable.get(each.service, 0))
        for each in found.verdicts
        for reason in each.reasons
        if reason.rule == "classifier.decisions"
    ]
    unshown = [reason for reason, count in lines if reason.weight > 0 and not count]
    assert unshown and all("Yet the classifier favours it by single answers, most by" in r.text for r in unshown)
    assert not any("Yet" in reason.text for reason, count in lines if reason.weight < 0 and not count)
