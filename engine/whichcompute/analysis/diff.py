"""Which workloads two rule packs treat differently, in words and each with a workload that shows it.

Vetoes are compared as a whole, service by service: what counts is which workloads are ruled out, not by which rule.
Advice adds up and companions are named, so those are compared rule by rule; a new id alone changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from whichcompute.analysis.boxes import Box, Space
from whichcompute.analysis.findings import command
from whichcompute.base.errors import RuleError
from whichcompute.base.units import plain
from whichcompute.knowledge import packs
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.rules import Rule, RulePack
from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES

Sign = Literal["+", "-", "~"]
SHIPPED = "shipped"
"""Means the rules that came with this installation."""

_WORDS = {
    "prefer": ("is now {}", "is no longer {}", "is {} instead of {}", "preferred ({strength})"),
    "caution": ("is now {}", "is no longer {}", "is {} instead of {}", "advised against ({strength})"),
    "companion": ("now comes with {}", "no longer comes with {}", "comes with {} instead of {}", "'{companion}'"),
}
"""Effect -> what is said of advice that comes, goes, changes, and the advice itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """Workloads treated differently: '+' what the new pack adds, '-' what it takes away, '~' what weighs otherwise."""

    sign: Sign
    service: str
    what: str
    rule: str
    witness: Mapping[str, object]

    def text(self, packs: Sequence[Path] = ()) -> str:
        """The change in words, with the command that shows its witness under these packs."""
        head = f"{self.sign} {SERVICE_NAMES[self.service]} {self.what} [{self.rule}]"
        return f"{head}\n    see it: {command(self.witness, packs)}"


def read_side(name: str, facts: Facts) -> RulePack:
    """One side of a comparison: a folder of rule files, a pack over the shipped rules, or the shipped rules."""
    path = Path(name)
    if path.is_dir():
        files = sorted(path.glob("*.toml"))
        if not files:
            raise RuleError(f"{name}: no rule files (*.toml) in this folder")
        return packs.load(facts, base=files)
    return packs.load(facts, [] if name == SHIPPED and not path.exists() else [path])


def diff(old: RulePack, new: RulePack) -> list[Change]:
    """Everything that the new pack treats differently, vetoes first."""
    space = Space(condition for rule in (*old, *new) for condition in rule.conditions)
    return [*_vetoes(space, old, new), *_advice(space, old, new)]


def reworded(old: RulePack, new: RulePack) -> list[str]:
    """Ids of the rules in both packs that say something else than before, or cite other sources."""
    before = {rule.id: rule for rule in old}
    pairs = [(before[rule.id].entry, rule.entry) for rule in new if rule.id in before]
    texts = ("because", "remedy", "sources", "variant")
    return [b.id for a, b in pairs if any(getattr(a, text) != getattr(b, text) for text in texts)]


def other_values(old: RulePack, new: RulePack) -> list[str]:
    """The facts that have another value in the new pack, old and new value in words; prices among them."""
    before, after = old.facts, new.facts
    changed = [id_ for id_ in after if id_ in before and before[id_] != after[id_]]
    return [f"{id_}: {_value(before, id_)} -> {_value(after, id_)}" for id_ in changed]


def _value(facts: Facts, id_: str) -> str:
    value = facts[id_]
    unit = facts.fact(id_).unit
    return f"{plain(value, 10)} {unit}".removesuffix(" count") if isinstance(value, float) else str(value)


def _vetoes(space: Space, old: RulePack, new: RulePack) -> Iterator[Change]:
    for service in SERVICES:
        before, after = (_excludes(pack, service) for pack in (old, new))
        yield from _beyond(space, before, after, "+", "is now ruled out")
        yield from _beyond(space, after, before, "-", "is no longer ruled out")


def _excludes(pack: RulePack, service: str) -> list[Rule]:
    return [rule for rule in pack if (rule.entry.service, rule.entry.effect) == (service, "exclude")]


def _beyond(space: Space, known: Sequence[Rule], rules: Sequence[Rule], sign: Sign, what: str) -> Iterator[Change]:
    """The workloads on which some rules fire and none of the known ones does, each reported once.

    The words leave out what a known rule on the same descriptors has covered (a threshold that moved); what others
    cover besides would only make them long. The witness is a workload that none of them covers.
    """
    covered = [space.box(rule.conditions) for rule in known]
    for rule in rules:
        box = space.box(rule.conditions)
        for part in space.remainder(box, [other for other in covered if other.keys() <= box.keys()]):
            left = [witness for rest in space.remainder(part, covered) if (witness := space.witness(rest)) is not None]
            if left:
                yield _change(space, part, sign, what, rule, min(left, key=len))
        covered.append(box)


def _advice(space: Space, old: RulePack, new: RulePack) -> Iterator[Change]:
    before, after = ({r.id: r for r in pack if r.entry.effect != "exclude"} for pack in (old, new))
    gone = [rule for id_, rule in before.items() if id_ not in after]
    come = [rule for id_, rule in after.items() if id_ not in before]
    for rule in tuple(gone):  # the same advice under another id changes nothing
        if twin := next((other for other in come if _same(space, rule, other)), None):
            gone.remove(rule)
            come.remove(twin)
    for id_ in [id_ for id_ in before if id_ in after]:
        if not _same(space, before[id_], after[id_]):
            yield from _changed(space, before[id_], after[id_])
    for rule in gone:
        yield from _changes(space, [space.box(rule.conditions)], "-", _said(1, rule), rule)
    for rule in come:
        yield from _changes(space, [space.box(rule.conditions)], "+", _said(0, rule), rule)


def _same(space: Space, rule: Rule, other: Rule) -> bool:
    return _says(rule) == _says(other) and _box(space, rule) == _box(space, other)


def _says(rule: Rule) -> tuple[object, ...]:
    entry = rule.entry
    return entry.service, entry.effect, entry.strength, entry.companion


def _box(space: Space, rule: Rule) -> Box:
    box = space.box(rule.conditions)
    return {name: mask for name, mask in box.items() if mask != space.axes[name].full}


def _changed(space: Space, old: Rule, new: Rule) -> Iterator[Change]:
    """What became of advice that both packs have under one id."""
    before, after = space.box(old.conditions), space.box(new.conditions)
    yield from _changes(space, space.remainder(after, [before]), "+", _said(0, new), new)
    yield from _changes(space, space.remainder(before, [after]), "-", _said(1, old), old)
    if _says(old) != _says(new):
        what = _WORDS[new.entry.effect][2].format(_advised(new), _advised(old))
        yield from _changes(space, [space.both(before, after)], "~", what, new)


def _said(which: int, rule: Rule) -> str:
    return _WORDS[rule.entry.effect][which].format(_advised(rule))


def _advised(rule: Rule) -> str:
    return _WORDS[rule.entry.effect][3].format(strength=rule.entry.strength, companion=rule.entry.companion)


def _changes(space: Space, boxes: Iterable[Box], sign: Sign, what: str, rule: Rule) -> Iterator[Change]:
    for box in boxes:
        witness = space.witness(box)
        if witness is not None:
            yield _change(space, box, sign, what, rule, witness)


def _change(space: Space, box: Box, sign: Sign, what: str, rule: Rule, witness: Mapping[str, object]) -> Change:
    name = rule.id + (f", {rule.pack}" if rule.pack else "")
    return Change(sign, rule.entry.service, f"{what} where {space.words(box)}", name, witness)
