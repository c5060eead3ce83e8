from __future__ import annotations

import pytest

from whichcompute import Engine
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.outside import deciding_fields, likely_places, places
from whichcompute.knowledge.sources import load


def test_every_place_says_what_it_is_with_its_sources() -> None:
    known = set(load())
    for id_, place in places().items():
        assert place.id == id_ and place.name and place.names and place.text
        assert place.sources and set(place.sources) <= known


def test_every_rule_points_to_a_place_and_every_place_is_pointed_to(engine: Engine) -> None:
    named = {rule.entry.outside for rule in engine.pack if rule.entry.outside}
    assert named == set(places())


@pytest.mark.parametrize(
    ("values", "likely"),
    [
        ({"kind": "website"}, ("beanstalk", "ec2")),
        ({"kind": "website", "state": "persistent"}, ("ec2",)),  # Beanstalk replaces its instances, and their data too
        ({"kind": "website", "app_stack": "magento"}, ("ec2",)),  # an installed product is no source bundle
        ({"kind": "web_api", "gpus": 1.0}, ("ec2",)),
        ({"kind": "web_api", "packaging": "container"}, ("ec2",)),  # Beanstalk is named for its source bundles
        ({"kind": "stream_processor", "state": "persistent"}, ("managed_data", "ec2")),
        ({"kind": "server"}, ("ec2",)),
        ({}, ("ec2",)),
    ],
)
def test_where_a_workload_likely_goes(values: dict[str, Value], likely: tuple[str, ...]) -> None:
    assert likely_places(values) == likely
    assert set(values) <= set(deciding_fields())


def test_places_are_likely_for_kinds_that_there_are() -> None:
    assert {kind for place in places().values() for kind in place.likely_for} <= set(DESCRIPTORS["kind"].choices)
