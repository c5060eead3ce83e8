from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.classifier import directions


def test_every_shipped_direction_has_a_reason_and_none_is_declared_twice() -> None:
    declared = directions.load()
    assert all(direction.because.endswith(".") for direction in declared)
    keys = [(direction.field, direction.answers, direction.rises) for direction in declared]
    assert len(set(keys)) == len(keys) > 20
    assert ("invocations_per_month", frozenset({"lambda"}), False) in keys


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('field = "memory_mb"\nfalls = ["lambda"]', "needs field, because, and either falls or rises"),
        ('field = "memory"\nfalls = ["lambda"]\nbecause = "x"', "no descriptor 'memory'"),
        ('field = "gpus"\nrises = ["kubernetes"]\nbecause = "x"', "must be a list of some of lambda, fargate"),
        ('field = "gpus"\nrises = []\nbecause = "x"', "must be a list of some of"),
    ],
    ids=["no reason", "unknown field", "unknown answer", "no answer"],
)
def test_a_bad_direction_is_refused_with_its_number(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "directions.toml"
    file.write_text(f"[[direction]]\n{text}\n")
    with pytest.raises(DataError, match="direction 1") as error:
        directions.load(file)
    assert problem in str(error.value)
