"""Whatever a file holds, a scan ends without an error of its own."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

import whichcompute.importers
from whichcompute.importers.scanning import scan

FOLDER = Path(whichcompute.importers.__file__).parent
WORDS = sorted(
    {word for path in FOLDER.rglob("*.py") for word in re.findall(r'"([A-Za-z][\w:./ -]{1,40})"', path.read_text())}
)
VALUES = [
    "",
    "1",
    "0",
    "-1",
    "512",
    "rate(1 day)",
    "²",
    "${a.b}",
    "9" * 400,
    "{{x}}",
    "a:b/c",
    "true",
    "none",
    "1e9",
    "*",
]
SHAPES: list[dict[str, object]] = [
    {"Resources": {"A": {"Type": "AWS::Serverless::Function"}, "B": {"Type": "AWS::ECS::TaskDefinition"},
                   "C": {"Type": "AWS::Batch::JobDefinition"}, "D": {"Type": "AWS::Events::Rule"}}},
    {"services": {"a": {"image": "x"}}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {},
     "spec": {"template": {"spec": {"containers": [{}]}}}},
    {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {}, "spec": {"schedule": "x"}},
    {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {}, "spec": {}},
    {"provider": {"name": "aws"}, "functions": {"f": {}}},
    {"name": "a", "type": "Scheduled Job"},
    {"containerDefinitions": [{"image": "x", "name": "a"}]},
    {"containerProperties": {"image": "x"}},
    {"planned_values": {"root_module": {"resources": [{"address": "a.b", "type": "aws_lambda_function"}]}}},
    {"bindings": [{"type": "timerTrigger"}]},
]  # fmt: skip


def tree(chance: random.Random, depth: int) -> object:
    kind = chance.random()
    if depth <= 0 or kind < 0.4:
        return chance.choice([*VALUES, None, 1, True, 0.5])
    if kind < 0.55:
        return [tree(chance, depth - 1) for _ in range(chance.randrange(3))]
    return {chance.choice(WORDS): tree(chance, depth - 1) for _ in range(chance.randrange(4))}


def grown(chance: random.Random, value: object, depth: int = 0) -> object:
    """A shape with random entries added, and sometimes with a part replaced."""
    if depth and chance.random() < 0.08:
        return tree(chance, 2)
    if isinstance(value, list):
        return [grown(chance, element, depth + 1) for element in value]
    if not isinstance(value, dict):
        return value
    more = {chance.choice(WORDS): tree(chance, 3) for _ in range(chance.randrange(5))}
    return {**more, **{key: grown(chance, inner, depth + 1) for key, inner in value.items()}}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: next(iter(shape)))
def test_no_document_breaks_a_scan(tmp_path: Path, shape: dict[str, object]) -> None:
    for seed in range(60):
        (tmp_path / f"f{seed}.json").write_text(json.dumps(grown(random.Random(seed), shape)))
    found = scan([tmp_path])
    assert found.files


@pytest.mark.parametrize("name", ["Dockerfile", "Procfile", "x.crontab", "main.tf", "fly.toml", "a.service", "a.timer"])
def test_no_text_breaks_a_scan(tmp_path: Path, name: str) -> None:
    parts = [
        *WORDS,
        *VALUES,
        "\n",
        "\n",
        " ",
        "=",
        "[",
        "]",
        "{",
        "}",
        '"',
        "FROM ",
        "@daily ",
        "* ",
        "[Service]\n",
        "<<E\n",
    ]
    for seed in range(60):
        chance = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / name).write_text("".join(chance.choice(parts) for _ in range(60)))
    assert scan([tmp_path]) is not None
