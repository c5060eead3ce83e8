from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.cells import ConjunctionIndex, numbers_of
from whichcompute.knowledge.conditions import parse
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.recommender.terms import Centring, is_centred, together

TERMS = Engine.default().aggregator.terms


def test_probabilities_are_softmax_of_the_sum_over_the_temperature() -> None:
    scores, out = [1.0, 0.5, 0.0, -1.0, -2.0, 0.2], [True, False, False, False, False, False]
    temperature = TERMS.classifier.temperature
    parts = [0.0, *(math.exp(score / temperature) for score in scores[1:])]
    assert TERMS.probabilities(scores, out) == pytest.approx([part / sum(parts) for part in parts])


@given(workloads())
def test_the_scores_are_the_weights_of_what_holds(values: dict[str, float | bool | str]) -> None:
    fired, _ = TERMS.index.evaluate(with_derived(values))
    rows = [TERMS.weights[number] or (0.0,) * len(ANSWERS) for number in numbers_of(fired)]
    expected = [sum(column) for column in zip(*rows, strict=True)] if rows else [0.0] * len(ANSWERS)
    assert TERMS.scores(fired) == pytest.approx(expected, abs=1e-9)


@given(workloads())
def test_however_many_rules_speak_to_an_aspect_they_say_it_once(values: dict[str, float | bool | str]) -> None:
    fired, _ = TERMS.index.evaluate(with_derived(values))
    sums: dict[tuple[str, str, str], float] = {}
    for number in numbers_of(fired & TERMS.rules):
        entry = TERMS.pack.rules[number].entry
        if entry.aspect and entry.strength != "severe":  # each severe caution is a limit of its own
            key = (entry.service, entry.effect, entry.aspect)
            sums[key] = sums.get(key, 0.0) + abs(TERMS.rule_weights[number])
    for (_, effect, _), total in sums.items():
        assert total <= TERMS.classifier.rule_weight(effect, "strong") + 1e-9


def test_that_descriptors_are_known_takes_off_what_their_rules_add_on_average() -> None:
    centring = [item for item in TERMS.items if isinstance(item, Centring)]
    assert centring and all(c.op == "known" for item in centring for c in item.conditions)
    sums = [0.0] * len(ANSWERS)
    for rule, weight in zip(TERMS.pack, TERMS.rule_weights, strict=True):
        if is_centred(rule):
            sums[ANSWERS.index(rule.entry.service)] -= weight * TERMS.classifier.rate(rule.id)
    assert [sum(row) for row in zip(*(item.weights for item in centring), strict=True)] == pytest.approx(sums)


def test_a_severe_caution_is_a_limit_that_shares_with_none_and_is_not_taken_off() -> None:
    severe = [n for n, rule in enumerate(TERMS.pack) if rule.entry.strength == "severe"]
    assert severe and {TERMS.rule_weights[n] for n in severe} == {-TERMS.classifier.rule_weight("caution", "severe")}
    assert not any(is_centred(TERMS.pack.rules[n]) for n in severe)


class _Said:
    def __init__(self, engine: Engine, *lines: str) -> None:
        self.conditions = tuple(parse(line, engine.facts) for line in lines)


def test_rules_that_exclude_each_other_do_not_share_their_weight(engine: Engine) -> None:
    small, large = _Said(engine, "memory_mb < 100"), _Said(engine, "memory_mb >= 200")
    beside = _Said(engine, "kind == 'server'")
    assert together([small, large]) == [1, 1]
    assert together([small, large, beside]) == [2, 2, 2]


def test_the_sizes_of_sets_are_those_of_trying_all_combinations_of_cells(engine: Engine) -> None:
    rng = Random(7)
    texts = ["kind == 'website'", "kind == 'server'", "os == 'linux'", "os == 'windows'", "state == 'session'"]
    for _ in range(200):
        lines = [[rng.choice([*texts, *_amounts(rng)]) for _ in range(rng.randint(1, 3))] for _ in range(6)]
        items = [_Said(engine, *each) for each in lines]
        sets = {63}
        for cells in ConjunctionIndex(items).cells.values():
            sets = {one & true for one in sets for true in cells.true_masks}
        holding = [n for n in range(6) if any(each >> n & 1 for each in sets)]
        expected = [max(each.bit_count() for each in sets if each >> n & 1) for n in holding]
        assert [together(items)[n] for n in holding] == expected


def _amounts(rng: Random) -> list[str]:
    return [f"{field} {rng.choice(['<', '>', '=='])} {rng.randint(1, 5)}" for field in ("memory_mb", "vcpus")]


@pytest.mark.parametrize("said", [1, 2, 3])
def test_many_rules_of_one_aspect_are_weighed_at_once(said: int, engine: Engine) -> None:
    rng = Random(said)
    fields = ("memory_mb", "vcpus", "payload_mb", "scratch_gb", "package_mb", "max_duration_s")
    items = [
        _Said(engine, *(f"{rng.choice(fields)} {rng.choice('<>')} {rng.randint(1, 900)}" for _ in range(said)))
        for _ in range(600)
    ]
    sizes = together(items)
    index = ConjunctionIndex(items)
    for _ in range(100):
        fired, _ = index.evaluate({field: float(rng.randint(1, 900)) for field in fields})
        assert all(sizes[number] >= fired.bit_count() for number in numbers_of(fired))


def test_masks_hold_the_rules_of_each_answer_and_no_others() -> None:
    wanted = {
        TERMS.vetoes: lambda entry: entry.effect == "exclude",
        TERMS.severe: lambda entry: entry.strength == "severe",
        TERMS.doubts: lambda entry: entry.effect == "caution" and entry.strength in ("severe", "strong"),
        TERMS.favours: lambda entry: entry.effect == "prefer",
    }
    for masks, chosen in wanted.items():
        for answer, mask in zip(ANSWERS, masks, strict=True):
            found = [TERMS.pack.rules[number].id for number in numbers_of(mask)]
            assert found == [r.id for r in TERMS.pack if r.entry.service == answer and chosen(r.entry)]
