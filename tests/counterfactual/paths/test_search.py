from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest

from tests.counterfactual.paths.small import rule, world
from whichcompute.counterfactual.paths.search import MOST_STEPS, Move, Search, fields_of
from whichcompute.knowledge.descriptors import Value

FLAGS = ("interruptible", "autoscaling", "job_dependencies", "splittable", "fixed_price", "gpus", "traffic")
ANSWER: dict[str, Value] = {"gpus": 1.0, "traffic": "steady"}


def moves(*names: str, effort: int = 1) -> list[Move]:
    return [Move(name, ANSWER.get(name, True), effort) for name in names]


def line(name: str) -> str:
    return {"gpus": "gpus >= 1", "traffic": "traffic == 'steady'"}.get(name, f"{name} == true")


def search(lead: float, weights: dict[str, float], *rules: str, **values: Value) -> Search:
    features = [(line(name), "batch", weight) for name, weight in weights.items()]
    return Search(world(*rules, base={"lambda": lead}, features=features), values, "batch")


@pytest.mark.parametrize("needed", range(1, MOST_STEPS + 1))
def test_as_many_steps_are_taken_as_are_needed(needed: int) -> None:
    found = search(needed - 0.5, dict.fromkeys(FLAGS, 1.0)).best(moves(*FLAGS))
    assert found is not None and len({move.field for move in found}) == len(found) == needed


def test_more_steps_than_the_most_are_not_taken() -> None:
    assert search(MOST_STEPS + 0.5, dict.fromkeys(FLAGS, 1.0)).best(moves(*FLAGS)) is None


def test_the_least_effort_wins_among_as_many_steps() -> None:
    made = search(1.5, dict.fromkeys(FLAGS[:4], 1.0))
    chosen = made.best([*moves(*FLAGS[:2], effort=3), *moves(*FLAGS[2:4])])
    assert chosen is not None and {move.field for move in chosen} == set(FLAGS[2:4])


def test_fewer_steps_come_before_less_effort() -> None:
    made = search(1.5, {"gpus": 2.0, "traffic": 1.0, "fixed_price": 1.0})
    chosen = made.best([*moves("traffic", "fixed_price"), *moves("gpus", effort=3)])
    assert chosen is not None and fields_of(chosen) == {"gpus": 1.0}


def test_several_rare_answers_at_once_are_another_workload() -> None:
    made = search(1.5, dict.fromkeys(FLAGS, 1.0))
    names = FLAGS[:3]

    def supposed(*shares: float) -> list[Move]:
        return [replace(move, share=share) for move, share in zip(moves(*names), shares, strict=False)]

    assert made.best(supposed(0.001, 0.04)) is None
    assert made.best(supposed(0.001, 0.06)) is not None  # one of them may be as rare as it is
    likeliest = made.best(supposed(0.001, 0.06, 0.3))
    assert likeliest is not None and {move.field for move in likeliest} == set(names[1:])


def test_a_limit_that_is_lifted_brings_an_answer_nearer() -> None:
    limits = (rule("batch.a", "exclude", ["gpus < 1"]), rule("batch.b", "exclude", ["fixed_price == false"]))
    made = search(0.5, {"traffic": 1.0}, *limits, gpus=0.0, fixed_price=False)
    chosen = made.best(moves(*FLAGS))
    assert chosen is not None and {move.field for move in chosen} == {"gpus", "fixed_price", "traffic"}


def test_every_single_change_and_every_pair_is_found_as_by_trying_all() -> None:
    weights = {name: 0.3 * number for number, name in enumerate(FLAGS, 1)}
    for lead in (0.2, 1.0, 2.0, 3.0, 3.8):
        pairs = combinations(FLAGS, 2)
        possible = [one for one in product(FLAGS) if weights[one[0]] > lead] or [
            pair for pair in pairs if sum(weights[name] for name in pair) > lead
        ]
        found = search(lead, weights).best(moves(*FLAGS))
        assert found is not None and len(found) == len(possible[0])
        assert {move.field for move in found} in [set(one) for one in possible]


def test_only_a_single_move_that_leads_is_given() -> None:
    made = search(1.0, {"gpus": 2.0, "traffic": 0.5})
    assert made.single(moves("traffic", "gpus")) == Move("gpus", 1.0, 1)
    assert made.single(moves("traffic")) is None and made.single([]) is None
    assert made.settling([]) == ()
