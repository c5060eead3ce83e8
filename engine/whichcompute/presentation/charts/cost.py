"""The cost chart: the monthly cost of a workload over its requests or jobs, a line for each service not ruled out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape

from whichcompute.base.errors import WhichcomputeError, shown
from whichcompute.base.words import about, short, wrap
from whichcompute.counterfactual.break_even import BreakEven, BreakEvenWords, break_even_assumed
from whichcompute.counterfactual.comparison import NEEDS, Comparison, Range
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.services import RECORDS, SERVICE_NAMES, SERVICES, Service
from whichcompute.presentation.charts.palette import COLOURS, look, style, text_at
from whichcompute.presentation.charts.scale import Axis, Label, Mark, apart, labels_above
from whichcompute.pricing.demand import JOBS
from whichcompute.recommender.recommender import Recommender

FIELD = "invocations_per_month"
_SAMPLES = 360
_LEAST = 0.01  # USD: what costs less is drawn at the bottom
_NOTED = 2  # of more changes than this, only the first and the last are labelled
_WIDTH, _LEFT, _RIGHT, _TALL = 960, 96, 724, 320
_LINE, _ROW, _LABEL = 20, 18, 34
_LETTERS = 126  # in a line of the caption
_NAME = 48


def cost_chart(
    recommender: Recommender, values: Mapping[str, Value], *, free_tier: bool = False, name: str = "cost-chart"
) -> str:
    """The chart as SVG text, with the crossovers and the workload marked.

    `name` begins the ids in the picture: use a different one for each chart on a page. WhichcomputeError when too
    little is known, or nothing could be seen: fewer than two services with an estimate, or none that depends on calls.
    """
    comparison = Comparison(recommender, values, FIELD, free_tier=free_tier)
    if not comparison.depends:
        needs = NEEDS[FIELD]
        such = f"{needs[0]}={DESCRIPTORS[needs[0]].example}"
        raise WhichcomputeError(f"no cost chart: the workload must say {' or '.join(needs)}, for example {such}")
    found = break_even_assumed(comparison)
    if found is None:
        raise WhichcomputeError(
            "no cost chart: of the services that are left, fewer than two have an estimate that changes with "
            f"{FIELD}, or the recommended one has none"
        )
    return "\n".join(_Picture(comparison, found).svg(escape(name))) + "\n"


class _Picture:
    """One chart; the plot's own coordinates begin at its upper edge."""

    def __init__(self, comparison: Comparison, found: BreakEven) -> None:
        self.comparison, self.found = comparison, found
        jobs = comparison.values.get("kind") in JOBS
        self.unit, self.words = "jobs" if jobs else "requests", BreakEvenWords(FIELD, found.current, jobs)
        changes = [*self._changes(found.leaders), *self._changes(found.ranges)]
        # A workload that is never called has no place on a logarithmic axis.
        here = found.current
        self.here = [Mark(here, f"this workload: {self.words.value(here)}")] if here else []
        self.now = comparison.costs(here) if here else {}
        noted = [mark.value for mark in [*self.here, *changes] if mark.text]
        self.x = Axis.around(noted or [1e4, 1e6], _LEFT, _RIGHT)
        seen = {mark.value: mark for mark in changes if self.x.low <= mark.value <= self.x.high}
        self.changes = [seen[value] for value in sorted(seen)]
        self.samples = [(value, comparison.costs(value)) for value in self._values()]
        costs = [max(cost, _LEAST) for _, of in self.samples for cost in of.values()]
        self.y = Axis.holding(costs, _TALL, 0)

    def _changes(self, ranges: Sequence[Range]) -> Iterator[Mark]:
        few = len(ranges) - 1 <= _NOTED
        for number, (before, after) in enumerate(zip(ranges, ranges[1:], strict=False), start=2):
            cost = self.comparison.costs(after.start)[after.service]
            text = short(before.end) if few or number == 2 else short(after.start) if number == len(ranges) else ""
            yield Mark(after.start, text, cost)

    def _values(self) -> list[float]:
        """Where costs are drawn: all over, and exactly on both sides of each change."""
        exact = {value for mark in self.changes for value in (mark.value - 1, mark.value)}
        return sorted(exact.union(self.x.samples(_SAMPLES)))

    @cached_property
    def drawn(self) -> list[Service]:
        """The services with a line, the recommended one last, so that it lies on top."""
        found = {service for _, costs in self.samples for service in costs}
        return sorted(found, key=lambda service: (service == self.comparison.recommended, SERVICES.index(service)))

    def svg(self, name: str) -> Iterator[str]:
        """The picture, line by line."""
        workload = self.comparison.values.get("workload_id")
        title = f"Monthly cost by number of {self.unit}" + (f": {shown(workload)[:_NAME]}" if workload else "")
        caption, notes = (wrap(text, _LETTERS) for text in (self.found.text, self._notes()))
        labels = labels_above([*self.here, *self.changes], self.x)
        top = 62 + _LINE * len(caption) + _ROW * max((label.row + 1 for label in labels), default=0)
        height = top + _TALL + 76 + _LINE * len(notes)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="wc-chart" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" role="img" aria-labelledby="{name}-title {name}-desc" '
            f'fill="{COLOURS["ink"][0]}" font-family="system-ui, sans-serif" font-size="13">'
        )
        yield f'<title id="{name}-title">{escape(title)}</title>'
        yield f'<desc id="{name}-desc">{escape(f"{self.found.text} {self._in_words()}".strip())}</desc>'
        yield f"<style>{style()}</style>"
        yield f'<rect width="{_WIDTH}" height="{height}" {look("paper")}/>'
        yield text_at(24, 34, title, 'font-size="19" font-weight="600"')
        yield from (text_at(24, 60 + _LINE * number, line) for number, line in enumerate(caption))
        yield f'<g transform="translate(0 {top})">'
        yield from self._plot(labels)
        yield from (text_at(24, _TALL + 86 + _LINE * n, line, look("soft")) for n, line in enumerate(notes))
        yield "</g>"
        yield "</svg>"

    def _plot(self, labels: Sequence[Label]) -> Iterator[str]:
        yield from self._grid()
        yield from self._ribbon()
        yield from (_pointer(self.x.at(label.mark.value), label) for label in labels)
        yield from (_note(self.x.at(label.mark.value), label) for label in labels)
        yield from map(self._line, self.drawn)
        yield from self._points()
        yield from self._names()

    def _grid(self) -> Iterator[str]:
        for cost in self.y.decades:
            y = self.y.at(cost)
            yield f'<path d="M{_LEFT} {y}H{_RIGHT}" {look(stroke="rule")}/>'
            yield text_at(_LEFT - 10, y + 4, about(cost), f'text-anchor="end" {look("soft")}')
        for value in self.x.decades:
            x = self.x.at(value)
            yield f'<path d="M{x} 0V{_TALL}" {look(stroke="rule")}/>'
            yield text_at(x, _TALL + 38, short(value), f'text-anchor="middle" {look("soft")}')
        axis = f"{self.unit} a month"
        yield text_at((_LEFT + _RIGHT) / 2, _TALL + 60, axis, f'text-anchor="middle" {look("soft")}')

    def _ribbon(self) -> Iterator[str]:
        """A band below the plot in the colour of the cheapest service."""
        yield text_at(_LEFT - 10, _TALL + 21, "cheapest", f'text-anchor="end" {look("soft")}')
        for found in self.found.ranges:
            start, end = self.x.at(found.start), self.x.at(found.end + 1)
            if end > start:
                size = f'x="{start}" y="{_TALL + 12}" width="{round(end - start, 1)}" height="9"'
                yield f"<rect {size} {look(found.service)}><title>{SERVICE_NAMES[found.service]}</title></rect>"

    def _line(self, service: Service) -> str:
        path, pen = "", "M"
        for number, (value, costs) in enumerate(self.samples):
            if service not in costs:
                pen = "M"
                continue
            around = {of.get(service) for _, of in self.samples[max(0, number - 1) : number + 2]}
            if len(around) > 1 or number in (0, len(self.samples) - 1):  # within a level stretch a point adds nothing
                path += f"{pen}{self.x.at(value)} {self.y.at(costs[service])}"
                pen = "L"
        wide = 3 if service == self.comparison.recommended else 1.8
        pattern = RECORDS[service].dash  # where two services cost the same, both lines stay visible
        dash = f' stroke-dasharray="{pattern}"' if pattern else ""
        pens = f'stroke-width="{wide}" stroke-linejoin="round"{dash} {look(stroke=service)}'
        return f'<path d="{path}" {pens}><title>{SERVICE_NAMES[service]}</title></path>'

    def _points(self) -> Iterator[str]:
        for mark in self.changes:
            place = f'cx="{self.x.at(mark.value)}" cy="{self.y.at(mark.cost or 0)}"'
            yield f'<circle {place} r="{4.5 if mark.text else 2.5}" stroke-width="1.6" {look("paper", "ink")}/>'
        for mark in self.here:
            for service, cost in self.now.items():
                yield f'<circle cx="{self.x.at(mark.value)}" cy="{self.y.at(cost)}" r="3.5" {look(service)}/>'

    def _names(self) -> Iterator[str]:
        """The name of each service beside the end of its line, with what it costs for the workload as it is."""
        ends = sorted((*self._end(service), service) for service in self.drawn)
        places = apart([y for y, *_ in ends], _LABEL if self.now else _LINE, 0, _TALL)
        for (y, x, service), place in zip(ends, places, strict=True):
            yield f'<path d="M{x + 3} {y}L{_RIGHT + 14} {place}" opacity=".5" {look(stroke=service)}/>'
            weight = ' font-weight="600"' if service == self.comparison.recommended else ""
            here = self.now.get(service)
            yield text_at(
                _RIGHT + 20, place + (4 if here is None else -2), SERVICE_NAMES[service], look(service) + weight
            )
            if here is not None:
                yield text_at(_RIGHT + 20, place + 14, f"{about(here)} for this workload", look("soft"))

    def _end(self, service: Service) -> tuple[float, float]:
        """Where a line ends: y and x."""
        value, cost = [(value, costs[service]) for value, costs in self.samples if service in costs][-1]
        return self.y.at(cost), self.x.at(value)

    def _notes(self) -> str:
        counted = "the free tier of Lambda deducted" if self.comparison.free_tier else "no free tier counted"
        left = self.comparison.possible(self.found.ranges[0].start)
        reasons = {s: "no estimate" if s in left else "ruled out" for s in SERVICES if s not in self.drawn}
        out = ", ".join(f"{SERVICE_NAMES[service]} ({why})" for service, why in reasons.items())
        described = (
            f"Expected cost at list prices, {counted}, all other answers as given. Thick line: the recommended service."
        )
        moved = self.found.assumed.text if self.found.assumed else ""
        return " ".join(filter(None, [described, f"Not drawn: {out}." if out else "", moved]))

    def _in_words(self) -> str:
        costs = sorted(self.now.items(), key=lambda item: item[1])
        said = ", ".join(f"{SERVICE_NAMES[service]} {about(cost)}" for service, cost in costs)
        return f"Costs a month of this workload: {said}." if said else ""


def _pointer(x: float, label: Label) -> str:
    """The line down from a label: dotted to where services change places, solid for the workload."""
    way = f'd="M{x} {-7 - _ROW * label.row}V{_TALL}"'
    if label.mark.cost is None:
        return f'<path {way} stroke-width="1.4" {look(stroke="ink")}/>'
    return f'<path {way} stroke-dasharray="1 4" stroke-linecap="round" {look(stroke="soft")}/>'


def _note(x: float, label: Label) -> str:
    """A label above the plot, with an outline that separates its letters from the lines."""
    rim = f'text-anchor="{label.anchor}" paint-order="stroke" stroke-width="6" {look("ink", "paper")}'
    weight = ' font-weight="600"' if label.mark.cost is None else ""
    return text_at(x, -12 - _ROW * label.row, label.mark.text, rim + weight)
