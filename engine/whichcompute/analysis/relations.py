"""What can be proved of single rules and of pairs: rules that are dead, implied or vetoed, and holes between two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from whichcompute.analysis.axes import UNKNOWN
from whichcompute.analysis.boxes import ORDERED, Box, Space
from whichcompute.analysis.findings import Finding, Kind
from whichcompute.base.words import joined
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import DERIVED, PROPERTIES
from whichcompute.knowledge.intervals import Interval
from whichcompute.knowledge.rules import Rule

Boxes = Mapping[str, Box]
"""Rule id -> the box on which the rule fires."""


def dead(space: Space, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Rules, and variants of rules, whose conditions cannot all hold."""
    for rule in rules:
        if space.is_empty(space.box(rule.conditions)):
            what = f"can never fire: {_clash(space, rule.conditions)}"
            yield Finding("dead", (rule.id,), what, _near(space, rule.conditions))
            continue
        for variant in rule.variants:
            together = (*rule.conditions, *variant.conditions)
            if space.is_empty(space.box(together)):
                what = f"its variant '{variant.entry.name}' can never apply: {_clash(space, together)}"
                yield Finding("dead", (rule.id,), what, _near(space, together))


def _core(space: Space, conditions: Sequence[Condition]) -> list[Condition]:
    """The fewest of some conditions that already cannot all hold."""
    core = list(conditions)
    for condition in conditions:
        without = [other for other in core if other is not condition]
        if space.is_empty(space.box(without)):
            core = without
    return core


def _clash(space: Space, conditions: Sequence[Condition]) -> str:
    core = _core(space, conditions)
    words = " and ".join(f"'{condition.words()}'" for condition in core)
    fields = {name for c in core for name in (c.field, *PROPERTIES[c.field].factors)}
    usual = ", as the typical duration is no longer than the maximum" if fields >= set(ORDERED) else ""
    return f"{words} {'exclude each other' if len(core) > 1 else 'cannot be true'}{usual}"


def _near(space: Space, conditions: Sequence[Condition]) -> dict[str, object]:
    """A workload on which all but one of the conditions that clash are true."""
    core = _core(space, conditions)
    box = space.box(core[:-1]) if len(core) > 1 else {core[0].field: space.axes[core[0].field].full & ~UNKNOWN}
    return dict(space.witness(box) or {})


def implied(space: Space, rules: Sequence[Rule], boxes: Boxes) -> Iterator[Finding]:
    """Rules that fire only where another of the same service and effect fires too; a veto also by several together."""
    for group in _alike(rules):
        over = {
            rule.id: {r.id: r for r in group if r is not rule and _holds(space, boxes[r.id], boxes[rule.id])}
            for rule in group
        }
        for number, rule in enumerate(group):
            later = {other.id for other in group[number:] if rule.id in over[other.id]}  # they say it of this one
            for other in _nearest({id_: each for id_, each in over[rule.id].items() if id_ not in later}, over):
                how = "exactly where" if rule.id in over[other.id] else "only where"
                yield from _about(space, "implied", rule, boxes, [other], f"fires {how} {other.id} fires too")
            if not over[rule.id] and rule.entry.effect == "exclude":
                yield from _implied_together(space, rule, [r for r in group if r is not rule], boxes)


def _nearest(holding: Mapping[str, Rule], over: Mapping[str, Mapping[str, Rule]]) -> Iterator[Rule]:
    """Those of the rules that hold one which hold no other of the same pack: that one then says the rest.

    Of several that hold each other it is the first.
    """
    passed: set[str] = set()
    for id_, other in holding.items():
        within = (mid for mid in holding if id_ in over[mid] and holding[mid].pack == other.pack)
        if all(mid in over[id_] and mid not in passed for mid in within):
            yield other
        passed.add(id_)


def _implied_together(space: Space, rule: Rule, others: Sequence[Rule], boxes: Boxes) -> Iterator[Finding]:
    if cover := _cover(space, boxes[rule.id], others, boxes):
        what = f"fires only where {joined((r.id for r in cover), 'or')} fires too"
        yield from _about(space, "implied", rule, boxes, cover, what)


