from __future__ import annotations

import re

from whichcompute import Engine
from whichcompute.presentation.markdown import markdown


def test_every_service_is_a_row_of_the_table_with_its_reasons_and_linked_sources(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "web_api", "max_duration_s": 1200})
    rows = [line for line in markdown(recommendation).splitlines() if line.startswith("|")][2:]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [v.name for v in recommendation.verdicts]
    (row,) = (row for row in rows if row.startswith("| AWS Lambda"))
    assert "ruled out" in row and "(lambda.duration-exceeds-limit" in row and re.search(r"\[[^]]+\]\(<https://", row)
    assert {row.count(" | ") for row in rows} == {5}


def test_text_of_a_workload_or_a_pack_is_not_markdown(engine: Engine) -> None:
    text = markdown(engine.recommend({"workload_id": "a|<b>", "kind": "web_api"}))
    assert "<b>" not in text


def test_where_nothing_is_left_the_table_says_none(engine: Engine) -> None:
    text = markdown(engine.recommend({"os": "other", "host_access": "kernel"}))
    assert text.startswith("**A hard limit rules out every service compared; consider Amazon EC2")
