from __future__ import annotations

import pytest
import z3
from hypothesis import given, settings

from tests.analysis import oracle
from whichcompute.analysis.boxes import Space
from whichcompute.analysis.regions import all_out
from whichcompute.knowledge.conditions import parse
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import SERVICES


@settings(max_examples=40, deadline=None)
@given(oracle.packs(services=SERVICES))
def test_the_regions_are_exactly_the_workloads_that_z3_finds_without_a_service(rules: list[Rule]) -> None:
    logic = oracle.logic_of(rules)
    out = [
        z3.Or([logic.holds(rule.conditions) for rule in rules if rule.entry.service == service]) for service in SERVICES
    ]
    by_id = {rule.id: rule for rule in rules}
    space = Space(c for rule in rules for c in rule.conditions)
    regions = all_out(space, rules)
    inside = [z3.And([logic.holds(by_id[id_].conditions) for id_ in region.rules]) for region in regions]
    assert not oracle.possible(logic, *out, *(z3.Not(region) for region in inside))
    for region in inside:
        assert oracle.possible(logic, *out, region)


@settings(max_examples=40, deadline=None)
@given(oracle.packs(services=SERVICES))
def test_the_witness_of_a_region_leaves_no_service(rules: list[Rule]) -> None:
    space = Space(c for rule in rules for c in rule.conditions)
    for region in all_out(space, rules):
        witness = space.witness(region.box)
        values = with_derived(read(witness or {}))
        vetoes = {rule.entry.service for rule in rules if rule.holds(values)}
        assert witness is None or vetoes == set(SERVICES)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["gpus > 8"] * 5, ["number of GPUs per instance is above 8"]),
        (["gpus > 8"] * 4 + ["gpus > 16"], ["number of GPUs per instance is above 16"]),
        (["gpus > 8"] * 4 + ["gpus < 8"], []),
        (
            ["gpus > 8"] * 4 + ["os == 'other'"],
            ["number of GPUs per instance is above 8 and operating system is neither Linux nor Windows"],
        ),
    ],
    ids=["alike", "the narrowest counts", "apart", "together"],
)
def test_a_region_is_what_one_veto_of_each_service_has_in_common(lines: list[str], expected: list[str]) -> None:
    rules = [oracle.rule_of([line], 0, service) for line, service in zip(lines, SERVICES, strict=True)]
    space = Space(parse(line, oracle.FACTS) for line in lines)
    assert [space.words(region.box) for region in all_out(space, rules)] == expected


def test_a_service_without_a_veto_leaves_no_region() -> None:
    rules = [oracle.rule_of(["gpus > 0"], 0, service) for service in SERVICES[1:]]
    assert all_out(Space(c for rule in rules for c in rule.conditions), rules) == []
