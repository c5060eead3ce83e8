from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import whichcompute as package
from tests.knowledge.price_lists import price_list, times
from tests.rule_packs import rule
from whichcompute import DataError, Engine, WhichcomputeError, Workload, WorkloadError
from whichcompute.knowledge import facts

FIELDS = {"kind": "event_handler", "max_duration_s": 12, "state": "stateless"}
POLICY = rule("lambda.not-here", "kind == 'event_handler'")


def test_the_package_is_one_door() -> None:
    assert package.recommend(FIELDS).service == "lambda"
    assert package.recommend(Workload(**FIELDS)) == package.recommend(FIELDS)
    with pytest.raises(WorkloadError, match="runtme"):
        package.recommend({"runtme": "x"})


def test_two_engines_with_other_rules_do_not_see_each_other(tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text(POLICY)
    ours = Engine(rules=pack)
    assert ours.recommend(FIELDS).service != "lambda"
    assert Engine.default().recommend(FIELDS).service == "lambda"
    assert ours.recommend(FIELDS).fingerprint != Engine.default().recommend(FIELDS).fingerprint


def test_the_same_rules_facts_and_model_have_the_same_fingerprint() -> None:
    assert Engine().recommend({}).fingerprint == Engine().recommend({}).fingerprint
    assert Engine(as_of=date(2026, 1, 1)).recommend({}).fingerprint != Engine().recommend({}).fingerprint


def test_facts_can_be_handed_over() -> None:
    old = Engine(facts=facts.load(date(2017, 1, 1)))
    by = {v.service: v.status for v in old.recommend({"max_duration_s": 600}).verdicts}
    assert by["lambda"] == "ruled_out"


def test_one_engine_serves_many_threads(engine: Engine) -> None:
    workloads = [{"kind": "batch_job", "max_duration_s": n} for n in range(1, 2000, 10)]
    expected = [engine.recommend(workload) for workload in workloads]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(engine.recommend, workloads)) == expected


def test_what_if_shows_before_and_after(engine: Engine) -> None:
    result = engine.what_if(FIELDS, max_duration_s="20m")
    assert result.before.service == "lambda" != result.after.service
    assert [change.rule for change in result.rules if change.appears and change.service == "lambda"][:1]
    assert engine.what_if(FIELDS, state=None).changes == {"state": None}
    with pytest.raises(WorkloadError, match="allowed"):
        engine.what_if(FIELDS, os="beos")


def test_every_answer_counts_the_free_tier_when_asked_to(engine: Engine) -> None:
    fields = {**FIELDS, "memory_mb": 512, "invocations_per_month": 100_000}
    paid, free = (engine.what_if(fields, free_tier=tier, memory_mb=512).before for tier in (False, True))
    costs = [next(v.monthly_cost_usd for v in r.verdicts if v.service == "lambda") for r in (paid, free)]
    assert costs[0] is not None and costs[1] is not None and costs[1].expected < costs[0].expected
    assert free == engine.recommend(fields, free_tier=True)
    assert engine.path_to(fields, "lambda", free_tier=True).service == "lambda"


def test_what_the_command_line_writes_is_made_by_the_engine(engine: Engine) -> None:
    fields = {**FIELDS, "memory_mb": 512, "invocations_per_month": 100_000}
    assert engine.chart(fields).startswith("<svg")
    assert engine.record(fields).startswith("# Run the event handler on AWS Lambda")
    assert engine.break_even(fields) is not None
    assert {flip.field for flip in engine.sensitivity(fields)} & {"max_duration_s", "kind", "state"}


def test_interviews_share_what_is_prepared_for_them(engine: Engine) -> None:
    assert engine.interview().guide is engine.interview({"kind": "website"}).guide


def test_a_default_region_applies_to_workloads_and_rows_that_name_none(tmp_path: Path) -> None:
    price_list(tmp_path / "saudi.toml", "me-west-1", times(facts.load(), 2))
    ours, there = Engine(rules=tmp_path), Engine(rules=tmp_path, region="me west 1")
    asked: dict[str, object] = {"kind": "web_api", "invocations_per_month": 1e6, "typical_duration_s": 0.2}
    said = ours.recommend({**asked, "region": "me-west-1"})
    assert there.recommend(asked).model_dump() == {
        **said.model_dump(),
        "fingerprint": there.recommender.fingerprint,
    }
    cost, home = said.verdicts[0].monthly_cost_usd, ours.recommend(asked).verdicts[0].monthly_cost_usd
    assert cost and home and (cost.region, home.region) == ("me-west-1", "us-east-1")
    rows = pl.DataFrame([{**asked, "region": None}, {**asked, "region": "us-east-1"}])
    assert there.score(rows)["monthly_cost_usd"].to_list() == [round(cost.expected, 2), round(home.expected, 2)]
    assert there.interview().known == {"region": "me-west-1"} and ours.interview().known == {}
    assert there.recommender.fingerprint != ours.recommender.fingerprint


def test_what_comes_back_prints_as_its_command_and_is_one_line_in_a_session(engine: Engine) -> None:
    change, path = (
        engine.what_if({"kind": "web_api"}, max_duration_s="2h"),
        engine.path_to({"kind": "web_api"}, "batch"),
    )
    assert str(change).startswith("What if maximum duration were 2 h") and "<pre>What if" in change._repr_html_()
    assert repr(path) == "<Path to 'batch': not reachable>" and "batch.long-running-service" in str(path)
    interview = engine.interview({"kind": "web_api"})
    question = interview.next_question()
    assert question is not None and repr(question) == f"<Question {question.field!r}: {question.text}>"
    assert repr(interview) == "<Interview {'kind': 'web_api'}>"
    assert repr(Workload(kind="web_api", gpus=1)) == "Workload(kind='web_api', gpus=1.0)"
    for shown in (change, path, change.after.verdicts):
        assert "\n" not in repr(shown) and len(repr(shown)) < 400


def test_a_day_that_is_no_date_and_a_folder_without_facts_are_named(tmp_path: Path) -> None:
    with pytest.raises(WhichcomputeError, match="as_of: '2026-11-23' is not a date"):
        Engine(as_of="2026-11-23")
    with pytest.raises(DataError, match="nope: no such folder of facts"):
        Engine(facts=tmp_path / "nope")


def test_a_region_that_is_none_and_a_folder_without_packs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match="region = 'mars-1': allowed: af-south-1"):
        Engine(region="mars-1")
    with pytest.raises(DataError, match=r"no \.toml file in this folder"):
        Engine(rules=tmp_path)
