from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import considerations
from whichcompute.knowledge.considerations import Considerations
from whichcompute.knowledge.descriptors import DESCRIPTORS, read, with_derived
from whichcompute.knowledge.facts import load
from whichcompute.knowledge.rules import filled
from whichcompute.knowledge.services import ANSWERS

FACTS = load()
SHIPPED = Considerations(FACTS)
ENTRIES = considerations._entries()


def ids(answer: str, **fields: object) -> list[str]:
    return [found.entry.id for found in SHIPPED.of(answer, with_derived(read(fields)))]


def test_what_a_professional_names_is_named() -> None:
    assert "vpc-attachment-and-nat" in ids("lambda", relational_database=True)
    assert "database-connections" in ids("lambda", relational_database=True)
    assert "cold-start-of-heavy-runtimes" in ids("lambda", kind="web_api", language="java")
    assert {"idempotent-handlers", "dead-letter-queue"} <= {*ids("lambda", kind="event_handler")}
    assert "load-balancer-minimum-cost" in ids("fargate", protocol="http")
    assert "efs-latency" in ids("fargate", shared_filesystem=True)
    assert "burst-credits" in ids("lightsail", kind="website")
    assert "outbound-mail-of-a-site" in ids("lightsail", app_stack="wordpress")
    assert "spot-capacity" in ids("batch", interruptible=True)
    assert "fargate-vcpu-quota" in ids("fargate", environment="production")
    assert "compliance-scope" in ids("batch", environment="production")
    assert "backup-and-recovery" in ids("lightsail", state="persistent")


def test_what_is_answered_is_not_asked_again_and_what_does_not_concern_is_silent() -> None:
    assert "vpc-attachment-and-nat" not in ids("lambda", relational_database=True, private_network=False)
    assert "database-connections" not in ids("lambda", relational_database=True, peak_concurrency=20)
    assert ids("lambda") == [] and ids("batch", kind="web_api", protocol="http") == []
    assert "vpc-attachment-and-nat" not in ids("fargate", relational_database=True)


def test_those_that_name_more_of_what_is_known_come_first() -> None:
    found = ids("lambda", kind="web_api", language="java", protocol="http", environment="production")
    assert found[:2] == ["cold-start-of-heavy-runtimes", "api-gateway-timeout-and-throttle"]
    assert found[-1] == "compliance-scope"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_can_be_said_of_every_answer_it_names(entry: considerations.ConsiderationEntry) -> None:
    parsed = considerations._parsed(entry, FACTS)
    assert entry.answers and {*entry.answers} <= {*ANSWERS}
    known = {
        condition.field: _example(condition.op, condition.operand)
        for condition in parsed.conditions
        if condition.if_unknown is not True
    }
    assert all(condition.field in DESCRIPTORS for condition in parsed.conditions)
    for answer in entry.answers:
        assert parsed in SHIPPED.of(answer, with_derived(known)) or entry.id in ids(answer, **known)
    text = filled(entry.says, with_derived(known), FACTS)
    assert text.endswith(".") and "{" not in text and "unknown" not in text


def _example(op: str, operand: object) -> object:
    if isinstance(operand, tuple):
        return operand[0]
    return operand + 1 if op == ">" and isinstance(operand, float) else operand


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("when = [\"kindd == 'website'\"]", "kindd"),
        ('says = "{nothing} is known."', "nothing is called 'nothing'"),
        ('sources = ["nowhere"]', "nowhere"),
        ('answers = ["cloud"]', "'cloud' is not an answer"),
    ],
    ids=["condition", "placeholder", "source", "answer"],
)
def test_an_entry_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, message: str
) -> None:
    parts = {
        "id": 'id = "mine"',
        "answers": 'answers = ["lambda"]',
        "when": "when = [\"kind == 'website'\"]",
        "says": 'says = "Settle it."',
        "sources": 'sources = ["aws-lambda-quotas"]',
    }
    parts[line.split(" ")[0]] = line
    (tmp_path / "considerations.toml").write_text("[[consideration]]\n" + "\n".join(parts.values()))
    monkeypatch.setattr(considerations, "folder", lambda name: tmp_path)
    considerations._entries.cache_clear()
    try:
        with pytest.raises(DataError, match="consideration") as caught:
            Considerations(FACTS)
        assert message in str(caught.value)
    finally:
        considerations._entries.cache_clear()
