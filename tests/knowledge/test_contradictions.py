from __future__ import annotations

import pytest

from whichcompute.classifier import cases
from whichcompute.knowledge.contradictions import contradictions, settled
from whichcompute.knowledge.descriptors import Value, read


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"typical_duration_s": "20m", "max_duration_s": "15m"}, ["20 min", "15 min"]),
        (
            {"invocations_per_month": 26280000, "typical_duration_s": 1, "peak_concurrency": 2},
            ["average concurrency of 10", "peak concurrency of 2"],
        ),
        ({"traffic": "rare", "invocations_per_month": 26280000, "typical_duration_s": 1}, ["idle"]),
        ({"kind": "website", "protocol": "none"}, ["connection"]),
        ({"app_stack": "wordpress", "language": "java"}, ["WordPress", "PHP", "Java"]),
        ({"static_content": True, "kind": "server", "shared_filesystem": True}, ["network drive"]),
        ({"static_content": True, "active_directory": True}, ["domain"]),
        ({"kind": "batch_job", "protocol": "grpc"}, ["gRPC"]),
        ({"kind": "web_api", "tightly_coupled": True}, ["batch job", "web API"]),
    ],
    ids=[
        *("run times", "peak below average", "rare but always on", "a site that nobody reaches", "stack and language"),
        *("a network drive", "files in a domain", "a job with clients", "coupled nodes with clients"),
    ],
)
def test_answers_that_do_not_go_together_are_named(fields: dict[str, object], words: list[str]) -> None:
    found = contradictions(read(fields))
    assert found and all(word in found[0].text for word in words)
    assert set(found[0].fields) <= set(fields)


@pytest.mark.parametrize(
    "fields",
    [{"typical_duration_s": 900.0, "max_duration_s": 900.0}, {"typical_duration_s": 900.0}, {}],
    ids=["as long as the longest", "one of the two", "nothing"],
)
def test_answers_that_go_together_are_not(fields: dict[str, Value]) -> None:
    assert contradictions(fields) == []


SERVER = {"kind", "static_content", "max_duration_s", "typical_duration_s", "invocations_per_month", "language"}
"""What nobody asks of a standard product to which clients connect."""


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"kind": "batch_job"}, {"static_content", "protocol"}),
        ({"product_class": "ftp"}, {"static_content"}),
        ({"kind": "server", "product_class": "database"}, {*SERVER, "autoscaling"}),
        ({"product_class": "cache"}, SERVER),
        ({"kind": "server", "shared_filesystem": True}, {"static_content"}),
        ({"active_directory": True}, {"static_content"}),
        ({"kind": "dev_environment"}, {"static_content", "autoscaling"}),
        ({"environment": "hobby"}, {"autoscaling", "private_network"}),
        ({"kind": "website", "app_stack": "wordpress"}, {"static_content", "max_duration_s", "tightly_coupled"}),
        ({"kind": "website", "app_stack": "nginx"}, {"max_duration_s", "tightly_coupled"}),
        ({"fixed_price": True}, set()),  # whether it must scale is asked all the same
        ({"kind": "website"}, {"max_duration_s", "tightly_coupled"}),
        ({"kind": "web_api"}, {"static_content", "tightly_coupled"}),  # coupled nodes are a job's
    ],
)
def test_what_only_one_answer_fits_is_settled(values: dict[str, Value], fields: set[str]) -> None:
    assert settled(values) == fields


def test_no_real_decision_contradicts_itself() -> None:
    assert [case.id for case in cases.read_cases([cases.shipped()]) if contradictions(case.values)] == []
