from __future__ import annotations

import pytest

from whichcompute.importers.quantities import (
    compose_mb,
    ecs_cpu,
    ecs_mb,
    kubernetes_cpu,
    kubernetes_mb,
    number,
    seconds,
)


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (compose_mb, "512M", 512), (compose_mb, "512mb", 512), (compose_mb, "1g", 1024), (compose_mb, "10000M", 10000),
        (compose_mb, "524288000", 500), (compose_mb, "2G", 2048), (compose_mb, "3697672192b", 3526.375),
        (kubernetes_mb, "512Mi", 512), (kubernetes_mb, "1G", 954), (kubernetes_mb, "1.5Gi", 1536),
        (kubernetes_mb, "1073741824", 1024), (kubernetes_mb, "1000Mi", 1000),
        (kubernetes_cpu, "250m", 0.25), (kubernetes_cpu, "1", 1), (kubernetes_cpu, "0.5", 0.5),
        (ecs_mb, "512", 512), (ecs_mb, "1 GB", 1024), (ecs_mb, "2GB", 2048), (ecs_cpu, "256", 0.25),
        (ecs_cpu, ".5 vCPU", 0.5), (ecs_cpu, "1 vCPU", 1), (seconds, "1h30m", 5400), (seconds, "600", 600),
        (number, "0.5", 0.5),
    ],
)  # fmt: skip
def test_a_size_is_read_in_the_units_of_its_platform(read, text: str, expected: float) -> None:
    assert read(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (compose_mb, "${MEM}"), (compose_mb, "512Q"), (compose_mb, ""), (kubernetes_mb, "1 Gi!"), (kubernetes_mb, "1g"),
        (kubernetes_cpu, "1k"), (ecs_mb, "4"), (ecs_mb, "lots"), (ecs_cpu, "0"), (ecs_cpu, "x"), (seconds, "1h-"),
        (seconds, ""), (number, "-1"), (number, "1e3"), (number, "nan"),
    ],
)  # fmt: skip
def test_what_is_no_size_is_nothing(read, text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("read", [compose_mb, ecs_cpu, ecs_mb, kubernetes_cpu, kubernetes_mb, number, seconds])
@pytest.mark.parametrize("text", ["9" * 400, f"{'9' * 400}Gi", f"{'9' * 400}s", f"{'9' * 5000}:00:00"])
def test_a_number_of_hundreds_of_digits_is_none(read, text: str) -> None:
    assert read(text) is None
