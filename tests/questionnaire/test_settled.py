from __future__ import annotations

from random import Random

import pytest

from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.questionnaire import Guide
from whichcompute.questionnaire.respondents import possible_values
from whichcompute.questionnaire.settled import settled
from whichcompute.questionnaire.terms import NOBODY

VETOES = {"os": "other", "kind": "server", "protocol": "udp", "code_changes": False, "packaging": "machine_image"}


def anything(field: str, rng: Random) -> Value | None:
    if rng.random() < 0.2:
        return None
    if DESCRIPTORS[field].type == "number":
        return DESCRIPTORS[field].read(float(round(10 ** rng.uniform(-1, 6))))
    return rng.choice(possible_values(field))


def limited(field: str, rng: Random) -> Value | None:
    value = anything(field, rng)
    return min(value, DESCRIPTORS[field].maximum) if isinstance(value, float) else value


@pytest.mark.parametrize("seed", range(40))
def test_once_settled_no_answers_change_the_service(guide: Guide, seed: int) -> None:
    rng = Random(seed)
    sheet = rng.choice(guide.outlook.respondents.sheets)
    order = rng.sample(DECIDING, len(DECIDING))
    answers: dict[str, Value | None] = {field: sheet.get(field) for field in order}
    found = None
    for field in reversed(order):  # open one question after the other, as long as it stays settled
        fewer = {f: v for f, v in answers.items() if f != field}
        now = guide.outlook.now(fewer)
        if not settled(guide.terms, fewer, now):
            break
        answers, found = fewer, now
    if found is None:
        return
    open_ = [field for field in DECIDING if field not in answers]
    for _ in range(60):
        assert guide.outlook.now({**answers, **{field: limited(field, rng) for field in open_}}) == found


def test_it_is_settled_when_everything_is_answered(guide: Guide) -> None:
    answers = {**dict.fromkeys(DECIDING), "kind": "website"}
    assert settled(guide.terms, answers, guide.outlook.now(answers))


def test_it_is_not_settled_while_a_limit_of_the_service_in_front_is_open(guide: Guide) -> None:
    answers = {**dict.fromkeys(DECIDING), "kind": "event_handler"}
    del answers["max_duration_s"]
    assert not settled(guide.terms, answers, guide.outlook.now(answers))


def test_none_of_the_five_is_settled_at_once(guide: Guide) -> None:
    if guide.outlook.now(VETOES) == NOBODY:
        assert settled(guide.terms, VETOES, NOBODY)
    assert not settled(guide.terms, {}, NOBODY)
