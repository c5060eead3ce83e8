"""A check, or a scan, as text for people and as Markdown for a comment on a pull request."""

from __future__ import annotations

from whichcompute.base.errors import printable
from whichcompute.base.words import counted, joined, percent
from whichcompute.importers.checking import (
    FINDINGS,
    LITTLE,
    OUTCOMES,
    Check,
    CheckedWorkload,
    Outcome,
    Problem,
    place_name,
)
from whichcompute.importers.found import Scan, Unreadable
from whichcompute.presentation.adr import escape
from whichcompute.presentation.citations import address
from whichcompute.presentation.writer import Style, Writer, unstyled
from whichcompute.recommender.result import decision_words

_ROLES = {"agrees": "good", "contradicted": "bad", "limit": "bad", "undecided": "dim"}
_OPENING: dict[Outcome, str] = {name: name for name in FINDINGS} | {
    "limit": "limit exceeded",
    "margin": "little margin",
}
_COUNTED: dict[Outcome, tuple[str, str]] = {
    "limit": ("exceeds a hard limit", "exceed a hard limit"),
    "contradiction": ("contradicts its declared service", "contradict their declared service"),
    "caution": ("has a caution against its declared service", "have a caution against their declared service"),
    "margin": ("has little margin", "have little margin"),
}
"""What is said of one workload and of several."""
_NO_WORKLOAD = "No workload was found in them."
_NO_FILE = "No file of a known format was found, so nothing was read; `whichcompute scan --help` names the formats."


def render_check(result: Check, width: int = 100, style: Style = unstyled) -> str:
    """Each workload in a few lines: its services, the problems with their places, the question that could change it."""
    page = Writer(width, style)
    for checked in sorted(result.workloads, key=_gravity):
        _workload(page, checked)
    if result.left_out:
        page.title("Not workloads")
    page.each((f"{item.name}  {item.file}:{item.line}: {item.reason}" for item in result.left_out), "  ", "    ")
    if result.unreadable:
        page.title("Not read")
    page.each(map(_lost, result.unreadable), "  ", "    ")
    page.title(summary(result), role="")
    return str(page)


def _gravity(checked: CheckedWorkload) -> int:
    """The place of a workload: the worst of its findings first."""
    return min((OUTCOMES.index(problem.outcome) for problem in checked.problems), default=len(OUTCOMES))


def _workload(page: Writer, checked: CheckedWorkload) -> None:
    found, inset = checked.workload, ("  ", "    ")
    page.title(f"{found.workload_id}  {found.place}")
    sure = f"{decision_words(checked.decision, len(checked.plausible_services))}, {percent(checked.confidence)}"
    page.add(f"{checked.text} ({sure})", *inset, _ROLES.get(checked.status, ""))
    for problem in checked.problems:
        if problem.outcome in _OPENING:
            place = f"[{problem.rule}, {problem.file}:{problem.line}]"
            page.add(f"{_OPENING[problem.outcome]}: {problem.text}  {place}", *inset, "warn")
            page.add(problem.remedy, "    ", "    ")
    for one in checked.suppressed:
        page.add(f"suppressed: {one.problem.text}  [{one.problem.rule}: {one.reason}]", *inset, "dim")
    page.add(checked.why, *inset)
    if near := [margin.text for margin in checked.margins if LITTLE <= margin.spare < 0.5]:
        page.add(f"headroom: {'; '.join(near)}", *inset)
    if checked.ask and checked.decision != "decided":
        page.add(f"the answer that could change this most: {checked.ask}", *inset)
    page.each((f"remark: {remark}" for remark in found.remarks), *inset, "dim")
    if found.hints:
        guesses = ", ".join(f"{hint.field}={hint.value}" for hint in found.hints)
        page.add(f"likely, not used: {guesses}", *inset, "dim")


def _lost(lost: Unreadable) -> str:
    place = f"{lost.file}:{lost.line}" if lost.line else lost.file
    return printable(f"{place}: {lost.reason}" + (f"; {lost.advice}" if lost.advice else ""))


