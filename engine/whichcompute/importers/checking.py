"""Holds the declared service of each workload against the recommended one, with the headroom to each limit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from whichcompute.base.errors import DataError
from whichcompute.base.records import Record
from whichcompute.base.resources import read_text
from whichcompute.base.words import counted
from whichcompute.importers.catalogue import table
from whichcompute.importers.found import FoundValue, FoundWorkload, LeftOut, Scan, Unreadable
from whichcompute.importers.suppressions import Suppression
from whichcompute.importers.task_sizes import SIZES, no_such_task
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES
from whichcompute.recommender.reasons import cite_all
from whichcompute.recommender.recommender import Recommender
from whichcompute.recommender.result import Cited, Decision, Margin, Reason, Recommendation, Verdict
from whichcompute.recommender.terms import DOUBTS

Status = Literal["agrees", "plausible", "contradicted", "limit", "undecided", "outside", "undeclared"]
"""agrees: declared is recommended. plausible: it is among the plausible services. contradicted: it is not.

limit: a hard limit rules it out. undecided: too little is known to say. outside: declared is none of the services
compared. undeclared: the file declares no service.
"""
Outcome = Literal["limit", "contradiction", "caution", "margin", "none", "undecided", "close"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""What a check can fail on, worst first."""
FINDINGS: tuple[Outcome, ...] = OUTCOMES[:4]
"""What is said against a declared service, beside what is said of an answer as a whole."""
_MAX_BASELINE = 50_000_000  # bytes
_SAME = ("file", "rule", "outcome")
LITTLE = 0.1
"""Less than this share of a hard limit left is little margin."""


@dataclass(frozen=True)
class Problem(Record):
    """One thing that a check found: the outcome it belongs to, in words, the rule behind it, its place, what helps."""

    outcome: Outcome
    rule: str
    text: str
    file: str
    line: int
    sources: tuple[Cited, ...] = ()
    remedy: str = ""


@dataclass(frozen=True)
class Suppressed(Record):
    """A problem that is not reported, with the reason that a comment in the file gives."""

    problem: Problem
    reason: str


@dataclass(frozen=True)
class CheckedWorkload(Record):
    """A workload with its declared and its recommended service, and what follows from the two.

    `why` is the recommendation in a sentence, with the place outside if it is none of the services compared.
    `margins` are those of the declared service, else of the recommended one; `ask` is the unknown field whose answer
    could change the recommendation most, empty where there is none. `answer` is the name of the recommended service or
    of the place outside.
    """

    workload: FoundWorkload
    declared: str
    recommended: str
    decision: Decision
    confidence: float
    plausible_services: tuple[str, ...]
    status: Status
    text: str
    why: str
    problems: tuple[Problem, ...]
    margins: tuple[Margin, ...]
    ask: str
    answer: str = ""
    suppressed: tuple[Suppressed, ...] = ()


