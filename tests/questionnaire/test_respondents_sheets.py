from __future__ import annotations

from whichcompute.classifier import cases
from whichcompute.questionnaire.respondents import load


def test_every_real_decision_is_a_sheet_as_it_stands() -> None:
    known = dict(zip(load().origins, load().sheets, strict=True))
    for decision in cases.read_cases([cases.shipped()]):
        assert known[decision.id] == decision.values
