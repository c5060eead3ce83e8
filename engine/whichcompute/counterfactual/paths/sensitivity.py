"""Which single answer would overturn a recommendation: for each descriptor the nearest one that does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whichcompute.counterfactual.paths.landscape import Landscape, landscape
from whichcompute.counterfactual.paths.result import Flip
from whichcompute.counterfactual.paths.spread import spread
from whichcompute.counterfactual.paths.values import outcomes
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.recommender.recommender import Recommender


def sensitivity(recommender: Recommender, values: Mapping[str, Value]) -> tuple[Flip, ...]:
    """The answers that would overturn the recommendation one by one, known ones first, each in table order.

    Facts of the workload count too: they may turn out to be wrong. A descriptor is listed once for each answer that it
    would make the leading one.
    """
    land = landscape(recommender)
    names = sorted(land.fields, key=lambda name: name not in values)
    return tuple(flip for name in names for flip in _flips(land, values, name))


def _flips(land: Landscape, values: Mapping[str, Value], name: str) -> Iterator[Flip]:
    seen = {land.leading(values)}
    for cell in land.others(name, values.get(name)):
        for after in outcomes(land, values, {name: cell}):
            service = land.leading(after)
            if service not in seen:
                seen.add(service)
                yield _flip(land, values, after, name)


def _flip(land: Landscape, values: Mapping[str, Value], after: Mapping[str, Value], name: str) -> Flip:
    service = land.leading(after)
    descriptor, near, before = DESCRIPTORS[name], spread(land, after, name), values.get(name)
    now = "" if before is None else f" (now {descriptor.say(before)})"
    return Flip(
        field=name,
        title=descriptor.title,
        before=before,
        after=after[name],
        values=near,
        service=service,
        text=f"{SERVICE_NAMES[service]} if {descriptor.title} is {near}{now}",
    )
