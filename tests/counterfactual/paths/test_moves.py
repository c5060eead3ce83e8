from __future__ import annotations

import random

import pytest
from whichcompute.counterfactual.paths.moves import Problem

from tests.counterfactual.paths.cases import CASES
from tests.counterfactual.paths.small import rule, world
from whichcompute import Engine
from whichcompute.counterfactual.paths.changes import possible
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.descriptors import Value, with_derived
from whichcompute.knowledge.services import SERVICES

LAND = landscape(Engine.default().aggregator)


def problem(values: dict[str, Value], service: str) -> Problem:
    return Problem(LAND, values, SERVICES.index(service), possible(LAND, values))


@pytest.mark.parametrize("service", SERVICES)
def test_no_set_of_changes_adds_more_than_its_gains(service: str) -> None:
    draw = random.Random(service)
    for values in CASES[::12]:
        made = problem(values, service)
        for _ in range(10):
            numbers = sorted(draw.sample(range(len(made.openings)), 4))
            moves = [draw.choice(made.openings[number].moves or [None]) for number in numbers]
            if None in moves:
                continue
            held = made.fixed
            for number, opening in enumerate(made.openings):
                held &= dict(zip(numbers, moves, strict=True))[number].cell.mask if number in numbers else opening.now
            chosen = tuple((n, move.cell) for n, move in zip(numbers, moves, strict=True))
            doubts = [made.doubts[bit] for bit in range(len(made.doubts)) if made.doubtful(chosen) >> bit & 1]
            most = [
                sum(parts)
                for parts in zip(made.start, *(m.gain for m in moves), *(d.slack for d in doubts), strict=True)
            ]
            for fired in made.outcomes(held, chosen):
                assert all(lead <= bound + 1e-9 for lead, bound in zip(made.leads(fired), most, strict=True))


def test_the_leads_are_those_of_the_weighing() -> None:
    for values in CASES[::40]:
        made = problem(values, "fargate")
        scores = Engine.default().aggregator.weigh(with_derived(values)).scores
        assert made.leads(made.fired) == pytest.approx([scores[1] - score for score in scores])


def test_a_move_that_vetoes_the_target_for_certain_is_no_move() -> None:
    recommender = world(rule("lambda.no-gpu", "exclude", ["gpus >= 1"]), features=[("gpus >= 1", "lambda", 3.0)])
    land = landscape(recommender.aggregator)
    made = Problem(land, {}, 0, possible(land, {}))
    assert {opening.name: opening.moves for opening in made.openings}["gpus"] == ()


def test_a_limit_that_would_hit_the_target_too_rules_nobody_out() -> None:
    pair = ["os == 'windows'", "gpus >= 1"]
    recommender = world(rule("lambda.pair", "exclude", pair), rule("batch.pair", "exclude", pair))
    land = landscape(recommender.aggregator)
    made = Problem(land, {}, SERVICES.index("batch"), possible(land, {}))
    assert not any(move.outs for opening in made.openings for move in opening.moves)


def test_a_derived_descriptor_is_in_doubt_once_all_its_factors_are_known() -> None:
    land = landscape(world(features=[("average_concurrency >= 1", "fargate", 1.0)]).aggregator)
    made = Problem(land, {"typical_duration_s": 10.0}, 1, possible(land, {"typical_duration_s": 10.0}))
    (doubt,) = made.doubts
    (number,) = doubt.waits
    assert made.names[number] == "invocations_per_month" and doubt.slack[0] == 1.0
    move = made.openings[number].moves[0]
    assert made.doubtful(((number, move.cell),)) == 1 and made.doubtful(()) == 0
    assert len(set(made.outcomes(-1, ((number, move.cell),)))) == 2
