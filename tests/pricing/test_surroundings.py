from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import estimate, lines

SERVER = {"kind": "server", "memory_mb": 2048.0, "vcpus": 0.5, "os": "linux"}


@pytest.mark.parametrize(
    ("service", "values", "label", "gb"),
    [
        ("fargate", {"stored_data_gb": 100.0}, "EFS storage", 100),
        ("ecs_ec2", {"stored_data_gb": 100.0}, "EBS volumes for data", 100),
        ("ecs_ec2", {"stored_data_gb": 100.0, "high_availability": True}, "EBS volumes for data", 200),
        ("ecs_ec2", {"stored_data_gb": 100.0, "shared_filesystem": True}, "EFS storage", 100),
        ("fargate", {"shared_filesystem": True}, "EFS storage", 10),
        ("fargate", {"packaging": "container", "package_mb": 512.0}, "ECR image storage", 0.5),
    ],
    ids=str,
)
def test_what_is_kept_is_a_line(service: str, values: dict[str, Any], label: str, gb: float) -> None:
    assert lines(estimate(service, **SERVER, **values))[label] == gb


def test_windows_tasks_have_no_efs() -> None:
    cost = estimate("fargate", **{**SERVER, "os": "windows"}, stored_data_gb=100.0, shared_filesystem=True)
    assert "EFS storage" not in lines(cost)


def test_logs_count_in_production_and_elsewhere_in_the_high_estimate_only() -> None:
    runs = {"kind": "event_handler", "invocations_per_month": 1e7, "typical_duration_s": 0.1, "memory_mb": 512.0}
    live, test = (estimate("lambda", environment=where, **runs) for where in ("production", "dev_test"))
    assert lines(live)["CloudWatch Logs"] == pytest.approx(1e7 * 0.4 / 1024**2)
    assert "CloudWatch Logs" not in lines(test)
    assert test.high - test.expected == pytest.approx(1e7 / 1024**2 * 0.5)


def test_logs_of_functions_get_cheaper_with_volume() -> None:
    runs = {"kind": "event_handler", "invocations_per_month": 1e11, "typical_duration_s": 0.1, "memory_mb": 512.0}
    prices = [
        line.unit_price for line in estimate("lambda", environment="production", **runs).lines if "Logs" in line.label
    ]
    assert prices == [0.5, 0.25, 0.1]
