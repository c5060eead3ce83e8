from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier import directions
from whichcompute.classifier.directions import Direction
from whichcompute.classifier.features import Features, Term
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.fit import breaches, weight_bounds


def direction(field: str, *answers: str, rises: bool = False, against: tuple[str, ...] = ()) -> Direction:
    rivals = against or tuple(answer for answer in ANSWERS if answer not in answers)
    return Direction(field, frozenset(answers), rises, "", frozenset(rivals))


FALLS = direction("memory_mb", "lambda")
RISES = direction("scale_to_zero", "lambda", rises=True)
STATE = direction("state", "lambda", "fargate")
STATE_INNER = direction("state", "lambda")


def term(features: Features, *lines: str) -> Term:
    return tuple(features.lines.index(line) for line in lines)


def test_a_direction_bounds_the_named_from_one_side_and_all_others_from_the_other(seen: Features) -> None:
    limits = weight_bounds(seen, [term(seen, "memory_mb >= 1025"), term(seen, "kind == 'website'")], [FALLS])
    assert limits.high[0].tolist() == [0] + [np.inf] * 5
    assert limits.low[0].tolist() == [-np.inf] + [0] * 5
    assert not np.isfinite(limits.low[1]).any()


def test_an_answer_that_a_direction_does_not_name_is_free(seen: Features) -> None:
    limits = weight_bounds(
        seen, [term(seen, "memory_mb >= 1025")], [direction("memory_mb", "lambda", against=("batch",))]
    )
    assert limits.low[0].tolist() == [-np.inf] * 3 + [0] + [-np.inf] * 2
    assert limits.high[0].tolist() == [0] + [np.inf] * 5


def test_the_inner_of_two_directions_keeps_its_rivals(seen: Features) -> None:
    line = term(seen, "state == 'persistent'")
    outer = direction("state", "lambda", "fargate", against=("none",))
    limits = weight_bounds(seen, [line], [outer, STATE_INNER])
    weights = np.einsum("df,dfa->da", np.clip(np.full((1, 6), -1.0), limits.low, limits.high), limits.lift)
    assert weights[0].tolist() == [-2.0, -1.0, 0.0, 0.0, 0.0, 0.0]
    assert breaches(seen, [line], weights, [outer, STATE_INNER]) == []


def test_directions_that_clash_on_a_pair_hold_it_at_nothing(seen: Features) -> None:
    pair = term(seen, "memory_mb >= 1025", "scale_to_zero == true")
    limits = weight_bounds(seen, [pair], [FALLS, RISES])
    assert limits.low[0].tolist() == limits.high[0].tolist() == [0.0] * 6


@pytest.mark.parametrize("seed", range(5))
def test_whatever_lies_in_the_box_keeps_every_declared_direction(seed: int, seen: Features) -> None:
    declared = directions.load()
    limits = weight_bounds(seen, seen.terms, declared)
    free = np.clip(np.random.default_rng(seed).normal(size=limits.low.shape), limits.low, limits.high)
    assert breaches(seen, seen.terms, np.einsum("df,dfa->da", free, limits.lift), declared) == []


def test_one_direction_within_another_is_a_chain(seen: Features) -> None:
    line = term(seen, "state == 'persistent'")
    limits = weight_bounds(seen, [line], [STATE, STATE_INNER])
    free = np.array([[-1.0, -2.0, 0.5, 0, 0, 1.0]])
    weights = np.einsum("df,dfa->da", free, limits.lift)
    assert weights[0].tolist() == [-3.0, -2.0, 0.5, 0, 0, 1.0]
    assert breaches(seen, [line], weights, [STATE, STATE_INNER]) == []


def test_a_breach_is_found_with_its_term(seen: Features) -> None:
    line = term(seen, "memory_mb >= 1025")
    weights = np.zeros((1, len(ANSWERS)))
    weights[0, 0] = 0.1
    assert breaches(seen, [line], weights, [FALLS]) == [(FALLS, line)]
