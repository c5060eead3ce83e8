"""What must hold of any workload, whatever the rules say: each is a promise that a reader relies on unasked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import SCHEMA
from tests.strategies import values_of, workloads
from whichcompute import Engine
from whichcompute.base.documents import parse_workload
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, read, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import NONE, SERVICES
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.columns import RESULTS
from whichcompute.recommender.recommender import Recommender
from whichcompute.recommender.result import Recommendation

ENGINE = Engine.default()
PACK, AGGREGATOR = ENGINE.pack, ENGINE.aggregator
Values = dict[str, Value]


def vetoes(values: Values, pack: RulePack = PACK) -> set[str]:
    """The exclusions that fire."""
    mask, _ = pack.index.evaluate(with_derived(values))
    return {rule.id for rule in pack.index.select(mask) if rule.entry.effect == "exclude"}


UNKNOWN_DECIDES = {
    rule.id: [line.split()[1] for line in rule.entry.when if line.startswith(("unknown ", "unless "))]
    for rule in PACK
    if rule.entry.effect == "exclude" and any(line.startswith(("unknown ", "unless ")) for line in rule.entry.when)
}


def test_few_exclusions_look_at_what_is_unknown() -> None:
    """The longest run has the last word; a way around a limit (split it, share the files) counts once it is said."""
    assert UNKNOWN_DECIDES == {
        "lambda.typical-duration-exceeds-limit": ["max_duration_s"],
        "lambda.duration-exceeds-limit": ["protocol"],
        "lambda.duration-exceeds-limit-unless-split": ["splittable", "protocol"],
        "lambda.duration-exceeds-limit-without-code-changes": ["protocol"],
        "lambda.connection-of-a-job-exceeds-limit": ["splittable"],
        "fargate.persistent-data-unless-on-a-shared-file-system": ["shared_filesystem"],
        "batch.gpus-exceed-largest-instance-unless-multi-node": ["tightly_coupled"],
        "lambda.persistent-data-without-code-changes": ["shared_filesystem"],
    }


@settings(max_examples=150)
@given(workloads(0.6), st.data())
def test_making_an_answer_unknown_never_adds_an_exclusion(values: Values, data: st.DataObject) -> None:
    ways_around = {"splittable", "shared_filesystem", "tightly_coupled", "protocol"}
    gone = data.draw(st.sets(st.sampled_from(sorted(values)))) - ways_around if values else set()
    # A typical duration that is longer than the longest one contradicts itself.
    assume(float(values.get("typical_duration_s", 0)) <= float(values.get("max_duration_s", 1e12)))
    less = {name: value for name, value in values.items() if name not in gone}
    assert vetoes(less) <= vetoes(values)


def _limits() -> dict[str, str]:
    """Facts that an exclusion compares a single descriptor with, and the descriptor: above it the service is out."""
    found = {}
    for rule in PACK:
        for line in rule.entry.when if rule.entry.effect == "exclude" else ():
            name, op, operand = [*line.split(maxsplit=2), "", ""][:3]
            if name in DESCRIPTORS and op in (">", ">=") and operand in PACK.facts:
                found[operand] = name
    return found


LIMITS = _limits()


def _raised(fact: str, folder: Path) -> Engine:
    """An engine for which the limit is twice as high."""
    path = folder / "facts.toml"
    limit = PACK.facts[fact]
    assert isinstance(limit, int | float)
    path.write_text(
        f'[[fact]]\nid = "{fact}"\ntitle = "t"\nunit = "{PACK.facts.fact(fact).unit}"\nstatement = "s"\n'
        f'values = [{{ value = {limit * 2}, source = "house-judgement", read_on = 2026-10-01 }}]\n'
    )
    return Engine(rules=path)


@pytest.mark.parametrize("fact", ["lambda.max_duration", "lambda.memory_max"])
def test_raising_a_limit_never_adds_an_exclusion(fact: str, tmp_path: Path) -> None:
    raised, name = _raised(fact, tmp_path), LIMITS[fact]
    limit = float(str(PACK.facts[fact]))

    @settings(max_examples=100)
    @given(workloads(), st.sampled_from([limit, limit + 1, limit * 2, limit * 2 + 1]))
    def holds(values: Values, value: float) -> None:
        given_ = {**values, name: value}
        assume(
            float(given_.get("typical_duration_s", 0)) <= float(given_.get("max_duration_s", 1e12))
        )  # else contradictory
        assert vetoes(given_, raised.pack) <= vetoes(given_)

    holds()
    assert vetoes({name: limit * 2}, raised.pack) < vetoes({name: limit * 2})


@settings(max_examples=12)
@given(st.lists(workloads(), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_rows_are_scored_each_for_itself(rows: list[Values], rng: random.Random) -> None:
    order = rng.sample(range(len(rows)), len(rows))
    frame = pl.DataFrame(rows, schema=SCHEMA)
    whole = ENGINE.score(frame)
    assert ENGINE.score(frame[order]).equals(whole[order])
    assert ENGINE.score(frame[:1]).equals(whole[:1])
    columns = rng.sample(frame.columns, len(frame.columns))
    assert ENGINE.score(frame.select(columns)).select(*RESULTS).equals(whole.select(*RESULTS))


@settings(max_examples=40)
@given(st.lists(workloads(), min_size=1, max_size=4))
def test_score_names_the_rules_that_recommend_names(rows: list[Values]) -> None:
    scored = ENGINE.score(pl.DataFrame(rows, schema=SCHEMA), explain="full")["reasons"]
    for values, told in zip(rows, scored, strict=True):
        recommendation = ENGINE.recommend(values)
        out = [v for v in recommendation.verdicts if v.status == "ruled_out"]
        for verdict in out:
            assert any(reason.rule in told for reason in verdict.reasons if reason.effect == "exclude")
        named = {rule.id for rule in PACK if f"{rule.id}:" in told or f"[{rule.id}]" in told or f"({rule.id})" in told}
        assert named <= {reason.rule for verdict in recommendation.verdicts for reason in verdict.reasons}


@settings(max_examples=100)
@given(workloads(), st.randoms(use_true_random=False))
def test_the_order_of_the_keys_of_a_document_does_not_matter(values: Values, rng: random.Random) -> None:
    names = rng.sample(sorted(values), len(values))
    texts = [json.dumps({name: values[name] for name in keys}) for keys in (sorted(values), names)]
    told = [ENGINE.recommend(read(parse_workload(text, "given", ".json"))) for text in texts]
    assert _answer(told[0]) == _answer(told[1])


def _answer(told: Recommendation) -> dict[str, object]:
    dumped = told.model_dump()
    dumped.pop("workload", None)  # given back in the order in which it came
    return dumped


def _other(pack: RulePack) -> Recommender:
    return Recommender(Aggregator(pack, AGGREGATOR.classifier), CostModel(pack.facts), "")


SHUFFLED = _other(RulePack(random.Random(3).sample(list(PACK), len(list(PACK))), PACK.facts))


@settings(max_examples=60)
@given(workloads())
def test_the_order_of_the_rules_does_not_matter(values: Values) -> None:
    ours, theirs = (r.recommend(values) for r in (ENGINE.recommender, SHUFFLED))
    assert (ours.service, ours.decision, ours.plausible_services) == (
        theirs.service,
        theirs.decision,
        theirs.plausible_services,
    )
    for verdict, other in zip(ours.verdicts, theirs.verdicts, strict=True):
        assert _told(verdict) == _told(other)
        assert verdict.probability == pytest.approx(other.probability, abs=1e-9)


def _told(verdict: object) -> tuple[object, ...]:
    rules = sorted(reason.rule for reason in verdict.reasons)
    return verdict.service, verdict.status, rules, sorted(map(str, verdict.cautions))


def _of_rules(verdict: object) -> tuple[object, ...]:
    """What is told of a verdict, without its costs, which are compared with those of the other services.

    Of `none` without its cautions: they are those on the first place outside, and how likely it is decides on places.
    """
    service, status, rules, cautions = _told(verdict)
    return service, status, [rule for rule in rules if rule != "costs.estimates"], service != NONE and cautions


def _without_rules_of(service: str) -> Recommender:
    """The shipped rules without all those of one service."""
    return _other(RulePack((rule for rule in PACK if rule.entry.service != service), PACK.facts))


LESS: dict[str, Recommender] = {service: _without_rules_of(service) for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
@settings(max_examples=25)
@given(values=workloads())
def test_rules_of_one_service_leave_the_reasons_of_the_others(service: str, values: Values) -> None:
    with_, without = (r.recommend(values) for r in (ENGINE.recommender, LESS[service]))
    left = {verdict.service: _of_rules(verdict) for verdict in without.verdicts}
    assert all(_of_rules(v) == left[v.service] for v in with_.verdicts if v.service != service)


@settings(max_examples=100)
@given(workloads(), st.sampled_from(DECIDING), st.data())
def test_a_value_given_as_text_is_the_value(values: Values, name: str, data: st.DataObject) -> None:
    values = {**values, name: data.draw(values_of(name))}
    texts = {key: str(value) if isinstance(value, bool | str) else repr(value) for key, value in values.items()}
    assert read(texts) == read(values)
