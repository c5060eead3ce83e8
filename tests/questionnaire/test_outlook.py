from __future__ import annotations

import pytest

from whichcompute.knowledge.services import SERVICES
from whichcompute.questionnaire import Guide


def test_the_ends_are_probabilities_and_the_chance_is_what_is_left(guide: Guide) -> None:
    prospect = guide.outlook.look({"kind": "website"})
    assert prospect.ends.sum() == pytest.approx(1)
    assert prospect.chance == pytest.approx(1 - prospect.ends[prospect.service])


def test_answered_questions_are_worth_nothing_any_more(guide: Guide) -> None:
    assert "kind" not in guide.outlook.look({"kind": None}).worth


def test_the_first_question_is_worth_most_by_far_for_the_kind_of_workload(guide: Guide) -> None:
    worth = guide.outlook.look({}).worth
    assert max(worth, key=worth.__getitem__) == "kind"


def test_nothing_open_leaves_no_chance_of_change(guide: Guide) -> None:
    answers = dict.fromkeys(guide.outlook.look({}).worth)
    prospect = guide.outlook.look({**answers, "kind": "batch_job"})
    assert prospect.chance == pytest.approx(0) and SERVICES[prospect.service] == "batch" and not prospect.worth


def test_the_same_answers_in_another_order_look_the_same(guide: Guide) -> None:
    one = guide.outlook.look({"kind": "web_api", "packaging": "container"})
    other = guide.outlook.look({"packaging": "container", "kind": "web_api"})
    assert one.chance == pytest.approx(other.chance) and one.worth == pytest.approx(other.worth)
