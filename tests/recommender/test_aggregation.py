from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.strategies import values_of, workloads
from whichcompute import Engine
from whichcompute.classifier.model import NAMES_OF_RIVALS
from whichcompute.knowledge.descriptors import DECIDING, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.aggregation import Aggregator, decision_of


@settings(max_examples=200)
@given(workloads(), st.data())
def test_learning_a_value_never_brings_an_excluded_service_back(values: dict[str, object], data: st.DataObject) -> None:
    aggregator = Engine.default().aggregator
    name = data.draw(st.sampled_from([name for name in DECIDING if name not in values]))
    more = {**values, name: data.draw(values_of(name))}
    # A typical duration that is longer than the longest one contradicts itself; the longest has the last word.
    assume(float(more.get("typical_duration_s", 0)) <= float(more.get("max_duration_s", 1e12)))  # type: ignore[arg-type]
    before, after = aggregator.weigh(with_derived(values)), aggregator.weigh(with_derived(more))
    assert all(later or not earlier for earlier, later in zip(before.excluded, after.excluded, strict=True))
    was_open = [out or maybe for out, maybe in zip(before.excluded, before.unconfirmed, strict=True)]
    assert all(open_ or not out for open_, out in zip(was_open, after.excluded, strict=True))


@pytest.mark.parametrize(
    "name", ["max_duration_s", "memory_mb", "vcpus", "gpus", "scratch_gb", "payload_mb", "package_mb"]
)
@settings(max_examples=60)
@given(values=workloads(), data=st.data())
def test_asking_for_less_never_rules_a_service_out(name: str, values: dict[str, object], data: st.DataObject) -> None:
    aggregator = Engine.default().aggregator
    low, high = sorted([data.draw(values_of(name)), data.draw(values_of(name))])
    less, more = (aggregator.weigh(with_derived({**values, name: value})) for value in (low, high))
    assert all(out or not gone for gone, out in zip(less.excluded, more.excluded, strict=True))


@given(workloads())
def test_the_ranking_is_by_probability_with_the_excluded_last(values: dict[str, object]) -> None:
    weighing = Engine.default().aggregator.weigh(with_derived(values))
    assert sorted(weighing.ranking) == list(range(len(SERVICES)))
    ranked = [(weighing.excluded[n], -weighing.probabilities[n]) for n in weighing.ranking]
    assert ranked == sorted(ranked)


@pytest.mark.parametrize(
    ("plausible", "confidence", "decision"),
    [
        (0, 0.0, "none"),
        (1, 0.9, "decided"),
        (2, 0.5, "close"),
        (3, 0.4, "close"),
        (4, 0.9, "undecided"),
        (2, 0.39, "undecided"),
    ],
)
def test_the_decision_follows_from_the_plausible_set_and_the_confidence(
    plausible: int, confidence: float, decision: str
) -> None:
    assert decision_of(plausible, confidence) == decision


def test_the_second_opinion_is_the_rival_that_was_fitted_without_rules(engine: Engine) -> None:
    values = with_derived({"kind": "batch_job", "packaging": "container"})
    rivals = engine.aggregator.classifier.rivals
    assert set(rivals) == set(NAMES_OF_RIVALS)
    rival = rivals["classifier_alone"]
    alone = Aggregator(RulePack((), engine.facts), rival).weigh(values).probabilities
    assert engine.aggregator.alone(values) == alone != engine.aggregator.weigh(values).probabilities
    assert not any(rival.rule_weight(e, s) for e in ("prefer", "caution") for s in ("strong", "moderate", "weak"))
