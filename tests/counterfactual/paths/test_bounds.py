from __future__ import annotations

from itertools import combinations, product

import pytest
from whichcompute.counterfactual.paths.bounds import Reach, Rest, Sums, undominated
from whichcompute.counterfactual.paths.moves import Problem

from tests.counterfactual.paths.small import rule, world
from whichcompute.counterfactual.paths.changes import possible
from whichcompute.counterfactual.paths.landscape import landscape
from whichcompute.knowledge.services import SERVICES

WORLD = world(
    rule("lambda.no-gpu", "exclude", ["gpus >= 1"]),
    rule("batch.live", "exclude", ["protocol in ['http', 'tcp']"]),
    base={"lambda": 2.0, "fargate": 1.0},
    features=[
        ("gpus >= 1", "batch", 0.7),
        ("traffic == 'steady'", "batch", 0.5),
        ("traffic == 'steady'", "fargate", 0.9),
        ("traffic == 'rare'", "batch", 0.2),
        ("state == 'session'", "lambda", 0.4),
        ("state == 'stateless'", "batch", 1.1),
        ("packaging == 'container'", "batch", 0.3),
    ],
)
LAND = landscape(WORLD.aggregator)
VALUES = {"protocol": "tcp", "packaging": "source"}
PROBLEM = Problem(LAND, VALUES, SERVICES.index("batch"), possible(LAND, VALUES))
GAINS = [[move.gain for move in opening.moves] for opening in PROBLEM.openings]
REACH = Reach(PROBLEM, GAINS, [], len(SERVICES))


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
@pytest.mark.parametrize("effort", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("owed", [0, 1], ids=["nobody out", "lambda out"])
def test_the_most_is_the_most_of_all_sets(steps: int, effort: int, owed: int) -> None:
    totals = []
    for numbers in combinations(range(len(PROBLEM.openings)), steps):
        if sum(PROBLEM.openings[number].effort for number in numbers) == effort:
            for moves in product(*(PROBLEM.openings[number].moves for number in numbers)):
                if not owed & ~sum({move.outs for move in moves}):
                    totals.append(
                        [sum(parts) for parts in zip((0.0,) * 5, *(move.gain for move in moves), strict=True)]
                    )
    most = REACH.most(Rest(0, steps, effort, 0, owed, 0))
    assert (most is None) == (not totals)
    if most is not None:
        assert most == pytest.approx([max(column) for column in zip(*totals, strict=True)])


def test_a_veto_to_be_lifted_leaves_only_sets_that_lift_it() -> None:
    veto = PROBLEM.fired & PROBLEM.vetoes
    assert veto and REACH.most(Rest(0, 1, 3, veto, 0, 0)) is None  # http is vetoed like tcp


def test_weights_add_up_to_one_and_bound_the_sum() -> None:
    led = [0, 1, 2, 4]
    sums = Sums(PROBLEM, led, 2)
    assert sum(sums.weights) == pytest.approx(1) and sums.weights[3] == 0
    for opening, of_moves in zip(PROBLEM.openings, sums.gains, strict=True):
        for move, (gain,) in zip(opening.moves, of_moves, strict=True):
            assert sums.of(move.sure) <= gain + 1e-12 <= sums.of(move.gain) + 2e-12


def test_needless_moves_are_those_that_another_matches() -> None:
    openings = {opening.name: opening for opening in PROBLEM.openings}
    state = openings["state"]
    kept = [state.moves[n].cell.choices for n in undominated(PROBLEM, state, [0, 1], 0)]
    assert kept == [("stateless",)]
    traffic = openings["traffic"]
    beats_lambda = [traffic.moves[n].cell.choices for n in undominated(PROBLEM, traffic, [0], 0)]
    beats_fargate = [traffic.moves[n].cell.choices for n in undominated(PROBLEM, traffic, [0, 1], 0)]
    assert beats_lambda == [("steady",)] and beats_fargate == [("steady",), ("rare",)]
