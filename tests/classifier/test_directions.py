from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.classifier import directions
from whichcompute.knowledge.services import ANSWERS


def test_every_shipped_direction_has_a_reason_and_none_is_declared_twice() -> None:
    declared = directions.load()
    assert all(direction.because.endswith(".") for direction in declared)
    keys = [(d.field, d.answers, d.against, d.rises, d.end) for d in declared]
    assert len(set(keys)) == len(keys) > 20
    volume = next(direction for direction in declared if direction.field == "invocations_per_month")
    assert volume.answers == {"lambda"}
    assert volume.against == {*ANSWERS} - {"lambda"}


def test_a_direction_can_hold_between_two_values_only(tmp_path: Path) -> None:
    file = tmp_path / "directions.toml"
    file.write_text(
        '[[direction]]\nfield = "max_duration_s"\nfalls = ["lambda"]\nbecause = "x"\nstart = "1m"\nend = "7d"\n'
        '[[direction]]\nfield = "state"\nfalls = ["lambda"]\nbecause = "x"\nend = "session"\n'
    )
    duration, state = directions.load(file)
    assert (duration.start, duration.end) == (60.0, 604800.0)
    assert (state.start, state.end) == (None, "session")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('field = "memory_mb"\nfalls = ["lambda"]', "because: is missing"),
        ('field = "memory_mb"\nbecause = "x"', "needs either falls or rises"),
        ('field = "memory"\nfalls = ["lambda"]\nbecause = "x"', "no descriptor 'memory'"),
        ('field = "gpus"\nrises = ["kubernetes"]\nbecause = "x"', "must be a list of some of lambda, fargate"),
        ('field = "gpus"\nrises = ["batch"]\nagainst = ["batch"]\nbecause = "x"', "cannot be held against itself"),
        ('field = "gpus"\nrises = ["batch"]\nbecause = "x"\nend = "many"', "gpus: "),
    ],
    ids=["no reason", "no answer", "unknown field", "unknown answer", "against itself", "no value"],
)
def test_a_bad_direction_is_refused_with_its_number(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "directions.toml"
    file.write_text(f"[[direction]]\n{text}\n")
    with pytest.raises(DataError, match=r"directions\.toml: direction 1") as error:
        directions.load(file)
    assert problem in str(error.value)
