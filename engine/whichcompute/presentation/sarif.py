"""A check as SARIF 2.1.0, which code hosts show beside the lines of a change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from typing import Any
from urllib.parse import quote

from whichcompute.base.version import VERSION
from whichcompute.importers.checking import FINDINGS, Check, Outcome, Problem, without
from whichcompute.presentation.citations import address

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: dict[Outcome, str] = {
    "limit": "error",
    "contradiction": "warning",
    "caution": "warning",
    "margin": "warning",
    "none": "note",
    "undecided": "note",
    "close": "note",
}
_MEANINGS: dict[Outcome, str] = {
    "limit": "The declared service has a hard limit that the workload exceeds.",
    "margin": "Less than 10 % is left to a hard limit of the service.",
    "contradiction": "The declared service is not among the plausible ones.",
    "caution": "A strong or severe caution holds against the declared service.",
    "none": "None of the services compared fits; a place outside them does.",
    "undecided": "Too little is known to recommend a service.",
    "close": "Several services are plausible, or one would be decided, but for a caution, contradiction or cost.",
}
_NEXT: dict[str, str] = {
    "check.size": "`whichcompute facts show fargate.size_table` prints the sizes of Fargate.",
    "check.contradiction": "Compare both with `whichcompute recommend`, or accept it by a comment with a reason.",
    "check.none": "`whichcompute recommend` says where instead, and why.",
    "check.undecided": "`whichcompute ask --from FILE` asks what the files do not say.",
    "check.close": "`whichcompute ask --from FILE` asks what the files do not say.",
}


def explained(id_: str) -> str:
    """What a finding of `check` that is not a rule of a pack means, and what to do; empty if `id_` names none."""
    meaning = next((_MEANINGS[name] for name in _MEANINGS if id_ == f"check.{name}"), "The service has no such size.")
    return f"{meaning} {_NEXT[id_]}" if id_ in _NEXT else ""


def sarif(result: Check, documents: str = "", also: Collection[str] = ()) -> str:
    """The problems of a check as a SARIF log: a rule for each rule that speaks, a result for each problem.

    Of what is said of answers as a whole only the outcomes in `also` are results: the rest needs no change of a line.
    A rule links to its page in the site that is published at `documents`, else to the page of its first source.
    """
    result = without(result, lambda problem: problem.outcome not in (*FINDINGS, *also))
    rules: dict[tuple[str, Outcome], int] = {}
    apart = [one for checked in result.workloads for one in checked.suppressed]
    everything = [*result.problems, *(one.problem for one in apart)]
    for problem in everything:
        rules.setdefault((_rule_id(problem), problem.outcome), len(rules))
    first = {(_rule_id(problem), problem.outcome): problem for problem in reversed(everything)}
    driver = {
        "name": "whichcompute",
        "version": VERSION,
        "rules": [_rule(id_, outcome, first[id_, outcome], documents) for id_, outcome in rules],
    }
    results = [
        _result(checked.workload.workload_id, problem, rules[_rule_id(problem), problem.outcome])
        for checked in result.workloads
        for problem in checked.problems
    ]
    results += [
        {
            **_result(checked.workload.workload_id, one.problem, rules[_rule_id(one.problem), one.problem.outcome]),
            "suppressions": [{"kind": "inSource", "justification": one.reason}],
        }
        for checked in result.workloads
        for one in checked.suppressed
    ]
    unread = [
        {
            "level": "warning",
            "message": {"text": lost.reason + (f"; {lost.advice}" if lost.advice else "")},
            "locations": [_location(lost.file, lost.line)],
        }
        for lost in result.unreadable
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": unread}],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule_id(problem: Problem) -> str:
    """The id of a rule in the log: that of the limit, with `.margin` behind it where only little is left."""
    return f"{problem.rule}.margin" if problem.outcome == "margin" else problem.rule


def _rule(id_: str, outcome: Outcome, problem: Problem, documents: str) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": id_,
        "shortDescription": {"text": _MEANINGS[outcome]},
        "fullDescription": {"text": f"{_MEANINGS[outcome]} Rule {problem.rule}."},
        "help": {"text": f"{_MEANINGS[outcome]} {_next(problem.rule)}"},
        "defaultConfiguration": {"level": _LEVELS[outcome]},
        "properties": {"tags": ["architecture", outcome]},
    }
    cited = next((source.url for source in problem.sources if source.url.startswith("https://")), "")
    if place := address(documents, problem.rule) or cited:
        rule["helpUri"] = place
    return rule


def _next(rule: str) -> str:
    return _NEXT.get(rule) or f"`whichcompute rules show {rule}` prints the rule."


def _result(workload: str, problem: Problem, index: int) -> dict[str, Any]:
    # The line may move while the finding stays the same, so the print is made without it.
    print_ = hashlib.sha256(f"{workload}\n{problem.file}\n{_rule_id(problem)}".encode()).hexdigest()
    return {
        "ruleId": _rule_id(problem),
        "ruleIndex": index,
        "level": _LEVELS[problem.outcome],
        "message": {"text": " ".join(filter(None, [f"{workload}: {problem.text}", problem.remedy]))},
        "locations": [_location(problem.file, problem.line)],
        "partialFingerprints": {"workloadRule/v1": print_},
    }


def _location(file: str, line: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(file)}}
    if line:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}
