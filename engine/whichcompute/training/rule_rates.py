"""How likely each rule is to fire once what it waits for is known: what is asked first should be able to matter.

Real decisions are mostly silent on what is ordinary (nobody writes that a web site needs no GPU), so the shares come
from complete draws of the archetypes.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from whichcompute.classifier.archetypes import Archetype
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.rules import RulePack

_EACH = 20
_DIGITS = 3


def chances(pack: RulePack, shapes: Sequence[Archetype], seed: int = 0) -> dict[str, float]:
    """The share of draws on which a rule fires among those on which it is known, by rule id (rule of succession)."""
    rng = Random(seed)
    fires, known = [0] * len(pack), [0] * len(pack)
    for shape in shapes:
        for _ in range(_EACH):
            fired, unknown = pack.index.evaluate(with_derived(shape.draw(rng)))
            for number in range(len(pack)):
                fires[number] += fired >> number & 1
                known[number] += not unknown >> number & 1
    return {rule.id: round((fires[n] + 1) / (known[n] + 2), _DIGITS) for n, rule in enumerate(pack)}
