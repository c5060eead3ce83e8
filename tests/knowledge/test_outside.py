from __future__ import annotations

from whichcompute import Engine
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.sources import load


def test_every_place_says_what_it_is_with_its_sources() -> None:
    known = set(load())
    for id_, place in places().items():
        assert place.id == id_ and place.name and place.names and place.text
        assert place.sources and set(place.sources) <= known


def test_every_rule_points_to_a_place_and_every_place_is_pointed_to(engine: Engine) -> None:
    named = {rule.entry.outside for rule in engine.pack if rule.entry.outside}
    assert named == set(places())
