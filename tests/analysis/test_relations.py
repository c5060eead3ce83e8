"""Dead, implied and vetoed rules agree with z3 on random packs; each kind has examples that a reader can follow."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import z3
from hypothesis import given, settings

from tests.analysis import oracle
from whichcompute.analysis.boxes import Space
from whichcompute.analysis.findings import Finding
from whichcompute.analysis.relations import dead, holes, implied, vetoed
from whichcompute.knowledge.descriptors import DERIVED, read, with_derived
from whichcompute.knowledge.rules import Rule

SLOW = settings(max_examples=60, deadline=None)


def found(rules: Sequence[Rule]) -> list[Finding]:
    space = Space(c for rule in rules for c in rule.conditions)
    boxes = {rule.id: space.box(rule.conditions) for rule in rules}
    alive = [rule for rule in rules if not space.is_empty(boxes[rule.id])]
    pairs = (implied(space, alive, boxes), vetoed(space, alive, boxes), holes(space, alive, boxes))
    return [*dead(space, rules), *(finding for part in pairs for finding in part)]


def of_kind(rules: Sequence[Rule], kind: str) -> set[str]:
    return {finding.rules[0] for finding in found(rules) if finding.kind == kind}


@SLOW
@given(oracle.packs())
def test_a_rule_is_dead_exactly_when_z3_finds_nothing_that_it_fires_on(rules: list[Rule]) -> None:
    logic = oracle.logic_of(rules)
    expected = {rule.id for rule in rules if not oracle.possible(logic, logic.holds(rule.conditions))}
    assert of_kind(rules, "dead") == expected


@SLOW
@given(oracle.packs())
def test_a_veto_is_implied_exactly_when_z3_finds_nothing_that_only_it_fires_on(rules: list[Rule]) -> None:
    logic = oracle.logic_of(rules)
    fires = {rule.id: logic.holds(rule.conditions) for rule in rules}
    expected = set()
    for rule in rules:
        others = [z3.Not(fires[other.id]) for other in rules if other is not rule]
        if oracle.possible(logic, fires[rule.id]) and not oracle.possible(logic, fires[rule.id], *others):
            expected.add(rule.id)
    told = of_kind(rules, "implied")
    assert told <= expected
    for id_ in expected - told:  # of rules that fire on the same workloads only the later is told
        assert any(id_ in finding.rules[1:] for finding in found(rules) if finding.kind == "implied")


@SLOW
@given(oracle.packs(effects=("exclude", "prefer")))
def test_advice_is_vetoed_exactly_when_z3_never_finds_it_apart_from_the_vetoes(rules: list[Rule]) -> None:
    logic = oracle.logic_of(rules)
    vetoes = [z3.Not(logic.holds(rule.conditions)) for rule in rules if rule.entry.effect == "exclude"]
    expected = set()
    for rule in rules:
        fires = logic.holds(rule.conditions)
        if rule.entry.effect == "prefer" and oracle.possible(logic, fires):
            expected |= set() if oracle.possible(logic, fires, *vetoes) else {rule.id}
    told = of_kind(rules, "vetoed")
    assert told <= expected
    for rule in rules:  # a product that equals a number exactly may be out of reach of floating-point factors
        if rule.id in expected - told:
            assert any(condition.op == "==" and condition.field in DERIVED for condition in rule.conditions)


@SLOW
@given(oracle.packs(effects=("exclude", "prefer")))
def test_every_finding_shows_a_workload_on_which_its_rules_fire(rules: list[Rule]) -> None:
    by_id = {rule.id: rule for rule in rules}
    for finding in found(rules):
        if finding.kind in ("implied", "vetoed"):
            values = with_derived(read(finding.witness))
            assert by_id[finding.rules[0]].holds(values) is True
            assert any(by_id[other].holds(values) is True for other in finding.rules[1:])


@pytest.mark.parametrize(
    ("when", "words", "witness"),
    [
        (["gpus < 0"], "'number of GPUs per instance is below 0' cannot be true", {"gpus": 1}),
        (["os == 'linux'", "os == 'other'"], "exclude each other", {"os": "linux"}),
        (
            ["max_duration_s > 1h", "traffic == 'rare'", "max_duration_s < 1h"],
            "exclude each other",
            {"max_duration_s": 3601},
        ),
        (
            ["typical_duration_s > 1h", "max_duration_s < 1h"],
            "as the typical duration is no longer",
            {"typical_duration_s": 3601},
        ),
        (["memory_mb > 200TB"], "cannot be true", {"memory_mb": 1}),
    ],
    ids=lambda value: " and ".join(value) if isinstance(value, list) else "",
)
def test_a_dead_rule_is_told_with_the_conditions_that_clash(when: list[str], words: str, witness: object) -> None:
    (finding,) = found([oracle.rule_of(when, 0)])
    assert finding.kind == "dead" and words in finding.what and finding.witness == witness


def test_conditions_that_have_no_part_in_a_clash_are_not_named() -> None:
    (finding,) = found([oracle.rule_of(["traffic == 'rare'", "gpus > 1", "gpus < 1"], 0)])
    assert "demand" not in finding.what


@pytest.mark.parametrize(
    ("whens", "expected"),
    [
        ([["max_duration_s > 900"], ["max_duration_s > 1000"]], {("lambda.rule-1", "lambda.rule-0")}),
        ([["os == 'linux'"], ["os in ['linux']"]], {("lambda.rule-1", "lambda.rule-0")}),
        ([["gpus > 0"], ["gpus >= 1", "known os"]], {("lambda.rule-1", "lambda.rule-0")}),
        ([["os == 'linux'", "gpus > 0"], ["os == 'linux'", "traffic == 'rare'"]], set()),
        (
            [["autoscaling == true", "known os"], ["autoscaling == true", "unknown os"], ["autoscaling == true"]],
            {
                ("lambda.rule-0", "lambda.rule-2"),
                ("lambda.rule-1", "lambda.rule-2"),
                ("lambda.rule-2", "lambda.rule-0", "lambda.rule-1"),
            },
        ),
        ([["known average_concurrency"], ["average_concurrency > 1"]], {("lambda.rule-1", "lambda.rule-0")}),
        ([["typical_duration_s > 0"], ["average_concurrency > 0"]], {("lambda.rule-1", "lambda.rule-0")}),
        (
            [["vcpus > 1"], ["vcpus > 3"], ["vcpus > 2"]],
            {("lambda.rule-1", "lambda.rule-2"), ("lambda.rule-2", "lambda.rule-0")},
        ),
        (
            [["gpus > 1"], ["gpus >= 2"], ["gpus > 0"]],
            {("lambda.rule-1", "lambda.rule-0"), ("lambda.rule-0", "lambda.rule-2")},
        ),
    ],
    ids=[
        *("narrower", "the same", "whole numbers", "apart", "by two together", "known", "through a product"),
        *("the nearest of several", "the same within another"),
    ],
)
def test_implied_vetoes_name_what_implies_them(whens: list[list[str]], expected: set[tuple[str, ...]]) -> None:
    findings = found([oracle.rule_of(when, number) for number, when in enumerate(whens)])
    assert {finding.rules for finding in findings if finding.kind == "implied"} == expected


def test_many_thresholds_on_one_field_give_one_finding_each() -> None:
    rules = [oracle.rule_of([f"memory_mb > {number + 1}"], number) for number in range(100)]
    assert sorted(len(finding.rules) for finding in found(rules)) == [2] * 99


def test_rules_of_different_services_effects_or_companions_do_not_imply_each_other() -> None:
    when = ["gpus > 0"]
    rules = [oracle.rule_of(when, 0), oracle.rule_of(when, 1, "batch"), oracle.rule_of(when, 2, "batch", "prefer")]
    assert not of_kind(rules, "implied")


def test_advice_under_a_veto_never_counts() -> None:
    rules = [oracle.rule_of(["gpus > 0"], 0), oracle.rule_of(["gpus > 2", "os == 'linux'"], 1, effect="prefer")]
    (finding,) = found(rules)
    assert finding.kind == "vetoed" and finding.rules == ("lambda.rule-1", "lambda.rule-0")
    assert finding.witness == {"gpus": 3, "os": "linux"}


@pytest.mark.parametrize(
    ("whens", "witness"),
    [
        ([["max_duration_s < 900"], ["max_duration_s > 900"]], {"max_duration_s": 900}),
        ([["gpus <= 3"], ["gpus >= 5"]], {"gpus": 4}),
        ([["gpus < 3", "os == 'linux'"], ["os == 'linux'", "gpus > 3"]], {"gpus": 3, "os": "linux"}),
        ([["max_duration_s < 900"], ["max_duration_s >= 900"]], None),
        ([["max_duration_s < 900"], ["max_duration_s > 1000"]], None),
        ([["max_duration_s < 900", "os == 'linux'"], ["max_duration_s > 900", "os == 'any'"]], None),
        ([["max_duration_s < 900"], ["max_duration_s > 900"], ["max_duration_s == 900"]], None),
        ([["gpus <= 3"], ["gpus >= 6"]], None),
        ([["gpus < 3"], ["gpus > 2"]], None),
        ([["os == 'linux'"], ["os == 'any'"]], None),
    ],
    ids=[
        "seconds",
        "whole numbers",
        "with more conditions",
        "none",
        "a wide gap",
        "unlike",
        "filled",
        "two whole numbers",
        "touching",
        "words",
    ],
)
def test_a_value_between_two_rules_is_a_hole(whens: list[list[str]], witness: dict[str, object] | None) -> None:
    findings = [f for f in found([oracle.rule_of(when, n) for n, when in enumerate(whens)]) if f.kind == "hole"]
    assert [finding.witness for finding in findings] == ([] if witness is None else [witness])
