from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.classifier.test_model import STORED
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.classifier.model import Classifier
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.contradictions import patterns
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import SERVICES
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.terms import Terms

TERMS = Engine.default().aggregator.terms


@pytest.fixture
def small(engine: Engine) -> Aggregator:
    return Aggregator(RulePack((), engine.facts), Classifier(STORED, engine.facts))


def test_evidence_joins_features_of_the_same_descriptors(small: Aggregator) -> None:
    weighing = small.weigh({"kind": "server", "environment": "hobby", "max_duration_s": 1000.0})
    assert {item.fields: item.weights for item in small.terms.evidence(weighing.fired)} == {
        ("kind",): (-1, 0, 0, 0, 1),
        ("max_duration_s",): (-2, 0, 0, 1.5, 0),
        ("kind", "environment"): (0, 0, 0, 0, 2),
    }


def test_an_unknown_descriptor_is_no_evidence(small: Aggregator) -> None:
    assert small.terms.evidence(small.weigh({}).fired) == ()


def test_probabilities_are_softmax_of_the_sum_over_the_temperature(small: Aggregator) -> None:
    scores = np.array([0.5 - 1, 0, 0, 0, -0.5 + 1]) / 2.0
    assert small.weigh({"kind": "server"}).probabilities == pytest.approx(np.exp(scores) / np.exp(scores).sum())


def test_excluded_services_have_no_probability_and_the_leading_one_is_the_first_of_the_ranking() -> None:
    fired = TERMS.vetoes[0]
    scores, excluded = TERMS.scores(fired), TERMS.excluded(fired)
    assert excluded == (True, False, False, False, False)
    assert TERMS.probabilities(scores, excluded)[0] == 0
    assert TERMS.leading(scores, fired) == TERMS.ranking(scores, excluded)[0]
    assert TERMS.leading(scores, sum(TERMS.vetoes)) is None


@given(workloads())
def test_the_scores_are_the_base_and_the_weights_of_what_holds(values: dict[str, float | bool | str]) -> None:
    fired, _ = TERMS.index.evaluate(with_derived(values))
    of_terms = [TERMS.weights[number] or (0.0,) * len(SERVICES) for number in numbers_of(fired)]
    assert TERMS.scores(fired) == pytest.approx(np.sum([TERMS.base, *of_terms], axis=0), abs=1e-9)


def test_what_is_added_weighs_nothing_and_comes_last() -> None:
    also = [pattern for pattern in patterns() if not pattern.more]
    table = Terms(TERMS.pack, TERMS.classifier, also)
    assert table.index.select(table.also) == also
    assert table.weights[: len(TERMS.items)] == TERMS.weights
    assert not any(table.weights[len(TERMS.items) :])
