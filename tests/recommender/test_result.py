"""The result objects are tested where they are built: test_recommend.py; here only what they promise by themselves."""

from __future__ import annotations

from html import escape

from whichcompute import Engine
from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES
from whichcompute.presentation.recommendation import render


def test_every_service_has_a_name() -> None:
    assert set(SERVICE_NAMES) == {*SERVICES, "none"}


def test_it_prints_as_the_command_does_and_shows_itself_in_a_line(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "event_handler", "state": "stateless", "max_duration_s": 10})
    assert str(recommendation) == render(recommendation)
    assert repr(recommendation) == f"<Recommendation 'lambda', decided, confidence {recommendation.confidence:.2f}>"
    assert recommendation._repr_html_() == f"<pre>{escape(str(recommendation))}</pre>"


def test_the_probabilities_are_those_of_the_verdicts(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "website"})
    assert recommendation.probabilities == {v.service: v.probability for v in recommendation.verdicts}
    assert recommendation.model_dump()["probabilities"] == recommendation.probabilities
