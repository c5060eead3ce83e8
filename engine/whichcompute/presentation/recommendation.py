"""A recommendation as text for a terminal or a pipe: short first, in full on demand. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from whichcompute.base.units import plain
from whichcompute.base.words import about, counted, estimated, joined, percent, upper, usd
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import NONE, SERVICE_NAMES
from whichcompute.presentation.citations import Citations
from whichcompute.presentation.writer import Style, Writer, unstyled
from whichcompute.pricing import MonthlyCost
from whichcompute.recommender.result import Cited, Outside, Reason, Recommendation, Verdict, decision_words

_SHORT = 3
_CAUTIONS = 5
_RARE = 0.01  # that no decision chose an answer less probable than this goes without saying
_PRICED = 0.05  # what a cost needs is said of answers as probable as this
_BAR = 12


def render(
    recommendation: Recommendation, *, full: bool = False, width: int = 100, style: Style = unstyled, firmness: str = ""
) -> str:
    """The recommendation in words: the answer, all services side by side, the reasons, what is missing, what next.

    `firmness`: how likely further answers change it, in a sentence, where that was worked out.
    """
    page = _Page(recommendation, full, width, style, firmness)
    page.head()
    page.table()
    for verdict in recommendation.verdicts:
        if full or verdict.service == recommendation.service:
            page.verdict(verdict)
    if full:
        page.similar()
    else:
        page.ruled_out()
    page.tail()
    page.next_steps()
    page.sources()
    return str(page)


def standing(recommendation: Recommendation) -> str:
    """How firm the answer is in one word, or that it lies outside the services compared."""
    plausible = len(recommendation.plausible_services)
    return (
        SERVICE_NAMES[NONE] if recommendation.decision == NONE else decision_words(recommendation.decision, plausible)
    )


def status(verdict: Verdict) -> str:
    """What a verdict says of its service in a few words, with the number of limits that are not yet checked."""
    if verdict.status == "ruled_out":
        return "ruled out"
    return f"possible, {counted(len(verdict.unconfirmed), 'limit')} to check" if verdict.unconfirmed else "possible"


def _rows(verdicts: Sequence[Verdict], width: int) -> list[str]:
    """A line for each answer; where one is too wide, bars go first, then limits, ranges of costs, and what is said."""
    costs, said = [money(verdict.monthly_cost_usd) for verdict in verdicts], [status(verdict) for verdict in verdicts]
    brief, short = [cost.partition(" (")[0] for cost in costs], [text.partition(",")[0] for text in said]
    tables = ((_BAR, costs, said), (0, costs, said), (0, costs, short), (0, brief, short), (0, brief, [""] * len(said)))
    drawn = (_lines(verdicts, *table) for table in tables)
    return next((lines for lines in drawn if max(map(len, lines)) <= width), _lines(verdicts, *tables[-1]))


def _lines(verdicts: Sequence[Verdict], bar: int, costs: Sequence[str], said: Sequence[str]) -> list[str]:
    named, room, lines = max(len(verdict.name) for verdict in verdicts), max(map(len, costs)), []
    for verdict, cost, text in zip(verdicts, costs, said, strict=True):
        drawn = ("█" * round(verdict.probability * bar)).ljust(bar, "·") + " " * bool(bar)
        share = "   –" if verdict.status == "ruled_out" else f"{percent(verdict.probability):>4}"
        lines.append(f"  {verdict.name:<{named}} {drawn}{share}  {cost:<{room}}  {text}".rstrip())
    return lines


def money(cost: MonthlyCost | None, unit: str = "") -> str:
    """A monthly cost as it is worth, with its range; empty when too few fields are known."""
    if cost is None:
        return ""
    low, high = about(cost.low), about(cost.high)
    return f"{estimated(cost.expected)}{unit}" + (f" ({low} to {high})" if low != high else "")


class _Page(Writer):
    """The parts of the text; sources are numbered as they are cited."""

    def __init__(self, recommendation: Recommendation, full: bool, width: int, style: Style, firmness: str) -> None:
        super().__init__(width, style)
        self._result, self._full, self._firmness = recommendation, full, firmness
        self._citations = Citations(brief=not full)

    def _mark(self, rule: str, sources: Iterable[Cited]) -> str:
        marks = self._citations.marks(sources)
        return f"[{rule}: {marks}]" if marks else f"[{rule}]"

    def head(self) -> None:
        result = self._result
        known = len([name for name in result.workload if name not in ("workload_id", "description")])
        self.title(result.summary)
        sure = f"{standing(result)}; {percent(result.confidence)} confidence, based on {counted(known, 'answer')}"
        self.line(sure, "dim")

    def table(self) -> None:
        verdicts = self._result.verdicts
        self.line()
        for verdict, line in zip(verdicts, _rows(verdicts, self.width), strict=True):
            self.line(line, "dim" if verdict.status == "ruled_out" else "")
        blank: dict[str, list[str]] = {}
        for verdict in verdicts:
            if verdict.probability >= _PRICED:
                blank.setdefault(verdict.cost_needs, []).append(verdict.name)
        lacking = [f"{joined(them)} need{'s' * (len(them) == 1)} {needs}" for needs, them in blank.items() if needs]
        if lacking:
            self.add(f"No cost a month yet: {'; '.join(lacking)}.", "  ", role="dim")

    def verdict(self, verdict: Verdict) -> None:
        self.title(f"{verdict.name}: {status(verdict)}")
        reasons = verdict.reasons if self._full else key_reasons(verdict, _SHORT, 0)
        past = [reason for reason in reasons if self._full and reason.effect in ("evidence", "base")]
        for reason in reasons:
            if reason not in past:
                self._reason(reason, verdict)
        if past:
            self.line("  what past decisions add: a ranking, no reason", "dim")
        for reason in past:
            self._reason(reason, verdict)
        for limit in verdict.unconfirmed if self._full else ():
            self.add(f"?     {limit.text}  {self._mark(limit.rule, limit.sources)}", "  ", " " * 8)
        for name, lines in self._extras(verdict):
            if lines:
                self.line(f"  {name}", "dim")
                self.each(lines, "    - ", "      ")

    def _reason(self, reason: Reason, verdict: Verdict) -> None:
        mark, role = _sign(reason, self._full)
        pack = f", {reason.pack}" if reason.pack else ""
        cited = self._mark(f"{reason.rule}{pack}", reason.sources)
        first = len(self.lines)
        self.add(f"{mark} {reason_text(reason, verdict, self._result)}  {cited}", "  ", " " * (len(mark) + 3))
        self.lines[first] = self.styled(self.lines[first], role)
        if reason.effect == "evidence" and not self._full:
            alike = sorted(self._result.similar, key=lambda case: case.choice != self._result.service)
            self.lines += [f"      {SERVICE_NAMES[case.choice]}: {case.url}" for case in alike if case.url]

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
        against = [] if self._full else [r for r in verdict.reasons if r.weight < 0 and r.text in verdict.cautions]
        found = [(r.text, r.rule, r.sources) for r in against]
        found += [(c.text, c.id, c.sources) for c in self._result.considerations]
        return [f"{text}  {self._mark(id_, cited)}" for text, id_, cited in found[: None if self._full else _CAUTIONS]]

    def ruled_out(self) -> None:
        out = [verdict for verdict in self._result.verdicts if verdict.status == "ruled_out"]
        if out:
            self.title("Ruled out")
        for verdict in out:
            veto = verdict.reasons[0]
            self.add(f"{verdict.name}: {veto.text}  {self._mark(veto.rule, veto.sources)}", "  ", "    ")
            self.each((f"but {variant.name}: {variant.text}" for variant in verdict.variants), "    ", "      ")

    def similar(self) -> None:
        if self._result.similar:
            self.title("Nearest comparable decisions on record")
        for case in self._result.similar:
            self.add(f"{SERVICE_NAMES[case.choice]}: {case.description or case.id}", "  ", "    ")
            alike = ", ".join(DESCRIPTORS[field].title for field in case.shares)
            self.add(f"similar in {alike}  [{case.id}]", "    ")
            if case.url:
                self.line(f"    {case.url}")

    def tail(self) -> None:
        result = self._result
        if result.outside:
            self.title("Outside the services compared")
        for item in result.outside:
            mark = self._mark(item.id, item.sources)
            self.add(f"{item.name}: {item.text}{_priced(item)}  {mark}", "  ", "    ")
        if result.missing:
            names = "; ".join(f"{DESCRIPTORS[name].title} ({name})" for name in result.missing)
            self.line()
            could = "Missing answers that could change this or its cost"
            if self._firmness:
                could = f"{self._firmness} Not answered yet, and able to change its cost at least"
            self.add(f"{could}: {names}", "", "  ")
        if result.notes:
            self.line()
            self.each(result.notes, "Note: ", "      ", "dim")

    def next_steps(self) -> None:
        self.title("Next steps")
        self.lines += [f"  - read {source.title}: {source.url}" for source in self._result.reading]
        change = f"--what-if {next(iter(self._result.missing), 'FIELD')}=VALUE compares before and after"
        more = "" if self._full else "; --full prints all reasons, limits and costs"
        chart = "; --chart costs.svg draws cost over load" if _drawable(self._result) else ""
        files = f"--adr decision.md writes the decision record{chart}"
        self.add(f"options of whichcompute recommend: {files}; {change}{more}", "  - ", "    ")

    def sources(self) -> None:
        cited = self._citations.cited()
        if cited:
            self.title("Sources")
        for number, source, sections in cited:
            parts = f" ({', '.join(sections)})" if sections else ""
            if source.url:
                self.line(f"  {number:>2} {source.title}: {source.url}")
            else:
                self.add(f"{number:>2} {source.title}{parts}", "  ", "     ")


def key_reasons(verdict: Verdict, favour: int = 4, against: int = 2) -> list[Reason]:
    """What rules an answer out; else the first rules and costs for and against it, then the comparable decisions."""
    vetoes = [reason for reason in verdict.reasons if reason.effect == "exclude"]
    priced = verdict.service != NONE and verdict.monthly_cost_usd is not None  # costs rest on an estimate of its own
    said = [r for r in verdict.reasons if r.effect in ("prefer", "caution") or (r.effect == "cost" and priced)]
    decisions = [r for r in verdict.reasons if r.effect == "evidence" and verdict.probability >= _RARE]
    pros, cons = [r for r in said if r.weight > 0][:favour], [r for r in said if r.weight < 0][:against]
    return vetoes or pros + cons + decisions


def reason_text(reason: Reason, verdict: Verdict, recommendation: Recommendation) -> str:
    """The text of a reason; where it leads to another place outside than the first, that place before it."""
    first, *others = recommendation.outside if verdict.service == NONE and recommendation.outside else [None]
    elsewhere = [place for place in others if place and reason.rule in place.rules]
    if first is None or reason.rule in first.rules or not elsewhere:
        return reason.text
    return f"{upper(elsewhere[0].name)}: {reason.text}"


def _drawable(recommendation: Recommendation) -> bool:
    """Whether costs can be drawn over load: a duration is known, and two services are left, the leading one too."""
    timed = any(name in recommendation.workload for name in ("typical_duration_s", "max_duration_s"))
    left = [v.service for v in recommendation.verdicts if v.status != "ruled_out" and v.service != NONE]
    return timed and len(left) > 1 and recommendation.service in left


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
    for driver in cost.drivers:
        moves = f"moves the cost between {about(driver.low)} and {about(driver.high)}"
        if not driver.field:
            yield f"{driver.title}, which no answer settles, {moves}"
            continue
        left = joined(dict.fromkeys((about(driver.left_low), about(driver.left_high))), "to")
        yield (
            f"answer {driver.field} to narrow it: {driver.question} By itself it {moves}; if it is as assumed, the "
            f"whole range narrows to {left}"
        )
    for line in cost.lines if full else ():
        unit = line.unit.removesuffix("s") if line.quantity == 1 else line.unit
        yield f"{line.label}: {plain(line.quantity, 6)} {unit} x {plain(line.unit_price, 10)} = {usd(line.amount)}"
    decides = [f"{driver.field} is unknown" for driver in cost.drivers if driver.field]
    for assumption in cost.assumptions:
        if full or not cost.lines or any(text in assumption for text in decides):
            yield f"assumed: {assumption}"
