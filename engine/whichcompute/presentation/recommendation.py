"""A recommendation as text for a terminal or a pipe: short first, in full on demand. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from whichcompute.base.words import percent, usd, wrap
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.pricing import MonthlyCost
from whichcompute.recommender.result import Cited, Reason, Recommendation, Verdict

Style = Callable[[str, str], str]
"""Styles a text by role: title, good, bad, warn, dim."""

_STATUS = {"eligible": "possible", "unconfirmed": "unconfirmed", "ruled_out": "ruled out"}
_SHORT = 3
_BAR = 12
_NAME = max(map(len, SERVICE_NAMES.values()))
_WIDE = 70  # narrower terminals do without bars


def unstyled(text: str, role: str) -> str:
    """The text as it is: for pipes and files."""
    del role
    return text


def render(recommendation: Recommendation, *, full: bool = False, width: int = 100, style: Style = unstyled) -> str:
    """The recommendation in words: the answer, all services side by side, the reasons, what is missing."""
    parts = [*_head(recommendation, width, style), "", *_table(recommendation, width, style)]
    for verdict in recommendation.verdicts:
        if full or verdict.service == recommendation.service:
            parts += ["", *_verdict(verdict, full, width, style)]
    if not full:
        parts += _ruled_out(recommendation, width, style)
    else:
        parts += _similar(recommendation, width, style)
    parts += _tail(recommendation, width, style)
    return "\n".join(parts)


def _head(recommendation: Recommendation, width: int, style: Style) -> list[str]:
    lines = wrap(recommendation.summary, width)
    known = len([name for name in recommendation.workload if name not in ("workload_id", "description")])
    sure = f"{recommendation.decision}, {percent(recommendation.confidence)} confidence, from {known} known answers"
    return [*(style(line, "title") for line in lines), style(sure, "dim")]


def _table(recommendation: Recommendation, width: int, style: Style) -> Iterator[str]:
    for verdict in recommendation.verdicts:
        bar = ("█" * round(verdict.probability * _BAR)).ljust(_BAR, "·") + " " if width >= _WIDE else ""
        out = verdict.status == "ruled_out"
        share = "   –" if out else f"{percent(verdict.probability):>4}"
        line = (
            f"  {verdict.name:<{_NAME}} {bar}{share}  {money(verdict.monthly_cost_usd):>16}  {_STATUS[verdict.status]}"
        )
        yield style(line, "dim" if out else "plain")


def money(cost: MonthlyCost | None) -> str:
    """A monthly cost in a few characters; empty when too few fields are known."""
    return "" if cost is None else f"{usd(cost.expected)} a month"


def cites(sources: Iterable[Cited]) -> str:
    """Sources in a few words, in the order of the rule."""
    sections: dict[str, list[str]] = {}
    for source in sources:
        sections.setdefault(source.title, []).extend([source.section] if source.section else [])
    return "; ".join(title + (f" ({', '.join(parts)})" if parts else "") for title, parts in sections.items())


def _verdict(verdict: Verdict, full: bool, width: int, style: Style) -> Iterator[str]:
    yield style(f"{verdict.name}: {_STATUS[verdict.status]}", "title")
    reasons = [reason for reason in verdict.reasons if full or reason.effect not in ("base",)]
    for reason in reasons if full else _weightiest(reasons):
        yield from _reason(reason, width, style)
    for limit in verdict.unconfirmed if full else ():
        yield from wrap(f"?        {limit.text}  [{limit.rule}]", width, "  ", " " * 11)
    for name, lines in _extras(verdict, full):
        if lines:
            yield style(f"  {name}", "dim")
            for line in lines:
                yield from wrap(line, width, "    - ", "      ")


def _weightiest(reasons: list[Reason]) -> list[Reason]:
    # Rules explain more to a reader than the classifier's evidence, so they come first.
    ranked = sorted(reasons, key=lambda r: (r.effect == "evidence", -abs(r.weight)))
    return ranked[:_SHORT]


def _reason(reason: Reason, width: int, style: Style) -> Iterator[str]:
    mark, role = ("veto  ", "bad") if reason.effect == "exclude" else (f"{reason.weight:+.2f} ", _role(reason))
    pack = f", {reason.pack}" if reason.pack else ""
    lines = wrap(f"{mark} {reason.text}  [{reason.rule}{pack}: {cites(reason.sources)}]", width, "  ", " " * 9)
    yield style(lines[0], role)
    yield from lines[1:]


def _role(reason: Reason) -> str:
    return "good" if reason.weight > 0 else "warn"


def _extras(verdict: Verdict, full: bool) -> Iterator[tuple[str, list[str]]]:
    yield "usually combined with", [f"{c.name}: {c.text}" for c in verdict.companions][: None if full else _SHORT]
    yield "headroom" if full else "near a limit", [m.text for m in verdict.margins if full or m.spare < 0.25]
    yield "what would help", list(dict.fromkeys(verdict.remedies)) if full else []
    yield "newer variants without this limit", [f"{v.name}: {v.text}" for v in verdict.variants]
    if full and verdict.monthly_cost_usd is not None:
        yield "cost", list(_cost(verdict.monthly_cost_usd))


def _cost(cost: MonthlyCost) -> Iterator[str]:
    yield f"{usd(cost.expected)} a month expected, {usd(cost.low)} to {usd(cost.high)}"
    for line in cost.lines:
        yield f"{line.label}: {line.quantity:,.6g} {line.unit} x {line.unit_price:.10g} = {usd(line.amount)}"
    yield from (f"assumed: {assumption}" for assumption in cost.assumptions)


def _ruled_out(recommendation: Recommendation, width: int, style: Style) -> Iterator[str]:
    out = [verdict for verdict in recommendation.verdicts if verdict.status == "ruled_out"]
    if out:
        yield ""
        yield style("Ruled out", "title")
    for verdict in out:
        veto = verdict.reasons[0]
        yield from wrap(f"{verdict.name}: {veto.text}  [{veto.rule}: {cites(veto.sources)}]", width, "  ", "    ")
        for variant in verdict.variants:
            yield from wrap(f"but {variant.name}: {variant.text}", width, "    ", "      ")


def _similar(recommendation: Recommendation, width: int, style: Style) -> Iterator[str]:
    if recommendation.similar:
        yield ""
        yield style("Most similar real decisions", "title")
    for case in recommendation.similar:
        yield from wrap(f"{SERVICE_NAMES[case.choice]}: {case.description or case.id}", width, "  ", "    ")
        alike = ", ".join(DESCRIPTORS[field].title for field in case.shares)
        yield from wrap(f"similar in {alike}  [{case.id}{_site(case.url)}]", width, "    ")


def _site(url: str) -> str:
    # A whole address would be broken at the edge of a terminal; the JSON has it.
    host, *path = url.partition("://")[2].partition("#")[0].split("/")
    return f": {'/'.join([host, *path[:2]]).rstrip('/')}" if host else ""


def _tail(recommendation: Recommendation, width: int, style: Style) -> Iterator[str]:
    if recommendation.outside:
        yield ""
        yield style("Outside the services compared", "title")
        for item in recommendation.outside:
            yield from wrap(f"{item.name}: {item.text}", width, "  ", "    ")
    if recommendation.missing:
        yield ""
        yield from wrap(f"Unknown fields that could change this: {', '.join(recommendation.missing)}", width, "", "  ")
    if recommendation.notes:
        yield ""
        for note in recommendation.notes:
            yield from (style(line, "dim") for line in wrap(note, width, "Note: ", "      "))
