from __future__ import annotations

from whichcompute.classifier import archetypes
from whichcompute.knowledge import facts, packs
from whichcompute.training.rule_rates import chances

PACK = packs.load(facts.load())


def test_what_is_ordinary_is_unlikely_to_rule_out_and_the_same_draws_give_the_same_shares() -> None:
    shapes = archetypes.load()[:40]
    found = chances(PACK, shapes)
    assert set(found) == {rule.id for rule in PACK} and all(0 < chance < 1 for chance in found.values())
    assert found["lambda.gpu-required"] < found["lightsail.auto-scaling-required"]
    assert chances(PACK, shapes) == found