def summary(result: Check) -> str:
    """The whole check in one sentence."""
    counts = {
        **{words: _with(result, outcome) for outcome, words in _COUNTED.items()},
        ("is undecided", "are undecided"): len([w for w in result.workloads if w.decision == "undecided"]),
    }
    if result.known and not result.workloads:
        return f"Nothing new: {counted(result.known, 'workload')} as in the baseline."
    parts = [f"{count} {one if count == 1 else several}" for (one, several), count in counts.items() if count]
    start = f"{counted(len(result.workloads), 'workload')} in {counted(len(result.files), 'file')}"
    return start + (f": {joined(parts)}." if parts else "." if result.known else _without_workloads(result))


def _without_workloads(found: Check | Scan) -> str:
    """The end of a sentence: that there is no workload, or not even a file of a known format."""
    return "." if found.workloads else f". {_NO_WORKLOAD if found.files else _NO_FILE}"


def _with(result: Check, outcome: Outcome) -> int:
    return sum(any(problem.outcome == outcome for problem in one.problems) for one in result.workloads)


def scan_lines(found: Scan) -> list[str]:
    """What a scan found, for standard error: counts, what was left out, what could not be read."""
    values = sum(len(workload.values) for workload in found.workloads)
    lines = [
        f"{counted(len(found.workloads), 'workload')} with {counted(values, 'value')} "
        f"in {counted(len(found.files), 'file')}{_without_workloads(found)}"
    ]
    lines += [f"Not a workload: {item.name} ({item.file}:{item.line}): {item.reason}" for item in found.left_out]
    lines += [f"Not read: {_lost(lost)}" for lost in found.unreadable]
    return lines


def markdown_check(result: Check, documents: str = "") -> str:
    """The check as Markdown, every text from the files escaped; rules link to the site published at `documents`."""
    lines = ["## Compute services", "", escape(summary(result)), ""]
    ordered = sorted(result.workloads, key=_gravity)
    found = [one for one in ordered if any(problem.outcome in _OPENING for problem in one.problems)]
    lines += _table(found, documents)
    if healthy := [one for one in ordered if one not in found]:
        title = f"{counted(len(healthy), 'workload')} without a finding"
        lines += ["", f"<details><summary>{title}</summary>", "", *_table(healthy, documents), "", "</details>"]
    said = [f"{checked.workload.workload_id}: {one.problem.text} ({one.problem.rule}: {one.reason})"
            for checked in result.workloads for one in checked.suppressed]  # fmt: skip
    lines += _folded(f"{counted(len(said), 'suppressed problem')}", said)
    lines += _folded("Not workloads", [f"{i.name} ({i.file}:{i.line}): {i.reason}" for i in result.left_out])
    if result.unreadable:
        lines += ["", "**Not read**", ""]
        lines += [f"- {escape(_lost(lost))}" for lost in result.unreadable]
    return "\n".join(lines) + "\n"


def _table(workloads: list[CheckedWorkload], documents: str) -> list[str]:
    rows = [_row(checked, documents) for checked in workloads]
    heading = ["| workload | declared | recommended | confidence | finding |", "|---|---|---|---|---|"]
    return [*heading, *rows] if rows else []


def _folded(title: str, said: list[str]) -> list[str]:
    """A list in Markdown that a reader opens, nothing for an empty one."""
    listed = [f"- {escape(text)}" for text in said]
    return ["", f"<details><summary>{title}</summary>", "", *listed, "", "</details>"] if said else []


def _named(problem: Problem, documents: str) -> str:
    page = address(documents, problem.rule)
    return f"[`{problem.rule}`](<{page}>)" if page else f"`{problem.rule}`"


def _row(checked: CheckedWorkload, documents: str) -> str:
    found = checked.workload
    problems = [
        f"**{_OPENING[problem.outcome]}**: {escape(f'{problem.text} {problem.remedy}'.strip())} "
        f"({_named(problem, documents)})"
        for problem in checked.problems
        if problem.outcome in _OPENING
    ]
    finding = "<br>".join(problems) or escape(checked.why)
    if checked.ask and checked.decision != "decided":
        finding += f"<br>most decisive unknown field: {escape(checked.ask)}"
    cells = [
        f"{escape(found.workload_id)}<br>{escape(found.place)}",
        escape(place_name(checked.declared)),
        escape(checked.answer if checked.decision != "undecided" else "undecided"),
        f"{percent(checked.confidence)}",
        finding,
    ]
    return f"| {' | '.join(cells)} |"
