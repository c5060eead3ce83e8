from __future__ import annotations

import json
from pathlib import Path

from whichcompute import Engine
from whichcompute.presentation.sarif import explained, sarif


def test_results_have_rules_places_and_prints(engine: Engine, tmp_path: Path) -> None:
    text = (
        "Resources:\n  'a b':\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: 880, Runtime: python3.12}\n"
    )
    (tmp_path / "t 1.yml").write_text(text)
    (tmp_path / "b.yml").write_text("services: [\n")
    log = json.loads(sarif(engine.check(tmp_path)))
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and result["level"] in ("error", "warning", "note")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "t%201.yml" and place["region"]["startLine"] >= 1
    margin = next(result for result in run["results"] if result["ruleId"].endswith(".margin"))
    assert margin["level"] == "warning" and rules[margin["ruleIndex"]]["helpUri"].startswith("https://docs.aws")
    assert all("rules show check." not in rule["help"]["text"] for rule in rules)
    (linked,) = json.loads(sarif(engine.check(tmp_path), "https://x.org"))["runs"]
    page = linked["tool"]["driver"]["rules"][margin["ruleIndex"]]["helpUri"]
    id_ = margin["ruleId"].removesuffix(".margin")
    assert page == f"https://x.org/docs/rules/{id_}.html"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["level"] == "warning"


def test_nothing_found_is_a_log_too(engine: Engine, tmp_path: Path) -> None:
    log = json.loads(sarif(engine.check(tmp_path)))
    assert log["runs"][0]["results"] == []


def test_suppressed_results_are_marked_with_their_reason(engine: Engine, tmp_path: Path) -> None:
    text = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n"
    text += "      Timeout: 880  # whichcompute: ignore margin: split in October\n"
    (tmp_path / "t.yml").write_text(text)
    (run,) = json.loads(sarif(engine.check(tmp_path)))["runs"]
    marked = [result for result in run["results"] if "suppressions" in result]
    assert [result["suppressions"] for result in marked] == [
        [{"kind": "inSource", "justification": "split in October"}]
    ]
    assert marked[0]["ruleId"] == run["tool"]["driver"]["rules"][marked[0]["ruleIndex"]]["id"]


_ALLOWED = {  # object of the schema of SARIF 2.1.0, which allows no others -> the keys it needs, further ones in use
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"invocations", "results"}),
    "driver": ({"name"}, {"version", "rules"}),
    "rule": ({"id"}, {"shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration", "properties"}),
    "result": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "suppressions"}),
    "invocation": ({"executionSuccessful"}, {"toolExecutionNotifications"}),
    "notification": ({"message"}, {"level", "locations"}),
    "suppression": ({"kind"}, {"justification"}),
}


def test_objects_have_what_the_schema_requires_and_nothing_that_it_does_not_know(
    engine: Engine, tmp_path: Path
) -> None:
    text = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n"
    text += "      Timeout: 880  # whichcompute: ignore margin: split in October\n"
    (tmp_path / "t.yml").write_text(text)
    (tmp_path / "b.yml").write_text("services: [\n")
    log = json.loads(sarif(engine.check(tmp_path)))
    (run,) = log["runs"]
    (invocation,) = run["invocations"]
    driver = run["tool"]["driver"]
    suppressed = [one for result in run["results"] for one in result.get("suppressions", ())]
    found = {
        "log": [log], "run": [run], "driver": [driver], "rule": driver["rules"], "result": run["results"],
        "invocation": [invocation], "notification": invocation["toolExecutionNotifications"],
        "suppression": suppressed,
    }  # fmt: skip
    assert run["tool"].keys() == {"driver"} and all(found.values())
    for kind, (needed, more) in _ALLOWED.items():
        for one in found[kind]:
            assert needed <= one.keys() <= needed | more, kind
            assert one.get("message", {"text": "-"})["text"]
            assert one.get("level", "note") in ("none", "note", "warning", "error")


def test_each_finding_that_is_not_a_rule_is_explained() -> None:
    assert all(explained(f"check.{outcome}") for outcome in ("contradiction", "none", "undecided", "close"))
    assert explained("lambda.memory-exceeds-limit") == explained("check.limit") == ""
    assert "fargate.size_table" in explained("check.size")


def test_answers_as_a_whole_are_results_only_where_they_are_asked_for(engine: Engine, tmp_path: Path) -> None:
    text = "services:\n  site: {image: acme/site, ports: ['8000:8000']}\n  db: {image: 'postgres:16'}\n"
    (tmp_path / "compose.yml").write_text(text)
    result = engine.check(tmp_path)
    everything = {problem.outcome for problem in result.problems}
    assert everything and everything <= {"none", "undecided", "close"}
    assert json.loads(sarif(result))["runs"][0]["results"] == []
    asked = json.loads(sarif(result, also=everything))["runs"][0]["results"]
    assert {(one["ruleId"], one["level"]) for one in asked} == {(f"check.{name}", "note") for name in everything}