def vetoed(space: Space, rules: Sequence[Rule], boxes: Boxes) -> Iterator[Finding]:
    """Advice whose service is ruled out wherever it fires, so that an `exclude` and it can never be apart."""
    excludes = [rule for rule in rules if rule.entry.effect == "exclude"]
    for rule in rules:
        if rule.entry.effect != "exclude":
            against = [veto for veto in excludes if veto.entry.service == rule.entry.service]
            if cover := _cover(space, boxes[rule.id], against, boxes):
                what = f"never counts: where it fires, {joined((r.id for r in cover), 'or')} rules the service out"
                yield from _about(space, "vetoed", rule, boxes, cover, what)


def holes(space: Space, rules: Sequence[Rule], boxes: Boxes) -> Iterator[Finding]:
    """Pairs of rules that differ in one number only, with a single value between them that neither covers."""
    for group in _alike(rules):
        for lower in group:
            for upper in group:
                hole = _hole(space, boxes[lower.id], boxes[upper.id]) if lower is not upper else None
                if hole is None or space.covers([boxes[rule.id] for rule in group], hole):
                    continue
                what = f"covers one side, {upper.id} the other, and neither covers {space.words(hole)}"
                witness = space.witness(hole)
                if witness is not None:
                    yield Finding("hole", (lower.id, upper.id), what, witness)


def _hole(space: Space, lower: Box, upper: Box) -> Box | None:
    """The one value between two boxes that are alike in all but one number; None without such a gap."""
    differing = [name for name in lower.keys() | upper.keys() if lower.get(name) != upper.get(name)]
    if len(differing) != 1 or not space.axes[differing[0]].numeric:
        return None
    (name,) = differing
    low, high = lower.get(name, space.axes[name].full), upper.get(name, space.axes[name].full)
    if not low or not high or (low | high) & UNKNOWN or low.bit_length() > (high & -high).bit_length() - 1:
        return None
    gap = ((high & -high) - 1) & ~((1 << low.bit_length()) - 1)
    if gap.bit_count() != 1 or not _single(space, name, gap):
        return None
    return {**lower, name: gap}


def _single(space: Space, name: str, gap: int) -> bool:
    axis = space.axes[name]
    cell = axis.cells[gap.bit_length() - 2]
    assert isinstance(cell, Interval)
    return cell.low == cell.high or (axis.whole and cell.high - cell.low <= 2)


def _alike(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules by service and effect; companions by what they name, since two different ones do not repeat each other."""
    groups: dict[tuple[str, str, str], list[Rule]] = {}
    for rule in rules:
        groups.setdefault((rule.entry.service, rule.entry.effect, rule.entry.companion), []).append(rule)
    return list(groups.values())


def _holds(space: Space, outer: Box, inner: Box) -> bool:
    # A box can lie only in one that has no further descriptor, products aside: a quick look spares most proofs.
    return all(name in inner or name in DERIVED for name in outer) and space.within(inner, outer)


def _cover(space: Space, box: Box, others: Sequence[Rule], boxes: Boxes) -> list[Rule]:
    """The fewest rules found that together hold a box; empty when all of them together do not, or the box is empty."""
    for rule in others:
        if _holds(space, boxes[rule.id], box):
            return [] if space.is_empty(box) else [rule]
    near = [rule for rule in others if not space.is_empty(space.both(box, boxes[rule.id]))]
    if not near or space.is_empty(box) or not space.covers([boxes[rule.id] for rule in near], box):
        return []
    for rule in tuple(near):
        fewer = [other for other in near if other is not rule]
        if space.covers([boxes[other.id] for other in fewer], box):
            near = fewer
    return near


def _about(space: Space, kind: Kind, rule: Rule, boxes: Boxes, others: Sequence[Rule], what: str) -> Iterator[Finding]:
    witness = space.witness(boxes[rule.id])
    if witness is not None:
        words = space.words(boxes[rule.id])
        yield Finding(kind, (rule.id, *(other.id for other in others)), f"{what} ({words})", witness)
