from __future__ import annotations

import pytest
from hypothesis import given

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import Value
from whichcompute.recommender.missing import MOST


@given(workloads())
def test_only_unknown_fields_are_missing_and_not_too_many(values: dict[str, object]) -> None:
    missing = Engine.default().recommend(values).missing
    assert not set(missing) & set(values) and len(set(missing)) == len(missing) <= MOST


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "kind"),
        ({"kind": "event_handler"}, "max_duration_s"),
        ({"kind": "website"}, "packaging"),
        ({"kind": "website"}, "invocations_per_month"),
    ],
    ids=str,
)
def test_what_would_decide_most_is_asked_for(engine: Engine, fields: dict[str, object], field: str) -> None:
    assert field in engine.recommend(fields).missing


def test_a_field_that_no_rule_waits_for_any_more_is_not_missing(engine: Engine) -> None:
    assert "typical_duration_s" not in engine.recommend({"kind": "server", "protocol": "tcp", "gpus": 1}).missing[:2]


def test_a_field_that_only_moves_answers_which_are_improbable_is_not_asked_first(engine: Engine) -> None:
    first = engine.recommend({"kind": "server", "protocol": "tcp"}).missing[:5]
    assert "packaging" in first and not {"max_duration_s", "typical_duration_s"} & set(first)


def test_a_field_that_changes_nothing_any_more_is_not_missing(engine: Engine) -> None:
    assert "packaging" in engine.recommend({"kind": "server"}).missing
    assert "packaging" not in engine.recommend({"kind": "server", "os": "other"}).missing  # every service is ruled out


@pytest.mark.parametrize("kind", ["website", "web_api", "event_handler"])
def test_what_is_rare_is_not_asked_first(engine: Engine, kind: str) -> None:
    assert not {"gpus", "tightly_coupled", "dedicated_hardware"} & set(engine.recommend({"kind": kind}).missing)


@pytest.mark.parametrize("fields", [{"kind": "batch_job"}, {"kind": "server", "product_class": "game"}])
def test_nobody_asks_whether_a_job_or_a_product_only_serves_files(engine: Engine, fields: dict[str, Value]) -> None:
    assert "static_content" not in engine.recommend(fields).missing
    assert "static_content" not in engine.columns.results(typed_frame([fields]))["missing"][0]


def test_sizes_and_durations_are_asked_of_files_only_where_a_container_serves_them(engine: Engine) -> None:
    files: dict[str, Value] = {"kind": "website", "static_content": True}
    sizes = {"typical_duration_s", "memory_mb", "vcpus", "state"}
    contained = {**files, "packaging": "container"}
    assert not sizes & set(engine.recommend(files).missing)
    assert sizes & set(engine.recommend(contained).missing)
    listed = engine.columns.results(typed_frame([files, contained]))["missing"]
    assert listed.to_list() == [";".join(engine.recommend(values).missing) for values in (files, contained)]
