"""A check, or a scan, as text for people and as Markdown for a comment on a pull request."""

from __future__ import annotations

from whichcompute.base.errors import printable
from whichcompute.base.words import counted, joined, percent
from whichcompute.importers.checking import LITTLE, Check, CheckedWorkload, Outcome, Problem, place_name
from whichcompute.importers.found import Scan, Unreadable
from whichcompute.presentation.adr import escape
from whichcompute.presentation.citations import address
from whichcompute.presentation.writer import Style, Writer, unstyled
from whichcompute.recommender.result import decision_words

_ROLES = {"agrees": "good", "contradicted": "bad", "limit": "bad", "undecided": "dim"}
_OPENING = {"limit": "limit exceeded", "margin": "little margin", "contradiction": "contradiction"}
_COUNTED: dict[Outcome, tuple[str, str]] = {
    "limit": ("exceeds a hard limit", "exceed a hard limit"),
    "margin": ("has little margin", "have little margin"),
    "contradiction": ("contradicts its declared service", "contradict their declared service"),
}
"""What is said of one workload and of several."""
_NO_WORKLOAD = "No workload was found in them."
_NO_FILE = "No file of a known format was found, so nothing was read; `whichcompute scan --help` names the formats."


def render_check(result: Check, width: int = 100, style: Style = unstyled) -> str:
    """Each workload in a few lines: its services, the problems with their places, the question that could change it."""
    page = Writer(width, style)
    for checked in result.workloads:
        _workload(page, checked)
    if result.left_out:
        page.title("Not workloads")
    page.each((f"{item.name}  {item.file}:{item.line}: {item.reason}" for item in result.left_out), "  ", "    ")
    if result.unreadable:
        page.title("Not read")
    page.each(map(_lost, result.unreadable), "  ", "    ")
    page.title(summary(result), role="")
    return str(page)


def _workload(page: Writer, checked: CheckedWorkload) -> None:
    found, inset = checked.workload, ("  ", "    ")
    page.title(f"{found.workload_id}  {found.place}")
    sure = f"{decision_words(checked.decision, len(checked.plausible_services))}, {percent(checked.confidence)}"
    page.add(f"{checked.text} ({sure})", *inset, _ROLES.get(checked.status, ""))
    for problem in checked.problems:
        if problem.outcome in _OPENING:
            place = f"[{problem.rule}, {problem.file}:{problem.line}]"
            page.add(f"{_OPENING[problem.outcome]}: {problem.text}  {place}", *inset, "warn")
    for one in checked.suppressed:
        page.add(f"suppressed: {one.problem.text}  [{one.problem.rule}: {one.reason}]", *inset, "dim")
    page.add(checked.why, *inset)
    if near := [margin.text for margin in checked.margins if LITTLE <= margin.spare < 0.5]:
        page.add(f"headroom: {'; '.join(near)}", *inset)
    if checked.ask and checked.decision != "decided":
        page.add(f"the answer that could change this most: {checked.ask}", *inset)
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
    if result.workloads:
        lines += ["| workload | declared | recommended | confidence | finding |", "|---|---|---|---|---|"]
        lines += [_row(checked, documents) for checked in result.workloads]
    said = [f"{checked.workload.workload_id}: {one.problem.text} ({one.problem.rule}: {one.reason})"
            for checked in result.workloads for one in checked.suppressed]  # fmt: skip
    lines += _folded(f"{counted(len(said), 'suppressed problem')}", said)
    lines += _folded("Not workloads", [f"{i.name} ({i.file}:{i.line}): {i.reason}" for i in result.left_out])
    if result.unreadable:
        lines += ["", "**Not read**", ""]
        lines += [f"- {escape(_lost(lost))}" for lost in result.unreadable]
    return "\n".join(lines) + "\n"


def _folded(title: str, said: list[str]) -> list[str]:
    """A list in Markdown that a reader opens, nothing for an empty one."""
    listed = [f"- {escape(text)}" for text in said]
    return ["", f"<details><summary>{title}</summary>", "", *listed, "", "</details>"] if said else []


def _named(problem: Problem, documents: str) -> str:
    page = address(documents, problem.rule) if problem.outcome != "contradiction" else ""
    return f"[`{problem.rule}`](<{page}>)" if page else f"`{problem.rule}`"


def _row(checked: CheckedWorkload, documents: str) -> str:
    found = checked.workload
    problems = [
        f"**{_OPENING[problem.outcome]}**: {escape(problem.text)} ({_named(problem, documents)})"
        for problem in checked.problems
        if problem.outcome in _OPENING
    ]
    finding = "<br>".join(problems) or escape(checked.why)
    if checked.ask and checked.decision != "decided":
        finding += f"<br>most decisive unknown field: {escape(checked.ask)}"
    cells = [
        f"{escape(found.workload_id)}<br>{escape(found.place)}",
        escape(place_name(checked.declared)),
        escape(place_name(checked.recommended) if checked.decision != "undecided" else "undecided"),
        f"{percent(checked.confidence)}",
        finding,
    ]
    return f"| {' | '.join(cells)} |"
