from __future__ import annotations

import json

import pytest

import whichcompute as package
from whichcompute import Engine, WorkloadError
from whichcompute.base.units import InRange
from whichcompute.knowledge.descriptors import Value
from whichcompute.questionnaire import Guide, Interview


def answer_first(interview: Interview, most: int = 40) -> int:
    asked = 0
    while (question := interview.next_question()) is not None and asked < most:
        interview.answer(question.field, question.choices[0].value)
        asked += 1
    return asked


def test_the_public_ways_to_begin() -> None:
    assert package.Interview is Interview
    begun = Engine.default().interview({"kind": "website"})
    assert begun.answers == {"kind": "website"}
    first = Interview().next_question()
    assert first is not None and first.field == "kind"


def test_it_stops_after_few_questions_and_recommends(interview: Interview) -> None:
    assert 1 <= answer_first(interview) <= 12
    assert interview.enough and interview.next_question() is None
    assert interview.recommendation().service == interview.ranking[0].service


def test_going_on_asks_until_nothing_can_change(interview: Interview) -> None:
    answer_first(interview)
    interview.go_on()
    answer_first(interview)
    assert interview.settled and interview.chance_of_change == 0
    assert "Settled" in interview.firmness


def test_what_is_known_is_not_asked_again_and_not_knowing_is_known(guide: Guide) -> None:
    begun = Interview(guide=guide, answers={"kind": "web_api", "packaging": None, "description": "x"})
    assert begun.answers == {"kind": "web_api", "packaging": None}
    assert not {"kind", "packaging"} & set(begun.open)
    assert begun.recommendation().workload == {"description": "x", "kind": "web_api"}


@pytest.mark.parametrize("said", ["I don't know", "", None, "unknown"])
def test_i_dont_know_is_an_answer(interview: Interview, said: str | None) -> None:
    assert interview.answer("gpus", said) is None
    assert interview.answers == {"gpus": None} and interview.known == {}


def test_values_carry_units_and_bad_ones_are_named(interview: Interview) -> None:
    assert interview.answer("max_duration_s", "20m") == 1200
    for field, value in (("max_duration_s", "soon"), ("knid", "website"), ("workload_id", "x")):
        with pytest.raises(WorkloadError, match=field):
            interview.answer(field, value)
    assert interview.known == {"max_duration_s": 1200}


def test_undo_takes_back_one_step_and_restores_the_answer_before(interview: Interview) -> None:
    interview.answer("kind", "website")
    interview.answer("kind", "server")
    interview.skip("os")
    undone = [step.field for _ in range(2) if (step := interview.undo())]
    assert undone == ["os", "kind"] and interview.answers == {"kind": "website"}
    interview.undo()
    assert interview.undo() is None and interview.answers == {}


def test_a_question_put_off_comes_last_and_only_once_more(interview: Interview) -> None:
    first = interview.next_question()
    assert first is not None
    interview.skip(first.field)
    assert interview.open[-1] == first.field
    interview.skip(first.field)
    assert first.field not in interview.open


def test_it_can_be_kept_and_resumed_as_plain_values(guide: Guide, interview: Interview) -> None:
    interview.answer("kind", "web_api")
    interview.answer("max_duration_s", InRange(1800.0, "above 15 min"))
    interview.answer("gpus", None)
    interview.skip("os")
    interview.go_on()
    kept = json.loads(json.dumps(interview.to_dict()))
    resumed = Interview.resumed(kept, guide=guide)
    assert resumed.to_dict() == interview.to_dict() and resumed.steps == interview.steps
    assert resumed.open == interview.open


def test_contradictions_are_pointed_out(interview: Interview) -> None:
    interview.answer("max_duration_s", 60)
    assert interview.contradictions == []
    interview.answer("typical_duration_s", 600)
    assert [c.fields for c in interview.contradictions] == [("typical_duration_s", "max_duration_s")]


def test_the_ranking_has_all_six_best_first(interview: Interview) -> None:
    interview.answer("gpus", 1)
    ranking = interview.ranking
    assert len({standing.service for standing in ranking}) == 6
    assert [s.probability for s in ranking] == sorted((s.probability for s in ranking), reverse=True)
    out = {s.service for s in ranking if s.ruled_out}
    assert "none" not in out and out >= {"lambda", "fargate"}


