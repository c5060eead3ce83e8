"""What can be proved of a rule pack, exactly and not by sampling; every finding has a workload that shows it.

The thresholds and words of the conditions cut descriptor space into finitely many cells, so that a rule is a box and
each question about rules is arithmetic with boxes (see boxes). Taken for granted: descriptor values as the table
allows them, and a usual run that is no longer than the longest run. What only exact numbers reach, and floating-point
numbers do not, is not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from whichcompute.analysis.boxes import Space
from whichcompute.analysis.findings import Finding, Listed
from whichcompute.analysis.regions import AllOutRegion, all_out
from whichcompute.analysis.relations import dead, holes, implied, vetoed
from whichcompute.base.errors import WorkloadError
from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import Rule, RulePack

VERDICTS: dict[str, bool | None] = {"fires_on": True, "silent_on": False, "unknown_on": None}
"""Name of a list of examples -> the verdict that they must have."""

_WORDS = {True: "fires", False: "is silent", None: "is unknown"}


def check(pack: RulePack, listed: Listed | None = None, base: RulePack | None = None) -> list[Finding]:
    """All findings in a pack; those in `listed` carry their reason.

    With `base`, the rules under a user's packs: only what the packs get wrong, not what is found without them, nor what
    they are there for (see `_is_theirs`).
    """
    space = Space(condition for rule in chain(pack, base or ()) for condition in _conditions(rule))
    if base is None:
        examples = [finding for rule in pack for finding in _examples(rule)]
        found = [*examples, *_of_rules(space, pack.rules)]
    else:
        ours = {rule.id: rule for rule in base}
        examples = [f for rule in pack if not _same_examples(rule, ours.get(rule.id)) for f in _examples(rule)]
        known = {(f.key, f.what) for f in _of_rules(space, base.rules)}
        new = [f for f in _of_rules(space, pack.rules) if (f.key, f.what) not in known]
        found = [*examples, *(finding for finding in new if _is_theirs(space, finding, pack))]
    found += _of_regions(space, pack.rules, base)
    return [replace(finding, reason=(listed or {}).get(finding.key, "")) for finding in found]


def _is_theirs(space: Space, finding: Finding, pack: RulePack) -> bool:
    """Whether a finding about a pack over others is a fault of the pack.

    A policy may silence shipped advice and go beyond shipped limits, and a pack may add weight where a shipped rule
    counts already: that is what packs are for. A rule of a pack that never counts, or that repeats a shipped rule, is a
    fault.
    """
    if finding.kind not in ("implied", "vetoed"):
        return True
    rule, *others = (pack.rule(id_) for id_ in finding.rules)
    if not rule.pack:
        return False
    if finding.kind == "vetoed" or rule.entry.strength is None or any(other.pack for other in others):
        return True
    return space.within(space.box(others[0].conditions), space.box(rule.conditions))


def _conditions(rule: Rule) -> Iterator[Condition]:
    yield from rule.conditions
    for variant in rule.variants:
        yield from variant.conditions


def _of_rules(space: Space, rules: Sequence[Rule]) -> Iterator[Finding]:
    boxes = {rule.id: space.box(rule.conditions) for rule in rules}
    alive = [rule for rule in rules if not space.is_empty(boxes[rule.id])]
    yield from dead(space, rules)
    yield from implied(space, alive, boxes)
    yield from vetoed(space, alive, boxes)
    yield from holes(space, alive, boxes)


def _of_regions(space: Space, rules: Sequence[Rule], base: RulePack | None) -> Iterator[Finding]:
    known = [region.box for region in all_out(space, base.rules)] if base is not None else []
    for region in all_out(space, rules):
        if not space.covers(known, region.box):
            yield from _region(space, region)


def _region(space: Space, region: AllOutRegion) -> Iterator[Finding]:
    witness = space.witness(region.box)
    if witness is not None:
        rest = ", ".join(region.rules[1:])
        what = f"with {rest}: no service is left where {space.words(region.box)}"
        yield Finding("all-out", region.rules, what, witness)


def _same_examples(rule: Rule, other: Rule | None) -> bool:
    # A pack that raises a quota moves the boundaries of shipped rules; their examples hold for the shipped facts.
    return other is not None and all(getattr(rule.entry, name) == getattr(other.entry, name) for name in VERDICTS)


def _examples(rule: Rule) -> Iterator[Finding]:
    for name, expected in VERDICTS.items():
        for example in getattr(rule.entry, name):
            try:
                verdict = rule.holds(with_derived(read(example)))
            except WorkloadError as error:
                yield Finding("example", (rule.id,), f"{name}: {error}", dict(example))
                continue
            if verdict is not expected:
                yield Finding("example", (rule.id,), f"{name}: the rule {_WORDS[verdict]} on it", dict(example))
