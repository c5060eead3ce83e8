"""The regions of descriptor space in which every service is ruled out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from whichcompute.analysis.boxes import Box, Space
from whichcompute.base.errors import RuleError
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import SERVICES

MOST = 1000
"""The most regions examined; longer lists are not useful."""


@dataclass(frozen=True, slots=True)
class AllOutRegion:
    """A box on which no service is left, and one excluding rule per service."""

    box: Box
    rules: tuple[str, ...]


def all_out(space: Space, rules: Sequence[Rule]) -> list[AllOutRegion]:
    """Every region in which all services are ruled out: boxes that together hold each such workload, none in another.

    RuleError when there are too many to list.
    """
    excludes = [rule for rule in rules if rule.entry.effect == "exclude"]
    by_service = [[rule for rule in excludes if rule.entry.service == service] for service in SERVICES]
    boxes = {rule.id: space.box(rule.conditions) for rule in excludes}
    regions: list[Box] = [{}]
    for group in sorted(by_service, key=len):  # the shortest first keeps the number of boxes small
        regions = _largest(space, (space.both(box, boxes[rule.id]) for box in regions for rule in group))
        if len(regions) > MOST:
            raise RuleError(
                f"{len(excludes)} exclude rules leave no service in more than {MOST:,} different ways; "
                "check fewer packs at once, or state each policy as one rule per service"
            )
    return [AllOutRegion(box, tuple(_why(space, box, group, boxes) for group in by_service)) for box in regions]


def _largest(space: Space, boxes: Iterable[Box]) -> list[Box]:
    """Boxes that are not empty and lie in no other, each once, the largest first."""
    distinct = {_bits(space, box): box for box in boxes if all(box.values())}
    kept: dict[int, Box] = {}
    for bits in sorted(distinct, key=int.bit_count, reverse=True):  # a box is larger than each box inside it
        if not any(bits & other == bits for other in kept) and not space.is_empty(distinct[bits]):
            kept[bits] = distinct[bits]
            if len(kept) > MOST:
                break
    return list(kept.values())


def _bits(space: Space, box: Box) -> int:
    """All masks of a box in one number, so that one operation says whether a box lies in another.

    Cell by cell, this misses a box that lies in another only because of a product; such a box is reported too.
    """
    bits = 0
    for name, axis in space.axes.items():
        bits = bits << len(axis.cells) + 1 | box.get(name, axis.full)
    return bits


def _why(space: Space, region: Box, group: Sequence[Rule], boxes: Mapping[str, Box]) -> str:
    inside = _bits(space, region)
    return next(rule.id for rule in group if inside & _bits(space, boxes[rule.id]) == inside)
