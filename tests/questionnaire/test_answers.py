from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.documents import parse_workload, read_workload
from whichcompute.base.errors import InventoryError
from whichcompute.base.units import InRange, range_words
from whichcompute.engine import Engine
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, read
from whichcompute.questionnaire import Guide, Interview
from whichcompute.questionnaire.answers import as_yaml, save_answers
from whichcompute.questionnaire.respondents import possible_values


def test_saved_answers_are_read_back_and_go_on(guide: Guide, interview: Interview, tmp_path: Path) -> None:
    interview.answer("kind", "web_api")
    interview.answer("max_duration_s", InRange(1800.0, "above 15 min"))
    interview.answer("gpus", None)
    interview.answer("shared_filesystem", False)
    path = tmp_path / "answers.yaml"
    save_answers(interview, path)
    assert "max_duration_s: 1800  # 1800 represents: above 15 min" in path.read_text()
    again = Interview(guide=guide, answers=read_workload(str(path)))
    assert again.answers == interview.answers and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("field", DECIDING)
def test_every_value_survives(interview: Interview, tmp_path: Path, field: str) -> None:
    numbers = [0.0, 1.0, 12345678.0, 0.25]
    known = DESCRIPTORS[field].type == "number"
    values = [v for v in numbers if v == int(v) or not DESCRIPTORS[field].integer] if known else possible_values(field)
    for value in values:
        if known and value > DESCRIPTORS[field].maximum:
            continue
        interview.answer(field, value)
        path = tmp_path / "a.yaml"
        save_answers(interview, path)
        assert read(read_workload(str(path))) == read({field: value})


def test_words_of_ranges_are_read_back_and_stay(guide: Guide, interview: Interview) -> None:
    interview.answer("max_duration_s", InRange(20.0, "less than 30 s"))
    interview.answer("gpus", 0.0)
    text = as_yaml(interview)
    again = Interview(guide=guide, answers=parse_workload(text, "a.yaml", ".yaml"))
    assert as_yaml(again) == text and again.steps["max_duration_s"].words == "less than 30 s"


def test_a_number_that_was_edited_stands_for_itself() -> None:
    text = "max_duration_s: 45  # 20 represents: less than 30 s\nmemory_mb: 512  # 512 measured in May\n"
    assert [range_words(value) for value in read(parse_workload(text, "a.yaml")).values()] == ["", ""]


def test_reasons_and_records_say_the_range_that_was_answered(interview: Interview) -> None:
    for field, value in {
        "kind": "event_handler",
        "state": "stateless",
        "max_duration_s": InRange(20.0, "below 30 s"),
    }.items():
        interview.answer(field, value)
    recommendation = interview.recommendation()
    told = "\n".join(reason.text for verdict in recommendation.verdicts for reason in verdict.reasons)
    assert "below 30 s" in told and "20 s" not in told
    record = Engine.default().record(recommendation.workload)
    assert "| maximum duration | below 30 s |" in record and '"max_duration_s": "below 30 s"' in record


def test_no_answers_are_read_back_as_none(interview: Interview, tmp_path: Path) -> None:
    save_answers(interview, tmp_path / "a.yaml")
    assert read_workload(str(tmp_path / "a.yaml")) == {}


@pytest.mark.parametrize("text", ["a: b # c", "beyond U+FFFF: \U0001f4a9", 'a "quote" \\ and\ta tab', "a\u2028b\x85"])
def test_texts_stay(guide: Guide, text: str) -> None:
    saved = as_yaml(Interview(guide=guide, answers={"description": text}))
    assert parse_workload(saved, "a.yaml", ".yaml") == {"description": text}


@pytest.mark.parametrize("name", ["a.toml", "a.JSON"])
def test_answers_take_no_name_that_is_read_as_another_format(interview: Interview, tmp_path: Path, name: str) -> None:
    with pytest.raises(InventoryError, match=f"{name}: answers are saved as YAML"):
        save_answers(interview, tmp_path / name)
    assert not list(tmp_path.iterdir())
