"""Counts recommendations that break a hard limit, on random workloads and on the shipped decisions; it should say 0.

    python benchmarks/exclusions.py --count 100000 --seed 1

The check does not use the index that recommends: each `exclude` rule of the recommended service is evaluated condition
by condition. Numbers are drawn at, just above and just below the thresholds of the rules as often as anywhere else.
"""

from __future__ import annotations

import argparse
from random import Random

from whichcompute import Engine
from whichcompute.classifier.cases import read_cases, shipped
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, with_derived


def value_of(name: str, cuts: list[float], rng: Random) -> Value:
    """A value that the descriptor allows."""
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "boolean":
        return rng.random() < 0.5
    if descriptor.type == "choice":
        return rng.choice(list(descriptor.choices))
    near = rng.choice(cuts) * rng.choice((1, 1, 0.999, 1.001)) if cuts and rng.random() < 0.5 else 0.0
    number = min(near or 10 ** rng.uniform(-2, 7), descriptor.maximum)
    return float(round(number)) if descriptor.integer else number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng, engine = Random(given.seed), Engine.default()
    excludes = [rule for rule in engine.pack if rule.entry.effect == "exclude"]
    cuts = {name: cells.thresholds for name, cells in engine.pack.index.cells.items()}
    excluding = broken = none = 0
    for _ in range(given.count):
        names = rng.sample(DECIDING, rng.randint(1, 25))
        values = with_derived({name: value_of(name, cuts.get(name, []), rng) for name in names})
        service = engine.aggregator.weigh(values).service
        fired = {rule.entry.service for rule in excludes if rule.holds(values) is True}
        excluding += bool(fired)
        none += service is None
        broken += service in fired or (service is None and len(fired) < 5)
    print(f"{given.count:,} random workloads (seed {given.seed}): an exclude rule holds for {excluding:,}, ", end="")
    print(f"none of the services compared is left for {none:,}; recommendations that break one: {broken}")
    cases = read_cases([shipped()])
    against = [case.id for case in cases if engine.recommend(case.values).service in case.excluded]
    print(f"{len(cases)} decisions: recommendations that the case excludes: {len(against)} {' '.join(against)}")


if __name__ == "__main__":
    main()
