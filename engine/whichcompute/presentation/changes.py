"""What-ifs, paths, sensitivities and break-evens as text for a terminal or a pipe. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Sequence

from whichcompute.base.words import counted, estimated, percent
from whichcompute.counterfactual.break_even import BreakEven
from whichcompute.counterfactual.paths import Flip, Path, Step
from whichcompute.counterfactual.what_if import WhatIf
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.presentation.citations import cites
from whichcompute.presentation.writer import Style, Writer, unstyled
from whichcompute.recommender.result import Verdict

_EFFORTS = {1: "a setting", 2: "some work", 3: "code or redesign"}
_SIDE = 22


def render_what_if(change: WhatIf, *, width: int = 100, style: Style = unstyled) -> str:
    """Before and after side by side, the difference in cost, and the rules that now apply or no longer do."""
    page, known = Writer(width, style), change.before.workload
    asked = ", ".join(_asked(name, known.get(name), value) for name, value in change.changes.items())
    page.title(f"What if {asked}?")
    page.line()
    _sides(page, change)
    page.line()
    page.add(_outcome(change))
    for appears, title in ((True, "Rules that now apply"), (False, "Rules that no longer apply")):
        rules = [rule for rule in change.rules if rule.appears == appears]
        if rules:
            page.title(title)
        for rule in rules:
            page.add(f"{_named(rule.service)}, {rule.effect}: {rule.text}  [{rule.rule}]", "  ", "    ")
    return str(page)


def _asked(name: str, before: Value | None, after: Value | None) -> str:
    now, then = ("unknown" if value is None else DESCRIPTORS[name].say(value) for value in (before, after))
    return f"{DESCRIPTORS[name].title} were {then} (now {now})"


def _named(service: str) -> str:
    return SERVICE_NAMES.get(service, service)


def _sides(page: Writer, change: WhatIf) -> None:
    before, after = ({v.service: _side(v) for v in side.verdicts} for side in (change.before, change.after))
    names = {verdict.service: verdict.name for verdict in change.after.verdicts}
    names |= {v.service: _named(v.service) for v in change.before.verdicts if v.name != names[v.service]}
    room = max(map(len, names.values()))
    page.line(f"  {'probability, cost':<{room}} {'before':<{_SIDE}} after", "dim")
    for service in ANSWERS:
        line = f"  {names[service]:<{room}} {before[service]:<{_SIDE}} {after[service]}"
        page.line(line.rstrip(), "" if before[service] != after[service] else "dim")


def _side(verdict: Verdict) -> str:
    if verdict.status == "ruled_out":
        return "ruled out"
    cost = verdict.monthly_cost_usd
    return f"{percent(verdict.probability):>4}" + (f"  {estimated(cost.expected)}" if cost else "")


def _outcome(change: WhatIf) -> str:
    before, after = change.before.verdicts[0].name, change.after.verdicts[0].name
    costs = change.cost_difference_usd
    if before == after:
        text = f"The recommendation stays {after}"
    else:
        text = f"The recommendation changes from {before} to {after}"
    if costs is None:
        return f"{text}; the cost difference cannot be estimated."
    if not round(costs, 2):
        return f"{text}, at the same expected cost."
    return f"{text}, expected to cost {estimated(abs(costs))} a month {'more' if costs > 0 else 'less'}."


def render_path(path: Path, *, width: int = 100, style: Style = unstyled) -> str:
    """The steps to a service with what to do, and the recommendation afterwards; or why there are none."""
    page, name = Writer(width, style), _named(path.service)
    if not path.reachable:
        page.add(path.why, role="bad")
        for obstacle in path.obstacles:
            page.add(f"{obstacle.text}  [{obstacle.rule}: {cites(obstacle.sources)}]", "  - ", "    ", cut=False)
        return str(page)
    _way(page, path, name)
    if path.after is not None and path.steps:
        page.line()
        page.add(f"Afterwards: {path.after.summary}")
    if path.settled_by:
        page.title(f"{name} would be decided if these open questions are answered so:")
        page.each((step.text for step in path.settled_by), "  - ", "    ")
    elif not path.decided:
        page.line()
        page.add(f"No answers to open questions were found that would make {name} a decided answer.")
    return str(page)


def _way(page: Writer, path: Path, name: str) -> None:
    if not path.steps:
        page.title(f"{name} is the recommendation already.")
        return
    end = "the recommendation" if path.after is None or path.after.decision == "decided" else "the leading answer"
    if all(step.before is None for step in path.steps):
        page.title(f"{name} would be {end} if these open questions are answered so:")
    else:
        page.title(f"To make {name} {end} ({counted(len(path.steps), 'step')}, total effort {path.effort}):")
    for number, step in enumerate(path.steps, start=1):
        effort = "" if step.before is None else f" Effort {step.effort}: {_EFFORTS[step.effort]}."
        page.add(f"{number}. {step.text}.{effort}", "  ", "     ")
        page.each((step.how, step.remedy), "     ", role="dim")
    others: dict[str, tuple[Step, ...]] = {
        "Or, at the same effort, one of": path.alternatives,
        "Or, without any change, if these open questions are answered so:": path.answers,
    }
    for title, steps in others.items():
        if steps:
            page.title(title)
            page.each((step.text for step in steps), "  - ", "    ")


def render_sensitivity(flips: Sequence[Flip], *, width: int = 100, style: Style = unstyled) -> str:
    """The single answers that overturn a recommendation, by the service they lead to; known answers first."""
    page = Writer(width, style)
    page.title("Single answers that would overturn this" if flips else "No single answer would overturn this.")
    for service in dict.fromkeys(flip.service for flip in flips):
        page.line(f"  {_named(service)}, if")
        for flip in flips:
            if flip.service == service:
                now = "" if flip.before is None else f" (now {DESCRIPTORS[flip.field].say(flip.before)})"
                page.add(f"{flip.title} is {flip.values}{now}", "    - ", "      ")
    return str(page)


def render_break_even(found: Sequence[BreakEven], *, width: int = 100, style: Style = unstyled) -> str:
    """Where the cheapest service changes, a paragraph for each field; empty where too little is known."""
    page = Writer(width, style)
    if found:
        page.title("Where the cheapest service changes")
    for each in found:
        text = f"{DESCRIPTORS[each.field].title}: {each.text}"
        page.each((text, each.assumed.text if each.assumed else ""), "  ", "    ")
    return str(page)