def test_real_decisions_are_mostly_reached_with_few_questions(guide: Guide) -> None:
    # The whole measurement is benchmarks/questions.py; this guards it on a sample, each decision left out.
    respondents = guide.outlook.respondents
    sample = [(o, s) for o, s in zip(respondents.origins, respondents.sheets, strict=True) if ":" not in o][::8]
    same, counts = 0, []
    for origin, sheet in sample:
        interview = Interview(guide=Guide(guide.recommender, respondents.without({origin})))
        while (question := interview.next_question()) is not None:
            interview.answer(question.field, sheet.get(question.field))
        counts.append(len(interview.answers))
        same += guide.outlook.now(interview.answers) == guide.outlook.now(dict(sheet))
    assert same / len(sample) >= 0.85 and sorted(counts)[len(counts) // 2] <= 8


@pytest.mark.parametrize(
    ("chosen", "says", "place"),
    [
        ("static_website", {"kind": "website", "static_content": True}, "static_hosting"),
        ("existing_machine", {"kind": "server", "packaging": "machine_image"}, "ec2"),
    ],
)
def test_the_first_question_finds_static_sites_and_machines(
    interview: Interview, chosen: str, says: dict[str, Value], place: str
) -> None:
    question = interview.next_question()
    assert question is not None and chosen in [choice.value for choice in question.choices]
    assert interview.answer(question.field, chosen) == says["kind"] and interview.answers == says
    found = interview.recommendation()
    assert found.service == "none" and place in [outside.id for outside in found.outside]
    kept = Interview.resumed(json.loads(json.dumps(interview.to_dict())), guide=interview.guide)
    assert kept.answers == says and kept.given == interview.given and len(kept.given) == 1
    shown = interview.chosen(interview.question("kind"))
    assert shown is not None and shown.value == chosen and shown.words == kept.given["kind"].words
    interview.answer("kind", "web_api")
    assert interview.answers == {"kind": "web_api"}
    interview.undo()
    interview.undo()
    assert interview.answers == {}


def test_questions_asked_at_once_are_one_turn(interview: Interview) -> None:
    interview.answer("kind", "web_api")
    question = interview.question("memory_mb")
    assert {part.field for part in question.parts} == {"memory_mb", "vcpus", "gpus"}
    interview.answer_together({"memory_mb": "4GB", "vcpus": 2, "gpus": None})
    assert interview.asked == 2 and interview.answers["gpus"] is None and interview.known["memory_mb"] == 4096
    kept = Interview.resumed(json.loads(json.dumps(interview.to_dict())), guide=interview.guide)
    assert kept.asked == 2 and kept.answers == interview.answers
    step = kept.undo()
    assert step is not None and step.field == "memory_mb" and kept.answers == {"kind": "web_api"}
    kept.skip("memory_mb", "vcpus")
    assert set(kept.open[-2:]) == {"memory_mb", "vcpus"}
    kept.undo()
    assert kept.open == Interview(answers={"kind": "web_api"}, guide=kept.guide).open


def test_a_question_is_asked_with_those_that_are_open_and_matter(interview: Interview) -> None:
    interview.answer("vcpus", 2)
    assert [part.field for part in interview.question("memory_mb").also] == ["gpus"]
    assert interview.question("kind").also == ()


@pytest.mark.parametrize("answers", ["kind=website", 3, ["kind"]])
def test_answers_that_are_no_mapping_are_refused_with_what_is(guide: Guide, answers: object) -> None:
    with pytest.raises(WorkloadError, match="allowed: a mapping of fields to values"):
        Interview(answers, guide=guide)


def test_no_share_is_stated_of_a_few_workloads(guide: Guide) -> None:
    site = {"kind": "website", "packaging": "source", "language": "python", "max_duration_s": 0.5}
    site |= {"typical_duration_s": 0.5, "invocations_per_month": 500, "traffic": "rare", "autoscaling": False}
    few = Interview(
        {**site, "state": "stateless", "shared_filesystem": False, "relational_database": False}, guide=guide
    )
    assert few.firmness == "Of the few workloads on record that resemble this one, most end at another answer."
    assert "of 100 cases" in Interview({"kind": "website"}, guide=guide).firmness


def test_a_standard_product_is_asked_for_with_the_packaging(interview: Interview) -> None:
    interview.answer("kind", "server")
    assert "product_class" in {part.field for part in interview.question("packaging").parts}
    interview.answer_together({"packaging": "packaged_app", "product_class": "database"})
    assert interview.enough and interview.recommendation().outside[0].name == "a managed database"
