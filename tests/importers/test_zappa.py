from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known, likely

WEB = """
{
  "base": {"app_function": "shop.app", "s3_bucket": "b", "timeout_seconds": 30, "runtime": "python3.11"},
  "dev": {"extends": "base", "memory_size": 256, "keep_warm": true},
  "production": {"extends": "base", "memory_size": 1024, "environment_variables": {"KEY": "hush-hush-1"}}
}
"""


def test_an_application_is_one_workload_with_the_settings_of_production(found: Found) -> None:
    scan = found({"zappa_settings.json": WEB})
    (workload,) = scan.workloads
    assert known(workload) == {"max_duration_s": 30, "memory_mb": 1024, "language": "python", "protocol": "http"}
    assert likely(workload)["kind"] == "web_api" and workload.workload_id == "shop"
    assert "hush-hush-1" not in scan.model_dump_json()


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ('{"function": "a.b", "expression": "rate(1 hour)"}', ("scheduled_task", 730)),
        ('{"function": "a.b", "event_source": {"arn": "arn:aws:sqs:us-east-1:1:q"}}', ("queue_worker", None)),
    ],
)
def test_events_without_an_api_are_the_workload(found: Found, event: str, expected: tuple[str, int | None]) -> None:
    text = f'{{"prod": {{"s3_bucket": "b", "lambda_handler": "x", "apigateway_enabled": false, "events": [{event}]}}}}'
    (workload,) = found({"zappa_settings.json": text}).workloads
    assert (known(workload)["kind"], known(workload).get("invocations_per_month")) == expected


def test_settings_in_yaml_and_toml(found: Found) -> None:
    yaml = "prod:\n  django_settings: a.settings\n  s3_bucket: b\n  memory_size: 512\n"
    toml = '[prod]\napp_function = "b.app"\ns3_bucket = "b"\nmemory_size = 256\n'
    first, second = found({"a/zappa_settings.yml": yaml, "b/zappa_settings.toml": toml}).workloads
    assert (known(first)["memory_mb"], known(second)["memory_mb"]) == (512, 256)
