"""`whichcompute recommend` with --what-if, --path-to and --adr, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run

GIVEN = ["recommend", "--set", "kind=event_handler", "--set", "max_duration_s=20m"]


def test_a_what_if_in_words_and_as_json(run: Run) -> None:
    words = run(*GIVEN, "--what-if", "max_duration_s=5m", "--what-if", "memory_mb=1GB")
    assert words.status == 0 and words.out.startswith("What if maximum duration were 5 min (now 20 min), memory")
    data = json.loads(run(*GIVEN, "--what-if", "max_duration_s=5m", "--json").out)
    assert data["after"]["service"] == "lambda" and data["changes"] == {"max_duration_s": 300}


def test_a_path_in_words_and_as_json(run: Run) -> None:
    assert "To make AWS Lambda the leading answer" in run(*GIVEN, "--path-to", "lambda").out
    data = json.loads(run(*GIVEN, "--path-to", "lambda", "--json").out)
    assert data["steps"][0]["field"] == "max_duration_s" and data["after"]["service"] == "lambda"


def test_a_decision_record_is_written_beside_the_recommendation(run: Run, tmp_path: Path) -> None:
    record = tmp_path / "0001-compute.md"
    done = run(*GIVEN, "--adr", record)
    assert done.status == 0 and str(record) in done.err and done.out.startswith("ECS on Fargate")
    text = record.read_text(encoding="utf-8")
    assert text.startswith("# Run the event handler on ECS on Fargate") and "## Sources" in text
    assert "AWS Lambda if maximum duration is" in text
    assert [path.name for path in tmp_path.iterdir()] == [record.name]


def test_in_full_the_answers_that_overturn_are_told(run: Run) -> None:
    assert "Single answers that would overturn this" in run(*GIVEN, "--full").out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--path-to", "ec2"], ["ec2", "lambda", "lightsail"]),
        (["--what-if", "max_duration_s"], ["FIELD=VALUE"]),
        (["--what-if", "colour=red"], ["colour", "no such field"]),
        (["--what-if", "memory_mb=1GB", "--path-to", "lambda"], ["--what-if", "--path-to"]),
        (["--adr", "no-such-folder/record.md"], ["no-such-folder", "cannot be written"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_wrong_usage_is_told_with_status_2(run: Run, args: list[str], words: list[str]) -> None:
    done = run(*GIVEN, *args)
    assert done.status == 2 and done.out == "" and all(word in done.err for word in words), done.err
