from __future__ import annotations

import pytest

from whichcompute.classifier.cases import Judgement
from whichcompute.classifier.features import Features, Field
from whichcompute.knowledge.rules import RulePack
from whichcompute.training.reference import first_guess, learn, rates

FIELDS = (
    Field("static_ip", ("static_ip == true",), (False, True)),
    Field("gpus", ("gpus >= 1", "gpus >= 2"), (0.5, 1.0, 2.0), (1.0, 2.0)),
    Field("memory_mb", ("memory_mb >= 1000",), (500.0, 1000.0), (1000.0,)),
)


def judged(values: dict[str, object], *shares: float) -> Judgement:
    return Judgement("", values, shares)


def test_the_first_guess_is_mostly_even_but_for_booleans_and_gpus() -> None:
    guess = first_guess(FIELDS, [judged({"memory_mb": 4000.0}, 1, 0, 0, 0, 0, 0)])
    assert guess.tolist() == pytest.approx([0.8, 0.2, 0.9, 0.08, 0.02, 0.4, 0.6])


def test_what_the_judges_take_for_granted_gets_the_larger_share(pack: RulePack) -> None:
    """Saying "small" changes no answer, saying "large" does: an unknown memory is taken for small."""
    features = Features(FIELDS, pack.facts)
    usual, large = (0.6, 0.2, 0.1, 0.0, 0.0, 0.1), (0.1, 0.3, 0.5, 0.0, 0.0, 0.1)
    rows = [judged({}, *usual), judged({"memory_mb": 100.0}, *usual), judged({"memory_mb": 9000.0}, *large)] * 30
    shares = learn(features, rows, ())
    assert shares["memory_mb"][0] > 0.75
    assert all(sum(row) == pytest.approx(1) for row in shares.values())


def test_rules_on_what_is_rare_fire_rarely_and_the_same_seed_gives_the_same(pack: RulePack, seen: Features) -> None:
    found = rates(pack, seen, seed=0)
    assert set(found) == {rule.id for rule in pack}
    assert 0 < found["lambda.gpu-required"] < 0.05
    assert rates(pack, seen, seed=0) == found
