from __future__ import annotations

import json

import pytest

from whichcompute.base.units import InRange
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, read
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.services import NONE, SERVICE_NAMES
from whichcompute.questionnaire import Guide


@pytest.mark.parametrize("field", DECIDING)
def test_every_descriptor_can_be_asked_with_answers_that_it_reads(guide: Guide, field: str) -> None:
    question = guide.questions.ask(field, {})
    assert question.text.endswith(("?", ".")) and question.why and len(question.choices) >= 2
    for choice in question.choices:
        says = choice.says or {field: choice.value}
        assert read(says) == says and says.keys() >= {field}
        assert question.choice_of(choice.value) == choice
    assert json.dumps(question.to_dict())


def test_numbers_are_asked_in_ranges_that_still_matter(guide: Guide) -> None:
    before = guide.questions.ask("max_duration_s", {}).choices
    after = guide.questions.ask("max_duration_s", {"kind": "server", "protocol": "udp", "gpus": 2.0}).choices
    assert "15 min" in " ".join(choice.words for choice in before)
    assert len(after) < len(before)


def test_no_range_is_offered_that_contradicts_another_answer(guide: Guide) -> None:
    usual = guide.questions.ranges("typical_duration_s", {"max_duration_s": 880.0})
    assert usual[0].low == 0 and usual[-1].high == 880 and not usual[-1].high_open
    longest = guide.questions.ranges("max_duration_s", {"typical_duration_s": 90.0})
    assert longest[0].low == 90 and longest[-1].high == DESCRIPTORS["max_duration_s"].maximum
    open_ = guide.questions.ranges("typical_duration_s", {"max_duration_s": InRange(450.0, "below 15 min")})
    assert open_[-1].high == DESCRIPTORS["typical_duration_s"].maximum


def test_a_product_gives_thresholds_once_its_other_factors_are_known(guide: Guide) -> None:
    alone = guide.questions.ranges("invocations_per_month", {})
    known = guide.questions.ranges("invocations_per_month", {"typical_duration_s": 10.0, "memory_mb": 1024.0})
    assert {end.low for end in known} - {end.low for end in alone}


def test_a_limit_is_explained_with_its_source(guide: Guide) -> None:
    question = guide.questions.ask("max_duration_s", {})
    longest = guide.questions.consequences(question, {})[-1]
    said = dict(longest.effects)
    assert "AWS Lambda" in said["rules out"]
    assert any(cited.key.startswith("aws-") or cited.key == "compute-notes" for cited in longest.sources)


def test_nothing_is_said_of_a_service_that_is_out_already(guide: Guide) -> None:
    answers = {"gpus": 1.0}  # rules Lambda out
    question = guide.questions.ask("kind", answers)
    effects = [effect for each in guide.questions.consequences(question, answers) for effect in each.effects]
    assert effects and all("AWS Lambda" not in names for _, names in effects)


def test_an_answer_that_stands_does_not_narrow_its_own_question(guide: Guide) -> None:
    open_ = guide.questions.ask("max_duration_s", {})
    again = guide.questions.ask("max_duration_s", {"max_duration_s": 10.0})
    assert open_.choices == again.choices


@pytest.mark.parametrize("field", ["kind", "state", "traffic", "packaging", "protocol", "server_management"])
def test_no_answer_both_favours_a_service_and_counts_against_it(guide: Guide, field: str) -> None:
    for consequence in guide.questions.consequences(guide.questions.ask(field, {}), {}):
        effects = {does: set(names) for does, names in consequence.effects}
        assert effects.get("favours", set()).isdisjoint(effects.get("counts against", set())), consequence.choice


def test_an_answer_that_points_outside_names_the_place(guide: Guide) -> None:
    products = guide.questions.consequences(guide.questions.ask("product_class", {}), {})
    (database,) = (each for each in products if each.choice.value == "database")
    favoured = dict(database.effects)["favours"]
    assert places()["managed_database"].name in favoured and SERVICE_NAMES[NONE] not in favoured


@pytest.mark.parametrize("field", ["server_management", "scale_to_zero", "packaging"])
def test_an_answer_that_counts_against_a_place_outside_names_it(guide: Guide, field: str) -> None:
    found = guide.questions.consequences(guide.questions.ask(field, {}), {})
    against = {name for each in found for does, names in each.effects if does == "counts against" for name in names}
    assert against & {place.name for place in places().values()} and SERVICE_NAMES[NONE] not in against
