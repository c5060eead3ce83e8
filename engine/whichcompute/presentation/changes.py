"""What-ifs, paths and sensitivities as text for a terminal or a pipe. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whichcompute.base.words import about, counted, percent, wrap
from whichcompute.counterfactual.paths import Flip, Path, Step
from whichcompute.counterfactual.what_if import WhatIf
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.services import ANSWERS, SERVICE_NAMES
from whichcompute.presentation.citations import cites
from whichcompute.presentation.recommendation import Style, unstyled
from whichcompute.recommender.result import Verdict

_EFFORTS = {1: "a setting", 2: "some work", 3: "code or redesign"}
_NAME = max(map(len, SERVICE_NAMES.values()))
_SIDE = 22


def render_what_if(change: WhatIf, *, width: int = 100, style: Style = unstyled) -> str:
    """Before and after side by side, the difference in cost, and the rules that now apply or no longer do."""
    known = change.before.workload
    asked = ", ".join(_asked(name, known.get(name), value) for name, value in change.changes.items())
    lines = [style(line, "title") for line in wrap(f"What if {asked}?", width)]
    lines += ["", *_sides(change, style), "", *wrap(_outcome(change), width)]
    for appears, title in ((True, "Rules that now apply"), (False, "Rules that no longer apply")):
        rules = [rule for rule in change.rules if rule.appears == appears]
        lines += ["", style(title, "title")] if rules else []
        for rule in rules:
            text = f"{_named(rule.service)}, {rule.effect}: {rule.text}  [{rule.rule}]"
            lines += wrap(text, width, "  ", "    ")
    return "\n".join(lines)


def _asked(name: str, before: Value | None, after: Value | None) -> str:
    descriptor = DESCRIPTORS[name]
    now = "unknown" if before is None else descriptor.say(before)
    then = "unknown" if after is None else descriptor.say(after)
    return f"{descriptor.title} were {then} (now {now})"


def _named(service: str) -> str:
    return SERVICE_NAMES.get(service, service)


def _sides(change: WhatIf, style: Style) -> Iterator[str]:
    before, after = ({v.service: v for v in side.verdicts} for side in (change.before, change.after))
    yield style(f"  {'share, cost':<{_NAME}} {'before':<{_SIDE}} after", "dim")
    for service in ANSWERS:
        line = f"  {_named(service):<{_NAME}} {_side(before[service]):<{_SIDE}} {_side(after[service])}"
        yield style(line.rstrip(), "plain" if _side(before[service]) != _side(after[service]) else "dim")


def _side(verdict: Verdict) -> str:
    if verdict.status == "ruled_out":
        return "ruled out"
    cost = verdict.monthly_cost_usd
    return f"{percent(verdict.probability):>4}" + (f"  about {about(cost.expected)}" if cost else "")


def _outcome(change: WhatIf) -> str:
    before, after, costs = change.before.service, change.after.service, change.cost_difference_usd
    if before == after:
        text = f"The recommendation stays {_named(after)}"
    else:
        text = f"The recommendation changes from {_named(before)} to {_named(after)}"
    if costs is None:
        return f"{text}; the cost difference cannot be estimated."
    if not round(costs, 2):
        return f"{text}, at the same expected cost."
    return f"{text}, expected to cost about {about(abs(costs))} a month {'more' if costs > 0 else 'less'}."


def render_path(path: Path, *, width: int = 100, style: Style = unstyled) -> str:
    """The steps to a service with what to do, and the recommendation afterwards; or why there are none."""
    name = _named(path.service)
    if not path.reachable:
        return "\n".join(_no_path(path, width, style))
    lines = _way(path, name, width, style)
    if path.after is not None and path.steps:
        lines += ["", *wrap(f"Afterwards: {path.after.summary}", width)]
    return "\n".join([*lines, *_settling(path, name, width, style)])


def _way(path: Path, name: str, width: int, style: Style) -> list[str]:
    if not path.steps:
        return [style(f"{name} is the recommendation already.", "title")]
    open_ = all(step.before is None for step in path.steps)
    head = (
        f"{name} would be the recommendation if what is not known yet turns out so"
        if open_
        else f"To make {name} the recommendation"
    )
    lines = _title(f"{head} ({_steps(path)}):", width, style)
    for number, step in enumerate(path.steps, start=1):
        lines += _step(step, number, width, style)
    if path.alternatives:
        lines += _title("Or, at the same effort, one of", width, style, above=True)
        lines += _listed(path.alternatives, width)
    if path.answers:
        lines += _title("Or, without a change, what is not known yet turns out so:", width, style, above=True)
        lines += _listed(path.answers, width)
    return lines


def _settling(path: Path, name: str, width: int, style: Style) -> list[str]:
    """What would make the answer decided, or that nothing does."""
    if path.decided:
        return []
    if not path.settled_by:
        return ["", *wrap(f"No answers to open questions were found that would make {name} a decided answer.", width)]
    title = f"{name} would be decided if what is not known yet turns out so:"
    return [*_title(title, width, style, above=True), *_listed(path.settled_by, width)]


def _title(text: str, width: int, style: Style, *, above: bool = False) -> list[str]:
    return [*([""] if above else []), *(style(line, "title") for line in wrap(text, width))]


def _listed(steps: Sequence[Step], width: int) -> list[str]:
    return [line for step in steps for line in wrap(step.text, width, "  - ", "    ")]


def _no_path(path: Path, width: int, style: Style) -> Iterator[str]:
    yield from (style(line, "bad") for line in wrap(path.why, width))
    for obstacle in path.obstacles:
        yield from wrap(
            f"{obstacle.text}  [{obstacle.rule}: {cites(obstacle.sources)}]", width, "  - ", "    ", break_words=False
        )


def _steps(path: Path) -> str:
    return f"{counted(len(path.steps), 'step')}, total effort {path.effort}"


def _step(step: Step, number: int, width: int, style: Style) -> Iterator[str]:
    effort = "an answer" if step.before is None else _EFFORTS[step.effort]
    yield from wrap(f"{number}. {step.text}. Effort {step.effort}: {effort}.", width, "  ", "     ")
    for text in filter(None, (step.how, step.remedy)):
        yield from (style(line, "dim") for line in wrap(text, width, "     "))


def render_sensitivity(flips: Sequence[Flip], *, width: int = 100, style: Style = unstyled) -> str:
    """The single answers that overturn a recommendation, by the service they lead to; known answers first."""
    if not flips:
        return style("No single answer would overturn this.", "title")
    lines = [style("Single answers that would overturn this", "title")]
    for service in dict.fromkeys(flip.service for flip in flips):
        lines.append(style(f"  {_named(service)}, if", "plain"))
        for flip in flips:
            if flip.service == service:
                now = "" if flip.before is None else f" (now {DESCRIPTORS[flip.field].say(flip.before)})"
                lines += wrap(f"{flip.title} is {flip.values}{now}", width, "    - ", "      ")
    return "\n".join(lines)