@dataclass(frozen=True)
class Check(Record):
    """The checked workloads of a scan, and what the scan left out or could not read.

    `notes` name suppressions that have no effect: without a reason, or with nothing to suppress. `known` is how many
    workloads are left out, as they are those of a baseline and have nothing new.
    """

    workloads: tuple[CheckedWorkload, ...]
    left_out: tuple[LeftOut, ...]
    unreadable: tuple[Unreadable, ...]
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    known: int = 0

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all workloads in their order."""
        return tuple(problem for workload in self.workloads for problem in workload.problems)

    def __repr__(self) -> str:
        return f"<Check of {counted(len(self.workloads), 'workload')}: {counted(len(self.problems), 'problem')}>"


def check(recommender: Recommender, found: Scan) -> Check:
    """Every workload of a scan with its recommendation."""
    answers: dict[tuple[object, ...], Recommendation] = {}  # workloads with the same needs have the same answer
    workloads = [_checked(recommender, workload, answers) for workload in found.workloads]
    used: set[Suppression] = set()
    able = [one for one in found.suppressions if one.reason]
    kept = tuple(_suppressed(checked, able, used) for checked in workloads)
    notes = [
        f"{one.file}:{one.line}: the suppression of {', '.join(one.rules)} has no "
        + ("effect: nothing is reported there" if one.reason else "reason, and so no effect")
        for one in found.suppressions
        if one not in used
    ]
    return Check(kept, found.left_out, found.unreadable, found.files, tuple(notes))


def _suppressed(checked: CheckedWorkload, able: Sequence[Suppression], used: set[Suppression]) -> CheckedWorkload:
    """The workload without the problems that comments suppress, which it keeps apart."""
    kept: list[Problem] = []
    apart: list[Suppressed] = []
    for problem in checked.problems if able else ():
        workload = checked.workload
        places = (f"{problem.file}:{problem.line}", f"{workload.file}:{workload.line}", *workload.calls)
        found = next((one for one in able if one.covers(problem.rule, problem.outcome, places)), None)
        if found is None:
            kept.append(problem)
        else:
            used.add(found)
            apart.append(Suppressed(problem, found.reason))
    return replace(checked, problems=tuple(kept), suppressed=tuple(apart)) if apart else checked


def only_new(result: Check, baseline: Path) -> Check:
    """The check without what an earlier one has found, which is a JSON file; DataError when the file holds none.

    A problem is the same whatever its line is: its workload, file, rule and outcome are. A workload of the earlier
    check that has nothing new is counted, and left out.
    """
    try:
        before = json.loads(read_text(baseline, _MAX_BASELINE))["workloads"]
        seen = {(entry["workload"]["workload_id"], entry["workload"]["file"]) for entry in before}
        known = {
            (entry["workload"]["workload_id"], *(str(problem[key]) for key in _SAME))
            for entry in before
            for problem in entry["problems"]
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DataError(f"{baseline}: is not what `whichcompute check --format json` prints") from None
    all_of_them = [_without(checked, known) for checked in result.workloads]
    kept = [one for one in all_of_them if one.problems or (one.workload.workload_id, one.workload.file) not in seen]
    return replace(result, workloads=tuple(kept), known=len(all_of_them) - len(kept))


def without(result: Check, left_out: Callable[[Problem], bool]) -> Check:
    """The check without the problems for which `left_out` holds."""
    kept = [
        replace(checked, problems=tuple(problem for problem in checked.problems if not left_out(problem)))
        for checked in result.workloads
    ]
    return replace(result, workloads=tuple(kept))


def _without(checked: CheckedWorkload, known: set[tuple[str, ...]]) -> CheckedWorkload:
    name = checked.workload.workload_id
    kept = [one for one in checked.problems if (name, *(str(getattr(one, key)) for key in _SAME)) not in known]
    return replace(checked, problems=tuple(kept))


def place_name(service: str) -> str:
    """The name of a service, or of a place outside the services compared; `(not declared)` for an empty one."""
    if service == NONE:
        return "none of the services compared"
    if service in SERVICES:
        return SERVICE_NAMES[service]
    return str(table("infrastructure_words")["places"].get(service, service)) or "(not declared)"


def _checked(
    recommender: Recommender, workload: FoundWorkload, answers: dict[tuple[object, ...], Recommendation]
) -> CheckedWorkload:
    need = {value.field: value.value for value in workload.values}
    recommendation = answers.get(tuple(need.items()))
    if recommendation is None:
        recommendation = answers[tuple(need.items())] = recommender.recommend(need)
    verdicts: dict[str, Verdict] = {verdict.service: verdict for verdict in recommendation.verdicts}
    declared = verdicts.get(workload.present_service)
    binding = [verdict for verdict in (declared, verdicts.get(workload.capacity)) if verdict]
    measured = declared or recommendation.verdicts[0]
    problems = [*_broken(workload, binding), *_near(workload, measured, recommender)]
    problems += _against(workload, binding, {(problem.file, problem.line) for problem in problems})
    problems = [replace(each, remedy=_remedy(each, binding, recommender, need)) for each in problems]
    problems += _sizes(workload, recommender)
    status = _status(workload.present_service, binding, recommendation)
    status = "limit" if any(problem.outcome == "limit" for problem in problems) else status
    ask = _ask(workload, recommendation)
    problems += _answers(workload, status, recommendation, ask)
    problems.sort(key=lambda problem: OUTCOMES.index(problem.outcome))
    return CheckedWorkload(
        workload,
        workload.present_service,
        recommendation.service,
        recommendation.decision,
        recommendation.confidence,
        recommendation.plausible_services,
        status,
        _words(workload, status, recommendation),
        recommendation.summary,
        tuple(problems),
        measured.margins,
        ask,
        _answer(recommendation),
    )


def _ask(workload: FoundWorkload, recommendation: Recommendation) -> str:
    """The unknown field that could change the answer most: one of which nothing is likely, as long as there is one."""
    likely = {hint.field for hint in workload.hints}
    return min(recommendation.missing, key=lambda field: field in likely, default="")


def _answer(recommendation: Recommendation) -> str:
    return next(verdict.name for verdict in recommendation.verdicts if verdict.service == recommendation.service)


def _status(present: str, binding: list[Verdict], recommendation: Recommendation) -> Status:
    """What the declared service and its capacity, whose verdicts are given, are beside the recommended one."""
    if not present:
        return "undeclared"
    if not binding:
        return "outside"
    if any(verdict.status == "ruled_out" for verdict in binding):
        return "limit"
    if recommendation.decision == "undecided":
        return "undecided"
    if recommendation.service == present:
        return "agrees"
    return "plausible" if present in recommendation.plausible_services else "contradicted"


def _words(workload: FoundWorkload, status: Status, recommendation: Recommendation) -> str:
    answer = _answer(recommendation)
    capacity = f" on {place_name(workload.capacity).removeprefix('ECS on ')}" if workload.capacity else ""
    name = place_name(workload.present_service) + capacity
    said = f"recommended: {answer}"
    if recommendation.decision == "undecided":
        said = f"too little is known; leading: {answer}"
    if status == "undeclared":
        return said
    return {
        "agrees": f"{name} is declared and recommended",
        "plausible": f"{name} is declared and plausible; recommended: {answer}",
        "contradicted": f"{name} is declared; recommended: {answer}",
        "limit": f"{name} is declared, but a hard limit is exceeded; recommended: {answer}",
        "undecided": f"{name} is declared; too little is known to say more (leading: {answer})",
        "outside": f"{name} is declared; {said}",
    }[status]


def _broken(workload: FoundWorkload, binding: list[Verdict]) -> list[Problem]:
    vetoes = {reason.rule: reason for one in binding for reason in one.reasons if reason.effect == "exclude"}.values()
    return [Problem("limit", veto.rule, veto.text, *_place(workload, veto.fields), veto.sources) for veto in vetoes]


def _sizes(workload: FoundWorkload, recommender: Recommender) -> list[Problem]:
    """A size that the declared service does not have, though each part of it is within its limits."""
    facts = recommender.facts
    found = no_such_task(facts, workload)
    if found is None:
        return []
    (value, text), dated = found, facts.fact(SIZES).at(facts.as_of)
    sources = cite_all([dated.source] if dated else [], facts.sources)
    return [Problem("limit", "check.size", text, value.file, value.line, sources)]


def _against(workload: FoundWorkload, binding: list[Verdict], reported: set[tuple[str, int]]) -> list[Problem]:
    """The cautions for which an answer is not decided, but for lines of which a limit or its margin speaks.

    That the package suits the declared service is known: it is declared there.
    """
    reasons = [r for one in binding for r in one.reasons if r.effect == "caution" and r.strength in DOUBTS]
    cautions = {reason.rule: reason for reason in reasons if reason.fields != ("packaging",)}
    found = [Problem("caution", r.rule, r.text, *_place(workload, r.fields), r.sources) for r in cautions.values()]
    reported = reported - {(workload.file, workload.line)}
    return [problem for problem in found if (problem.file, problem.line) not in reported]


def _remedy(problem: Problem, binding: list[Verdict], recommender: Recommender, need: Mapping[str, Any]) -> str:
    """What helps: a newer form of the service that lacks the limit, else what the rule names."""
    newer = [each for verdict in binding for each in verdict.variants if each.rule == problem.rule]
    if newer:
        return f"{newer[0].name}: {newer[0].text}"
    return recommender.reasons.remedy(problem.rule, with_derived(need)) if problem.outcome != "margin" else ""


def _near(workload: FoundWorkload, verdict: Verdict, recommender: Recommender) -> list[Problem]:
    sources = recommender.reasons.sources
    return [
        Problem("margin", margin.rule, margin.text, *_place(workload, (margin.field,)), sources(margin.rule))
        for margin in verdict.margins
        if margin.spare < LITTLE
    ]


def _answers(workload: FoundWorkload, status: Status, recommendation: Recommendation, ask: str) -> list[Problem]:
    """The problems that follow from the answer as a whole."""
    place = (workload.file, workload.line)
    text = _words(workload, status, recommendation)
    best: Reason | None = next((r for r in recommendation.verdicts[0].reasons if r.effect == "prefer"), None)
    because = f" ({best.text.rstrip('.')})" if best else ""
    found: list[Problem] = []
    if status == "contradicted":
        sources = best.sources if best else ()
        found.append(Problem("contradiction", "check.contradiction", text + because, *place, sources))
    if recommendation.decision == "none":
        found.append(Problem("none", "check.none", recommendation.summary, *place))
    elif recommendation.decision == "undecided":
        ask = f"; most decisive unknown field: {ask}" if ask else ""
        found.append(
            Problem("undecided", "check.undecided", f"too little is known to recommend a service{ask}", *place)
        )
    elif recommendation.decision == "close":
        able = recommendation.plausible_services
        names = ", ".join(verdict.name for verdict in recommendation.verdicts if verdict.service in able)
        said = f"several answers are plausible: {names}"
        if len(able) == 1:
            said = f"{names} is likely, but not certain; `whichcompute recommend` says what is against it"
        found.append(Problem("close", "check.close", said, *place))
    return found


def _place(workload: FoundWorkload, fields: tuple[str, ...]) -> tuple[str, int]:
    """Where the value of the first of some fields is, else the workload."""
    values: Mapping[str, FoundValue] = {value.field: value for value in workload.values}
    value = next((values[field] for field in fields if field in values), None)
    return (value.file, value.line) if value else (workload.file, workload.line)
