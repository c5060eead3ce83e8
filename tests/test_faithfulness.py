"""What an explanation says is what the score is made of: over all real decisions and random workloads."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.counterfactual.paths.cases import CASES
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.terms import is_centred

ENGINE = Engine.default()
PACK, CLASSIFIER = ENGINE.pack, ENGINE.aggregator.classifier
TERMS = ENGINE.aggregator.terms
WEIGHT = dict(zip((rule.id for rule in PACK), TERMS.rule_weights, strict=True))
SHARE = dict(zip((rule.id for rule in PACK), TERMS.shares, strict=True))
EFFECTS = ("exclude", "prefer", "caution")


def without(ids: set[str]) -> Aggregator:
    """The shipped rules without some, with the same classifier."""
    return Aggregator(RulePack((rule for rule in PACK if rule.id not in ids), PACK.facts), CLASSIFIER)


def fired(values: dict[str, Value], *effects: str) -> list[Rule]:
    """The rules of these effects that fire."""
    mask, _ = PACK.index.evaluate(with_derived(values))
    return [rule for rule in PACK.index.select(mask) if rule.entry.effect in effects]


def assert_reasons_add_up(values: dict[str, Value]) -> None:
    scores = ENGINE.recommender.weigh(values).scores
    for verdict in ENGINE.recommend(values).verdicts:
        assert verdict.score == scores[ANSWERS.index(verdict.service)]
        assert sum(reason.weight for reason in verdict.reasons) == pytest.approx(verdict.score, abs=1e-9)


def test_the_weights_of_the_reasons_add_up_to_the_score_for_every_real_decision() -> None:
    for values in CASES:
        assert_reasons_add_up(values)


@settings(max_examples=100)
@given(workloads())
def test_the_weights_of_the_reasons_add_up_to_the_score_for_any_workload(values: dict[str, Any]) -> None:
    assert_reasons_add_up(values)


def test_every_rule_that_fires_is_a_reason_and_nothing_else_is() -> None:
    for values in CASES[::5]:
        reasons = [reason for verdict in ENGINE.recommend(values).verdicts for reason in verdict.reasons]
        told = {reason.rule for reason in reasons if reason.effect in EFFECTS}
        assert {rule.id for rule in fired(values, *EFFECTS)} == told


def _advice() -> dict[str, list[dict[str, Value]]]:
    found: dict[str, list[dict[str, Value]]] = defaultdict(list)
    for values in CASES:
        for rule in fired(values, "prefer", "caution"):
            found[rule.id].append(values)
    return found


ADVICE = _advice()


@pytest.mark.parametrize("id_", sorted(ADVICE))
def test_a_rule_is_told_with_its_weight_and_without_it_only_its_own_answer_moves(id_: str) -> None:
    rule, less = PACK.rule(id_), without({id_})
    own = ANSWERS.index(rule.entry.service)
    for values in ADVICE[id_][:3]:
        told = next(v for v in ENGINE.recommend(values).verdicts if v.service == rule.entry.service)
        assert next(r.weight for r in told.reasons if r.rule == id_) == WEIGHT[id_]
        before, after = (aggregator.weigh(with_derived(values)).scores for aggregator in (ENGINE.aggregator, less))
        moved = [old - new for old, new in zip(before, after, strict=True)]
        assert [move for n, move in enumerate(moved) if n != own] == pytest.approx([0.0] * (len(ANSWERS) - 1), abs=1e-9)
        if SHARE[id_] == 1:  # others of its aspect would say its part
            average = CLASSIFIER.rate(id_) if is_centred(rule) else 0.0
            assert moved[own] == pytest.approx(WEIGHT[id_] * (1 - average), abs=1e-9)


@settings(max_examples=60)
@given(workloads())
def test_without_all_its_advice_a_workload_is_left_to_the_classifier(values: dict[str, Any]) -> None:
    complete = with_derived(values)
    advice = TERMS.scores(TERMS.index.evaluate(complete)[0])
    alone = NO_ADVICE.weigh(complete).scores
    whole = [score + part for score, part in zip(alone, advice, strict=True)]
    assert ENGINE.aggregator.weigh(complete).scores == pytest.approx(whole, abs=1e-9)


NO_ADVICE = without({rule.id for rule in PACK if rule.entry.effect in ("prefer", "caution")})


def test_a_rule_that_is_switched_off_by_a_pack_is_gone_in_the_same_way(tmp_path: Path) -> None:
    id_, (values, *_) = next(iter(ADVICE.items()))
    pack = tmp_path / "off.toml"
    pack.write_text(f'switch_off = ["{id_}"]\n')
    scores = Engine(rules=pack).aggregator.weigh(with_derived(values)).scores
    assert scores == pytest.approx(without({id_}).weigh(with_derived(values)).scores, abs=1e-12)


def test_a_service_is_ruled_out_exactly_when_a_veto_is_told() -> None:
    for values in CASES[::3]:
        for verdict in ENGINE.recommend(values).verdicts:
            vetoes = [reason for reason in verdict.reasons if reason.effect == "exclude"]
            assert bool(vetoes) == (verdict.status == "ruled_out")


def test_without_all_vetoes_that_are_told_a_service_is_back_and_without_one_it_is_not() -> None:
    values: dict[str, Value] = {"kind": "website", "max_duration_s": 3600.0, "memory_mb": 20000.0}
    vetoes = {rule.id for rule in fired(values, "exclude") if rule.entry.service == "lambda"}
    number = ANSWERS.index("lambda")
    assert len(vetoes) == 2
    assert not without(vetoes).weigh(with_derived(values)).excluded[number]
    assert all(without({veto}).weigh(with_derived(values)).excluded[number] for veto in vetoes)


def test_without_an_answer_only_the_readings_that_name_it_change() -> None:
    for values in CASES[::7]:
        for name in values:
            less = {field: value for field, value in values.items() if field != name}
            before, after = (CLASSIFIER.evidence(with_derived(given)) for given in (values, less))
            assert [item for item in before if name not in item.fields] == after


def test_a_margin_is_what_is_left_to_the_limit_that_it_names() -> None:
    seen = set()
    for values in CASES:
        for verdict in ENGINE.recommend(values).verdicts:
            for margin in verdict.margins:
                rule, value = PACK.rule(margin.rule), with_derived(values)[margin.field]
                limit = next(condition.operand for condition in rule.conditions if condition.field == margin.field)
                assert isinstance(limit, float) and isinstance(value, float)
                assert rule.entry.service == verdict.service and margin.spare == pytest.approx(1 - value / limit)
                seen.add((margin.rule, margin.field, limit))
            spares = [margin.spare for margin in verdict.margins]
            assert spares == sorted(spares)
    assert len(seen) >= 5
    for id_, field, limit in seen:
        if field not in DERIVED:
            over = min(limit + 1, DESCRIPTORS[field].maximum)
            assert PACK.rule(id_).holds({field: limit * 0.99}) is False
            assert over <= limit or PACK.rule(id_).holds({field: over}) is not False


def test_every_limit_told_as_unconfirmed_waits_for_what_it_names() -> None:
    for values in CASES[::9]:
        complete = with_derived(values)
        for verdict in ENGINE.recommend(values).verdicts:
            for limit in verdict.unconfirmed:
                assert PACK.rule(limit.rule).holds(complete) is None
                assert limit.fields and all(field not in values for field in limit.fields)
