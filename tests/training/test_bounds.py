from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier import directions
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Features, Term
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.bounds import box, breaches

FALLS = Direction("memory_mb", frozenset({"lambda"}), False, "")
RISES = Direction("scale_to_zero", frozenset({"lambda"}), True, "")
STATE = Direction("state", frozenset({"lambda", "fargate"}), False, "")
STATE_INNER = Direction("state", frozenset({"lambda"}), False, "")


def term(features: Features, *lines: str) -> Term:
    return tuple(features.lines.index(line) for line in lines)


def test_a_direction_bounds_the_named_from_one_side_and_all_others_from_the_other(seen: Features) -> None:
    limits = box(seen, [term(seen, "memory_mb >= 1025"), term(seen, "kind == 'website'")], [FALLS])
    assert limits.high[0].tolist() == [0] + [np.inf] * 5
    assert limits.low[0].tolist() == [-np.inf] + [0] * 5
    assert not np.isfinite(limits.low[1]).any()


def test_directions_that_clash_on_a_pair_hold_it_at_nothing(seen: Features) -> None:
    pair = term(seen, "memory_mb >= 1025", "scale_to_zero == true")
    limits = box(seen, [pair], [FALLS, RISES])
    assert limits.low[0].tolist() == limits.high[0].tolist() == [0.0] * 6


@pytest.mark.parametrize("seed", range(5))
def test_whatever_lies_in_the_box_keeps_every_declared_direction(seed: int, seen: Features) -> None:
    declared = directions.load()
    limits = box(seen, seen.terms, declared)
    free = np.clip(np.random.default_rng(seed).normal(size=limits.low.shape), limits.low, limits.high)
    assert breaches(seen, seen.terms, np.einsum("df,dfa->da", free, limits.lift), declared) == []


def test_one_direction_within_another_is_a_chain(seen: Features) -> None:
    line = term(seen, "state == 'persistent'")
    limits = box(seen, [line], [STATE, STATE_INNER])
    free = np.array([[-1.0, -2.0, 0.5, 0, 0, 1.0]])
    weights = np.einsum("df,dfa->da", free, limits.lift)
    assert weights[0].tolist() == [-3.0, -2.0, 0.5, 0, 0, 1.0]
    assert breaches(seen, [line], weights, [STATE, STATE_INNER]) == []


def test_a_breach_is_found_with_its_term(seen: Features) -> None:
    line = term(seen, "memory_mb >= 1025")
    weights = np.zeros((1, len(ANSWERS)))
    weights[0, 0] = 0.1
    assert breaches(seen, [line], weights, [FALLS]) == [(FALLS, line)]
