"""A recommendation as text for a terminal or a pipe: short first, in full on demand. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from whichcompute.base.words import about, counted, joined, percent, usd, wrap
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import NONE, SERVICE_NAMES
from whichcompute.presentation.citations import Citations
from whichcompute.pricing import MonthlyCost
from whichcompute.recommender.result import Cited, Outside, Reason, Recommendation, Verdict

Style = Callable[[str, str], str]
"""Styles a text by role: title, good, bad, warn, dim."""

_SHORT = 3
_CAUTIONS = 5
_BAR = 12
_NAME = max(map(len, SERVICE_NAMES.values()))


def unstyled(text: str, role: str) -> str:
    """The text as it is: for pipes and files."""
    del role
    return text


def render(recommendation: Recommendation, *, full: bool = False, width: int = 100, style: Style = unstyled) -> str:
    """The recommendation in words: the answer, all services side by side, the reasons, what is missing, what next."""
    page = _Page(recommendation, full, width, style)
    parts = [*page.head(), "", *_table(recommendation, width, style)]
    for verdict in recommendation.verdicts:
        if full or verdict.service == recommendation.service:
            parts += ["", *page.verdict(verdict)]
    parts += page.similar() if full else page.ruled_out()
    parts += [*page.tail(), *page.next_steps(), *page.sources()]
    return "\n".join(parts)


def status(verdict: Verdict) -> str:
    """What a verdict says of its service in a few words, with the number of limits that are not yet checked."""
    if verdict.status == "ruled_out":
        return "ruled out"
    return f"possible, {counted(len(verdict.unconfirmed), 'limit')} to check" if verdict.unconfirmed else "possible"


def _table(recommendation: Recommendation, width: int, style: Style) -> Iterator[str]:
    rows = _rows(recommendation.verdicts, wide=True)
    if max(map(len, rows)) > width:
        rows = _rows(recommendation.verdicts, wide=False)
    for verdict, line in zip(recommendation.verdicts, rows, strict=True):
        yield style(line, "dim" if verdict.status == "ruled_out" else "plain")
    blank: dict[str, list[str]] = {}
    for verdict in recommendation.verdicts:
        blank.setdefault(verdict.cost_needs, []).append(verdict.name)
    lacking = [
        f"{joined(names)} {'needs' if len(names) == 1 else 'need'} {needs}" for needs, names in blank.items() if needs
    ]
    if lacking:
        yield from (
            style(line, "dim") for line in wrap(f"No cost a month yet: {'; '.join(lacking)}.", width, "  ", "  ")
        )


def _rows(verdicts: Sequence[Verdict], *, wide: bool) -> list[str]:
    """A line for each answer; narrow ones do without bars, ranges of costs and the number of limits."""
    costs = [money(verdict.monthly_cost_usd) for verdict in verdicts]
    said = [status(verdict) for verdict in verdicts]
    if not wide:
        costs, said = [cost.partition(" (")[0] for cost in costs], [text.partition(",")[0] for text in said]
    room, lines = max(map(len, costs)), []
    for verdict, cost, text in zip(verdicts, costs, said, strict=True):
        bar = ("█" * round(verdict.probability * _BAR)).ljust(_BAR, "·") + " " if wide else ""
        share = "   –" if verdict.status == "ruled_out" else f"{percent(verdict.probability):>4}"
        lines.append(f"  {verdict.name:<{_NAME}} {bar}{share}  {cost:<{room}}  {text}")
    return lines


def money(cost: MonthlyCost | None, unit: str = "") -> str:
    """A monthly cost as it is worth, with its range; empty when too few fields are known."""
    if cost is None:
        return ""
    expected, low, high = about(cost.expected), about(cost.low), about(cost.high)
    return f"about {expected}{unit}" + (f" ({low} to {high})" if low != high else "")


class _Page:
    """The parts of the text below the table; sources are numbered as they are cited."""

    def __init__(self, recommendation: Recommendation, full: bool, width: int, style: Style) -> None:
        self._result, self._full, self._width, self._style = recommendation, full, width, style
        self._citations = Citations(brief=not full)

    def _wrap(self, text: str, indent: str, hang: str) -> list[str]:
        return wrap(text, self._width, indent, hang)

    def _title(self, text: str) -> list[str]:
        return ["", self._style(text, "title")]

    def _mark(self, rule: str, sources: Iterable[Cited]) -> str:
        marks = self._citations.marks(sources)
        return f"[{rule}: {marks}]" if marks else f"[{rule}]"

    def head(self) -> list[str]:
        result = self._result
        known = len([name for name in result.workload if name not in ("workload_id", "description")])
        decision = SERVICE_NAMES[NONE] if result.decision == NONE else result.decision
        sure = f"{decision}, {percent(result.confidence)} confidence, based on {counted(known, 'answer')}"
        return [
            *(self._style(line, "title") for line in wrap(result.summary, self._width)),
            self._style(sure, "dim"),
        ]

    def verdict(self, verdict: Verdict) -> Iterator[str]:
        yield self._style(f"{verdict.name}: {status(verdict)}", "title")
        for reason in verdict.reasons if self._full else _weightiest(verdict.reasons):
            yield from self._reason(reason)
        for limit in verdict.unconfirmed if self._full else ():
            mark = self._mark(limit.rule, limit.sources)
            yield from self._wrap(f"?     {limit.text}  {mark}", "  ", " " * 8)
        for name, lines in self._extras(verdict):
            if lines:
                yield self._style(f"  {name}", "dim")
                for line in lines:
                    yield from self._wrap(line, "    - ", "      ")

    def _reason(self, reason: Reason) -> Iterator[str]:
        mark, role = _sign(reason, self._full)
        pack = f", {reason.pack}" if reason.pack else ""
        cited = self._mark(f"{reason.rule}{pack}", reason.sources)
        lines = self._wrap(f"{mark} {reason.text}  {cited}", "  ", " " * (len(mark) + 3))
        yield self._style(lines[0], role)
        yield from lines[1:]
        if reason.effect == "evidence" and not self._full:
            alike = sorted(self._result.similar, key=lambda case: case.choice != self._result.service)
            yield from (f"      {SERVICE_NAMES[case.choice]}: {case.url}" for case in alike if case.url)

    def _extras(self, verdict: Verdict) -> Iterator[tuple[str, list[str]]]:
        full, most = self._full, None if self._full else _SHORT
        yield "settle before you build", self._cautions(verdict)
        yield "usually combined with", [f"{c.name}: {c.text}" for c in verdict.companions][:most]
        yield "headroom" if full else "near a limit", [m.text for m in verdict.margins if full or m.spare < 0.25]
        yield "what would help", list(dict.fromkeys(verdict.remedies)) if full else []
        yield "newer variants without this limit", [f"{v.name}: {v.text}" for v in verdict.variants]
        if verdict.monthly_cost_usd is not None:
            yield "cost", list(_cost(verdict.monthly_cost_usd, full))

    def _cautions(self, verdict: Verdict) -> list[str]:
        """What counts against the leading service, then what professionals settle; in full the former are reasons."""
        if verdict.service != self._result.service:
            return []
        against = [] if self._full else [r for r in verdict.reasons if r.weight < 0 and r.effect == "caution"]
        found = [(r.text, r.rule, r.sources) for r in against]
        found += [(c.text, c.id, c.sources) for c in self._result.considerations]
        return [f"{text}  {self._mark(id_, cited)}" for text, id_, cited in found[: None if self._full else _CAUTIONS]]

    def ruled_out(self) -> Iterator[str]:
        out = [verdict for verdict in self._result.verdicts if verdict.status == "ruled_out"]
        if out:
            yield from self._title("Ruled out")
        for verdict in out:
            veto = verdict.reasons[0]
            yield from self._wrap(f"{verdict.name}: {veto.text}  {self._mark(veto.rule, veto.sources)}", "  ", "    ")
            for variant in verdict.variants:
                yield from self._wrap(f"but {variant.name}: {variant.text}", "    ", "      ")

    def similar(self) -> Iterator[str]:
        if self._result.similar:
            yield from self._title("Nearest comparable decisions on record")
        for case in self._result.similar:
            yield from self._wrap(f"{SERVICE_NAMES[case.choice]}: {case.description or case.id}", "  ", "    ")
            alike = ", ".join(DESCRIPTORS[field].title for field in case.shares)
            yield from self._wrap(f"similar in {alike}  [{case.id}]", "    ", "    ")
            if case.url:
                yield f"    {case.url}"

    def tail(self) -> Iterator[str]:
        result = self._result
        if result.outside:
            yield from self._title("Outside the services compared")
            for item in result.outside:
                mark = self._mark(item.id, item.sources)
                yield from self._wrap(f"{item.name}: {item.text}{_priced(item)}  {mark}", "  ", "    ")
        if result.missing:
            names = "; ".join(f"{DESCRIPTORS[name].title} ({name})" for name in result.missing)
            yield ""
            yield from self._wrap(f"Missing answers that could change this: {names}", "", "  ")
        if result.notes:
            yield ""
            for note in result.notes:
                yield from (self._style(line, "dim") for line in self._wrap(note, "Note: ", "      "))

    def next_steps(self) -> Iterator[str]:
        yield from self._title("Next steps")
        for source in self._result.reading:
            yield f"  - read {source.title}: {source.url}"
        change = f"--what-if {next(iter(self._result.missing), 'FIELD')}=VALUE compares before and after"
        more = "" if self._full else "; --full prints all reasons, limits and costs"
        files = "--adr decision.md writes the decision record; --chart costs.svg draws cost over load"
        yield from self._wrap(f"with the same command: {files}; {change}{more}", "  - ", "    ")

    def sources(self) -> Iterator[str]:
        cited = self._citations.cited()
        if cited:
            yield from self._title("Sources")
        for number, source, sections in cited:
            parts = f" ({', '.join(sections)})" if sections else ""
            if source.url:
                yield f"  {number:>2} {source.title}: {source.url}"
            else:
                yield from self._wrap(f"{number:>2} {source.title}{parts}", "  ", "     ")


def _weightiest(reasons: Iterable[Reason]) -> list[Reason]:
    """The rules and costs that favour an answer most, then the one line on comparable decisions."""
    favour = [reason for reason in reasons if reason.effect in ("prefer", "cost") and reason.weight > 0]
    vetoes = [reason for reason in reasons if reason.effect == "exclude"]
    return [*vetoes[:_SHORT], *favour[:_SHORT], *(reason for reason in reasons if reason.effect == "evidence")]


def _sign(reason: Reason, full: bool) -> tuple[str, str]:
    role = "bad" if reason.effect == "exclude" else "good" if reason.weight > 0 else "warn"
    if full:
        return ("veto " if reason.effect == "exclude" else f"{reason.weight:+.2f}"), role
    return {"bad": "x", "good": "+", "warn": "-"}[role] if reason.effect != "evidence" else "=", role


def _priced(place: Outside) -> str:
    cost = money(place.monthly_cost_usd, " a month")
    return f" Cost: {cost}." if cost else ""


def _cost(cost: MonthlyCost, full: bool) -> Iterator[str]:
    yield f"{money(cost, ' a month')}, at list prices of {cost.region}"
    for number, driver in enumerate(cost.drivers):
        which = "then for" if number else "the range is widest for"
        asked = (
            f". Answer {driver.field} (as assumed, it leaves {about(driver.left_low)} to {about(driver.left_high)}): "
            f"{driver.question}"
        )
        alone = f"{about(driver.low)} to {about(driver.high)} alone"
        yield f"{which} {driver.title}: {alone}{asked if driver.field else ''}"
    for line in cost.lines if full else ():
        unit = line.unit.removesuffix("s") if line.quantity == 1 else line.unit
        yield f"{line.label}: {line.quantity:,.6g} {unit} x {line.unit_price:.10g} = {usd(line.amount)}"
    yield from (f"assumed: {assumption}" for assumption in (cost.assumptions if full else ()))
