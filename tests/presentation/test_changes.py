from __future__ import annotations

import re

import pytest

from whichcompute import Engine
from whichcompute.counterfactual.paths import path_to, sensitivity
from whichcompute.knowledge.descriptors import read
from whichcompute.knowledge.services import SERVICES
from whichcompute.presentation.changes import render_path, render_sensitivity, render_what_if

WORKLOAD = {"kind": "event_handler", "max_duration_s": "20m", "invocations_per_month": 200_000, "state": "session"}

STATELESS = {key: value for key, value in WORKLOAD.items() if key != "state"}  # sessions do not stay in a function


def texts(engine: Engine, width: int) -> list[str]:
    values = read(WORKLOAD)
    paths = [render_path(path_to(engine.recommender, values, service), width=width) for service in SERVICES]
    what_if = render_what_if(engine.what_if(WORKLOAD, max_duration_s="5m", state=None), width=width)
    return [*paths, what_if, render_sensitivity(sensitivity(engine.recommender, values), width=width)]


@pytest.mark.parametrize("width", [70, 100])
def test_every_line_fits(engine: Engine, width: int) -> None:
    assert not [line for text in texts(engine, width) for line in text.splitlines() if len(line) > width]


def test_a_what_if_shows_both_sides_and_what_made_the_difference(engine: Engine) -> None:
    text = render_what_if(engine.what_if(STATELESS, max_duration_s="5m"))
    assert text.startswith("What if maximum duration were 5 min (now 20 min)?")
    assert re.search(r"AWS Lambda +ruled out +>?\d+%", text)
    assert "changes from ECS on Fargate to AWS Lambda" in text
    assert "Rules that no longer apply" in text and "[lambda.duration-exceeds-limit-unless-split]" in text


def test_a_what_if_that_changes_nothing_says_so(engine: Engine) -> None:
    text = render_what_if(engine.what_if(WORKLOAD, max_duration_s="21m"))
    assert "The recommendation stays ECS on Fargate" in text


def test_a_path_tells_steps_effort_and_what_to_do(engine: Engine) -> None:
    text = render_path(engine.path_to(STATELESS, "lambda"))
    assert text.startswith("To make AWS Lambda the leading answer (1 step, total effort 3):")
    assert "1. maximum duration: from 20 min to at most 15 min" in text and "Effort 3: code or" in text
    assert "Split the work" in text and "Afterwards: AWS Lambda" in text


def test_no_path_tells_which_limit_stands_with_its_source(engine: Engine) -> None:
    text = " ".join(render_path(engine.path_to({"kind": "website"}, "batch")).split())
    assert "it is ruled out by" in text and "[batch.long-running-service: " in text


def test_a_service_that_is_in_front_needs_no_path(engine: Engine) -> None:
    text = render_path(engine.path_to(WORKLOAD, "fargate"))
    assert text.startswith("ECS on Fargate is the recommendation already.")
    assert "ECS on Fargate would be decided if these open questions are answered so:\n  - typical duration" in text
    decided = {**WORKLOAD, "typical_duration_s": 30}
    assert render_path(engine.path_to(decided, "fargate")) == "ECS on Fargate is the recommendation already."


def test_single_answers_stand_under_the_service_they_lead_to(engine: Engine) -> None:
    flips = sensitivity(engine.recommender, read(STATELESS))
    text = render_sensitivity(flips)
    assert re.search(r"AWS Lambda, if\n    - maximum duration is .*at most 15 min \(now 20 min\)", text)
    assert render_sensitivity([]) == "No single answer would overturn this."


def test_styling_only_adds_marks(engine: Engine) -> None:
    path = engine.path_to(WORKLOAD, "lambda")
    marked = render_path(path, style=lambda text, role: f"<{role}>{text}</{role}>")
    assert re.sub(r"</?(title|good|bad|warn|dim|plain)>", "", marked) == render_path(path)
