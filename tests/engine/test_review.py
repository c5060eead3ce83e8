from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute import Engine, InventoryError
from whichcompute.base.units import InRange
from whichcompute.engine.review import Review, review
from whichcompute.presentation.adr import FENCE

WORKLOAD = {"workload_id": "billing `x` <b>", "kind": "event_handler", "max_duration_s": 12, "state": "stateless"}


def again(engine: Engine, folder: Path) -> list[Review]:
    return review(engine, folder, lambda day: Engine(as_of=day))


@pytest.fixture
def record(engine: Engine, tmp_path: Path) -> Path:
    path = tmp_path / "0001-billing.md"
    path.write_text(engine.record(WORKLOAD))
    return path


def block(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.read_text().split(FENCE)[1].split("```")[0])
    return found


def test_the_block_of_a_record_is_read_back_unchanged(engine: Engine, record: Path) -> None:
    content = block(record)
    assert content["workload"] == engine.recommend(WORKLOAD).workload
    assert (content["answer"], content["decision"]) == ("lambda", "decided")
    [result] = again(engine, record.parent)
    assert result.outcome == "same" and result.name == WORKLOAD["workload_id"]


def test_another_answer_is_a_change_with_its_reason(engine: Engine, record: Path) -> None:
    record.write_text(record.read_text().replace('"answer": "lambda"', '"answer": "batch"'))
    [result] = again(engine, record.parent)
    assert (result.outcome, result.before, result.after) == ("changed", "batch, decided", "lambda, decided")
    assert "Rules or the classifier" in result.why and engine.recommend(WORKLOAD).summary in result.why


def test_the_rule_that_rules_the_answer_of_a_record_out_is_named(engine: Engine, record: Path, tmp_path: Path) -> None:
    pack = tmp_path / "policy.toml"
    pack.write_text(rule("lambda.not-here", "kind == 'event_handler'"))
    [result] = again(Engine(rules=pack), record.parent)
    assert result.outcome == "changed" and "AWS Lambda is ruled out: " in result.why
    assert "[lambda.not-here]" in result.why and result.why.count("is ruled out:") == 1


def test_changed_facts_are_told_from_changed_rules(engine: Engine, record: Path) -> None:
    text = record.read_text().replace('"answer": "lambda"', '"answer": "batch"')
    record.write_text(text.replace('"as_of": null', '"as_of": "2026-11-23"'))

    class Then:
        def recommend(self, values: object, *, free_tier: bool) -> object:
            return type("Answer", (), {"service": "batch", "decision": "decided", "fingerprint": ""})

    [result] = review(engine, record.parent, lambda day: Then())
    assert "Facts (limits or prices) have changed since 2026-11-23." in result.why
    [earlier] = review(Engine(as_of=date(2026, 11, 1)), record.parent, lambda day: Then())
    assert earlier.why.startswith("On 2026-11-01 other facts (limits or prices) applied than on 2026-11-23.")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"answer": "lambda"', '"answer": "mainframe"', "allowed: lambda"),
        ('"decision": "decided",', "", "no 'decision'"),
        ('"kind": "event_handler"', '"kind": "beos"', "beos"),
        ('"free_tier": false,', '"free_tier": false', "not valid JSON"),
        ('"workload": {', '"workload": 3, "x": {', "no mapping 'workload'"),
        ("```\n", "", "not closed"),
    ],
)
def test_a_damaged_block_is_named_and_does_not_stop_the_others(
    engine: Engine, record: Path, old: str, new: str, words: str
) -> None:
    other = record.with_name("0000-damaged.md")
    assert old in record.read_text()
    other.write_text(record.read_text().replace(old, new))
    damaged, fine = again(engine, record.parent)
    assert damaged.outcome == "damaged" and words in damaged.why and f"{other}:" in damaged.why
    assert fine.outcome == "same"


def test_a_link_out_of_the_folder_is_refused_and_other_documents_are_left_out(
    engine: Engine, record: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "decisions"
    folder.mkdir()
    (folder / "README.md").write_text("# Decisions\n")
    (folder / "out.md").symlink_to(record)
    [result] = again(engine, folder)
    assert result.outcome == "damaged" and "leads out of the folder" in result.why


def test_a_folder_that_is_none_is_an_error(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="no such folder"):
        again(engine, tmp_path / "nowhere")


def test_a_range_keeps_its_words_in_the_record_that_supersedes_it(engine: Engine, tmp_path: Path) -> None:
    record = tmp_path / "r.md"
    record.write_text(engine.record({**WORKLOAD, "max_duration_s": InRange(20.0, "below 30 s")}))
    [result] = again(engine, tmp_path)
    assert result.workload is not None and "below 30 s" in engine.record(result.workload)
    record.write_text(record.read_text().replace('"below 30 s"', '"\\u001b[31m"'))
    assert "20 s" in engine.record(again(engine, tmp_path)[0].workload or {})
