from __future__ import annotations

from random import Random

from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, NONE
from whichcompute.questionnaire import Guide
from whichcompute.questionnaire.respondents import possible_values
from whichcompute.questionnaire.settled import settled

VETOES: dict[str, Value | None] = {"os": "other", "host_access": "kernel"}
"""What rules every service out."""

NOWHERE = ANSWERS.index(NONE)


def anything(field: str, rng: Random) -> Value | None:
    if rng.random() < 0.2:
        return None
    if DESCRIPTORS[field].type == "number":
        return DESCRIPTORS[field].read(min(float(round(10 ** rng.uniform(-1, 6))), DESCRIPTORS[field].maximum or 1e6))
    return rng.choice(possible_values(field))


def test_once_settled_no_answers_change_the_leading_one(guide: Guide) -> None:
    early = [_settled_early(guide, Random(seed)) for seed in range(40)]
    assert sum(early) > 20, "too few sheets are settled before their last answer to say anything"


def _settled_early(guide: Guide, rng: Random) -> bool:
    """Whether a sheet is settled before its last answer; asserts that nothing changes then."""
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
        return False
    open_ = [field for field in DECIDING if field not in answers]
    for _ in range(60):
        assert guide.outlook.now({**answers, **{field: anything(field, rng) for field in open_}}) == found
    return True


def test_it_is_settled_when_everything_is_answered(guide: Guide) -> None:
    answers = {**dict.fromkeys(DECIDING), "kind": "website"}
    assert settled(guide.terms, answers, guide.outlook.now(answers))


def test_it_is_not_settled_while_a_limit_of_the_leading_service_is_open(guide: Guide) -> None:
    answers = {**dict.fromkeys(DECIDING), "kind": "event_handler"}
    del answers["max_duration_s"]
    assert not settled(guide.terms, answers, guide.outlook.now(answers))


def test_that_nothing_is_left_is_settled_at_once(guide: Guide) -> None:
    assert guide.outlook.now(VETOES) == NOWHERE
    assert settled(guide.terms, VETOES, NOWHERE)
    assert not settled(guide.terms, {}, NOWHERE)
