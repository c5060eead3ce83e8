from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier.cases import Judgement
from whichcompute.classifier.features import Features, Field
from whichcompute.knowledge.rules import RulePack
from whichcompute.training.feature_files import InteractionSearch, SearchLimits

NAMES = ("static_ip", "sidecars", "portability", "shell_access")
FIELDS = tuple(Field(name, (f"{name} == true",), (False, True)) for name in NAMES)


@pytest.fixture
def features(pack: RulePack) -> Features:
    return Features(FIELDS, pack.facts, shares={name: [0.5, 0.5] for name in NAMES})


def rows(count: int) -> list[Judgement]:
    """Fargate where a fixed address and sidecars come together, else Lambda; the other fields say nothing."""
    rng, found = np.random.default_rng(0), []
    for _ in range(count):
        values = {name: bool(rng.random() < 0.5) for name in NAMES}
        both = values["static_ip"] and values["sidecars"]
        found.append(Judgement("", values, (0.05, 0.95, 0, 0, 0, 0) if both else (0.95, 0.05, 0, 0, 0, 0)))
    return found


def test_the_pair_that_decides_is_found_first(features: Features) -> None:
    found = InteractionSearch(features, rows(200), ()).find(SearchLimits(pairs=1, triples=0, each_round=1))
    assert found == [(0, 1)]


def test_triples_extend_pairs_and_nothing_is_found_twice(features: Features) -> None:
    found = InteractionSearch(features, rows(200), ()).find(SearchLimits(pairs=4, triples=2, each_round=2))
    assert len(set(found)) == len(found)
    assert {len(term) for term in found} == {2, 3}


def test_what_holds_on_too_few_judgements_is_no_candidate(features: Features) -> None:
    assert InteractionSearch(features, rows(20), ()).find(SearchLimits(pairs=2, triples=0, each_round=2)) == []
