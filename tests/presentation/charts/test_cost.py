from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings

from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.base.errors import WhichcomputeError
from whichcompute.base.words import about, short
from whichcompute.counterfactual.break_even import break_even
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.presentation.charts import cost_chart

SVG = "{http://www.w3.org/2000/svg}"
API = {"kind": "web_api", "invocations_per_month": 2e6, "typical_duration_s": 0.2, "memory_mb": 512.0}
JOB = {"kind": "batch_job", "invocations_per_month": 3000.0, "typical_duration_s": 600.0, "memory_mb": 4096.0}


def chart(engine: Engine, values: dict[str, Any], **options: Any) -> ET.Element:
    return ET.fromstring(cost_chart(engine.recommender, values, **options))


def texts(picture: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in picture.iter(f"{SVG}text")]


def lines(picture: ET.Element) -> dict[str, ET.Element]:
    paths = ((path.find(f"{SVG}title"), path) for path in picture.iter(f"{SVG}path"))
    return {title.text or "": path for title, path in paths if title is not None}


@pytest.mark.parametrize("values", [API, JOB], ids=["api", "job"])
def test_each_service_that_is_left_has_a_line_and_its_name(engine: Engine, values: dict[str, Any]) -> None:
    picture, recommendation = chart(engine, values), engine.recommend(values)
    left = {v.name for v in recommendation.verdicts if v.status != "ruled_out" and v.monthly_cost_usd}
    assert set(lines(picture)) == left and left <= set(texts(picture))
    widths = {name: float(path.get("stroke-width", 0)) for name, path in lines(picture).items()}
    assert max(widths, key=lambda name: widths[name]) == SERVICE_NAMES[recommendation.service]


def test_what_is_ruled_out_is_said(engine: Engine) -> None:
    assert "Not drawn: AWS Batch (ruled out)." in " ".join(texts(chart(engine, API)))


def test_workload_and_crossovers_are_marked(engine: Engine) -> None:
    picture = chart(engine, API)
    found = break_even(engine.recommender, API)[0]
    assert {"this workload: 2 million requests a month", short(found.ranges[0].end)} <= set(texts(picture))
    rings = [circle for circle in picture.iter(f"{SVG}circle") if circle.get("stroke")]
    assert len(rings) == len({r.start for r in (*found.ranges[1:], *found.leaders[1:])})
    cost = engine.recommend(API).verdicts[0].monthly_cost_usd
    assert cost is not None and f"{about(cost.expected)} for this workload" in texts(picture)


def test_runs_are_called_runs(engine: Engine) -> None:
    picture = chart(engine, JOB)
    assert "Monthly cost by number of jobs" in texts(picture) and "jobs a month" in texts(picture)


def test_a_screen_reader_has_title_and_description(engine: Engine) -> None:
    picture = chart(engine, API, name="c7")
    title, description = (picture.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert title is not None and description is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}" == "c7-title c7-desc"
    text = break_even(engine.recommender, API)[0].text
    verdicts = [v for v in engine.recommend(API).verdicts if v.status != "ruled_out" and v.monthly_cost_usd]
    costs = sorted((v.monthly_cost_usd.expected, v.name) for v in verdicts)
    said = ", ".join(f"{name} {about(cost)}" for cost, name in costs)
    assert description.text == f"{text} Costs a month of this workload: {said}."


def test_the_picture_stands_alone(engine: Engine) -> None:
    text = cost_chart(engine.recommender, API)
    assert not re.search(r"<script|<image|<use|<foreignObject|href|@import|url\(|\bon\w+=", text)
    assert text.count("http") == 1  # the name space


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "a\"b'&c", "line\nbreak\x00\x1b[31m", "\ud800 half", "x" * 500],
    ids=["markup", "quotes", "control characters", "half a character", "long"],
)
def test_a_hostile_workload_name_stays_text(engine: Engine, name: str) -> None:
    text = cost_chart(engine.recommender, {**API, "workload_id": name}, name='"><b>')
    title = next(text for text in texts(ET.fromstring(text)) if text.startswith("Monthly cost"))
    assert len(title) < 90 and title.isprintable()
    assert "<script" not in text and "<b>" not in text
    text.encode()


def test_what_is_drawn_stays_within_the_picture(engine: Engine) -> None:
    for values in (API, JOB, {**API, "invocations_per_month": 5e14}, {**API, "invocations_per_month": 1.0}):
        picture = chart(engine, values)
        width = float(picture.get("width", 0))
        numbers = [float(n) for path in lines(picture).values() for n in re.findall(r"[\d.]+", path.get("d", ""))]
        assert max(numbers) <= width
        assert all(0 <= float(text.get("x", -1)) <= width for text in picture.iter(f"{SVG}text"))


@pytest.mark.parametrize("calls", [None, 0.0], ids=["unknown", "never called"])
def test_a_workload_that_has_no_place_on_the_axis_is_not_marked(engine: Engine, calls: float | None) -> None:
    values = {name: value for name, value in API.items() if name != "invocations_per_month"}
    picture = chart(engine, values if calls is None else {**values, "invocations_per_month": calls})
    assert not any("this workload" in text for text in texts(picture))
    assert short(break_even(engine.recommender, API)[0].ranges[0].end) in texts(picture)


def test_the_free_tier_is_said(engine: Engine) -> None:
    assert any("the free tier of Lambda deducted" in text for text in texts(chart(engine, API, free_tier=True)))
    assert any("no free tier counted" in text for text in texts(chart(engine, API)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "web_api"}, "must say typical_duration_s or max_duration_s"),
        ({"kind": "server", "os": "other", "typical_duration_s": 1.0}, "fewer than two have an estimate"),
    ],
    ids=["no duration", "no cost depends on calls"],
)
def test_a_chart_that_would_show_nothing_is_refused(engine: Engine, values: dict[str, Any], message: str) -> None:
    with pytest.raises(WhichcomputeError, match=message):
        cost_chart(engine.recommender, values)


@settings(max_examples=25, deadline=None)
@given(workloads())
def test_any_workload_has_a_well_formed_chart_or_a_reason(values: dict[str, Any]) -> None:
    try:
        ET.fromstring(cost_chart(Engine.default().recommender, {**values, "typical_duration_s": 0.5}))
    except WhichcomputeError as error:
        assert str(error).startswith("no cost chart: ")


def test_the_same_workload_gives_the_same_chart(engine: Engine) -> None:
    assert cost_chart(engine.recommender, API) == cost_chart(engine.recommender, dict(reversed(API.items())))
