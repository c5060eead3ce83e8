"""One page of questions on a terminal: what it draws fits, and what belongs together stays together."""

from __future__ import annotations

import pytest
from rich.console import Group

from whichcompute.cli.ask.screen import _Page
from whichcompute.cli.ask.words import explanation, options
from whichcompute.knowledge.descriptors import DONT_KNOW
from whichcompute.questionnaire import Guide, Interview


@pytest.mark.parametrize("height", [30, 50])
def test_an_explanation_stays_on_the_screen_above_the_question(guide: Guide, height: int) -> None:
    interview = Interview({"kind": "web_api"}, guide=guide)
    question = interview.question("memory_mb")
    page = _Page(interview, question, 79, height)
    said = len(explanation(interview, question, 79)) + 1
    page.taken = said
    drawn = page.draw()
    assert isinstance(drawn, Group) and len(drawn.renderables) + said <= height
    for field in ("kind", "packaging"):  # in full of one answer, with its sources
        question = interview.question(field)
        for at, (_, choice) in enumerate(options(question)):
            page = _Page(interview, question, 79, height)
            told = explanation(interview, question, 79, full=True, at=at)
            assert any(f"  {at + 1}: {choice.words if choice else DONT_KNOW}"[:30] in line for line in told)
            assert not any(line.startswith(f"  {at + 2}: ") for line in told)
            page.taken = len(told) + 1
            drawn = page.draw()
            assert isinstance(drawn, Group) and len(drawn.renderables) + page.taken <= height


@pytest.mark.parametrize("height", [24, 30])
def test_of_questions_that_do_not_fit_together_only_the_highlighted_one_unfolds(guide: Guide, height: int) -> None:
    interview = Interview({"kind": "server"}, guide=guide)
    question = interview.question("packaging")
    page = _Page(interview, question, 99, height)
    assert page.press("enter") is None
    for at in range(5, len(options(question))):
        page.at = at
        drawn = page.draw()
        assert isinstance(drawn, Group) and len(drawn.renderables) <= height
        lines = [str(line) for line in drawn.renderables]
        assert all(any(part.text in line for line in lines) for part in question.parts)
        assert any(line.startswith(f"> {at + 1:>3}  ") for line in lines)
        assert any("(1 to 5) source code that the team owns" in line for line in lines)
        choices = [line for line in lines if line[2:5].strip().isdecimal()]
        belongs = {options(question)[int(line[2:5]) - 1][0].field for line in choices}
        assert len(belongs) == 1
