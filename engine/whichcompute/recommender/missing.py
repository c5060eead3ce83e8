"""Which unknown descriptors could still change a recommendation or its cost, most decisive first.

A descriptor counts for every rule that waits for it, as much as the rule could move times how likely it is to fire: a
veto VETO log-odds times the probability of its service (where another leads, only as far as that is unsure), advice its
weight where the probability of its answer is neither near 0 nor near 1; and for how far the classifier would move every
two answers apart that are both probable. One that an estimate depends on counts as COST log-odds besides. The same sum
serves one workload and a frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import mul
from typing import Any

from whichcompute.classifier.model import PAIRS
from whichcompute.knowledge.cells import numbers_of
from whichcompute.knowledge.contradictions import settled
from whichcompute.knowledge.descriptors import DECIDING
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing.demand import SIZING
from whichcompute.recommender.aggregation import Aggregator, Weighing

VETO = 4.0
COST = 0.3
APART = 4.0
"""Moving two answers apart, or one from the rest, counts so many times the product of their probabilities: 1 where
both have a half."""
STEPS = 1e6  # influence is compared in whole steps, so that equal sums stay equal however they were added up
LEAST_STEPS = 60_000  # influence below 0.06 cannot move an answer by more than noise
MOST_STEPS = 2.0**26 - 1  # fits beside a descriptor's number into 32 bits
MOST = 8  # longer lists are not useful


class Influence:
    """Measures how much each unknown descriptor could matter."""

    def __init__(self, aggregator: Aggregator) -> None:
        self.aggregator = aggregator
        fields = [rule.fields for rule in aggregator.pack]
        self.sizes = [
            (VETO if rule.entry.effect == "exclude" else abs(aggregator.terms.rule_weights[number]))
            * aggregator.classifier.rate(rule.id)
            / len(fields[number])
            for number, rule in enumerate(aggregator.pack)
        ]
        self._shares = list(zip(map(chance_of, aggregator.pack), self.sizes, fields, strict=True))
        self._weighty = sum(1 << number for number, size in enumerate(self.sizes) if size)

    def missing(self, weighing: Weighing, values: Mapping[str, Any]) -> list[str]:
        """Unknown descriptors by influence, at most MOST of them; none when nothing can be recommended."""
        if weighing.all_out:
            return []
        known = settled(values)
        asked = (field for field in DECIDING if values.get(field) is None and field not in known)
        influence = dict.fromkeys(asked, 0.0)
        probable, top = weighing.probabilities, max(weighing.probabilities)
        vetoed = (chance if chance == top else chance * (1 - top) for chance in probable)
        chances = [*vetoed, *(APART * chance * (1 - chance) for chance in probable)]
        for number in numbers_of(weighing.unknown & self._weighty):
            service, size, fields = self._shares[number]
            for field in fields:
                if field in influence:
                    influence[field] += size * chances[service]
        both = [APART * probable[first] * probable[second] for first, second in PAIRS]
        for field, sizes in self.aggregator.classifier.importance.items():
            if field in influence:
                influence[field] += sum(map(mul, sizes, both))
        for field in SIZING:
            if field in influence:
                influence[field] += COST * (1 - probable[-1])
        steps = {field: int(min(size * STEPS + 0.5, MOST_STEPS)) for field, size in influence.items()}
        ranked = sorted(steps, key=steps.__getitem__, reverse=True)  # stable: of equal ones the first in the table
        return [field for field in ranked[:MOST] if steps[field] >= LEAST_STEPS]


def chance_of(rule: Rule) -> int:
    """Which of the chances counts for a rule: what a veto on its answer moves, else what advice on it does."""
    return ANSWERS.index(rule.entry.service) + (len(ANSWERS) if rule.entry.effect != "exclude" else 0)
