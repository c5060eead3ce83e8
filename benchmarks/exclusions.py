"""Counts answers that must not be: against a hard limit, decided above the budget, containers for mere machines.

    python benchmarks/exclusions.py --count 100000 --budgets 10000 --machines 10000 --seed 1

Hard limits are checked without the index that recommends: each `exclude` rule of the recommended
service is evaluated condition by condition. Numbers are drawn at, just above and just below the thresholds of the rules
as often as anywhere else. Machines say what a list of servers says: operating system, vCPUs, memory and that they are
an image.
"""

from __future__ import annotations

import argparse
from collections import Counter
from random import Random

from whichcompute import Engine
from whichcompute.classifier.cases import read_cases, shipped
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.services import SERVICES


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


def workload(rng: Random, cuts: dict[str, list[float]]) -> dict[str, Value]:
    """1 to 25 random fields, and what follows from them."""
    names = rng.sample(DECIDING, rng.randint(1, 25))
    return {name: value_of(name, cuts.get(name, []), rng) for name in names}


def excluded(engine: Engine, count: int, rng: Random, cuts: dict[str, list[float]]) -> str:
    """How many of `count` random workloads, and of the shipped decisions, are recommended what a rule excludes."""
    excludes = [rule for rule in engine.pack if rule.entry.effect == "exclude"]
    excluding = broken = none = 0
    for _ in range(count):
        values = with_derived(workload(rng, cuts))
        service = engine.aggregator.weigh(values).service
        fired = {rule.entry.service for rule in excludes if rule.holds(values) is True}
        excluding += bool(fired)
        none += service is None
        broken += service in fired or (service is None and len(fired) < len(SERVICES))
    cases = read_cases([shipped()])
    against = [case.id for case in cases if engine.recommend(case.values).service in case.excluded]
    return (
        f"{count:,} random workloads: an exclude rule holds for {excluding:,}, none of the services compared is left "
        f"for {none:,}; recommendations that break one: {broken}\n"
        f"{len(cases)} decisions: recommendations that the case excludes: {len(against)} {' '.join(against)}"
    )


def above_budget(engine: Engine, count: int, rng: Random, cuts: dict[str, list[float]]) -> str:
    """How many are decided for a service whose low estimate is above the budget, of `count` workloads.

    They are random ones and shipped decisions in turn, as few random ones are decided at all, each with a drawn budget.
    """
    cases = read_cases([shipped()])
    decided = above = 0
    for number in range(count):
        values = rng.choice(cases).values if number % 2 else workload(rng, cuts)
        budget = round(10 ** rng.uniform(0, 4), 2)
        result = engine.recommend({**values, "monthly_budget_usd": budget})
        if result.decision == "decided":
            cost = next(verdict.monthly_cost_usd for verdict in result.verdicts if verdict.service == result.service)
            decided += 1
            above += cost is not None and cost.low > budget
    return f"{count:,} workloads with a budget: {decided:,} decided, of these {above} with a low estimate above it"


def machines(engine: Engine, count: int, rng: Random) -> str:
    """How many of `count` machines are recommended Batch or Lambda, or decided for Fargate or ECS on EC2."""
    found: Counter[str] = Counter()
    for _ in range(count):
        values: dict[str, Value] = {
            "os": rng.choice(["windows", "linux"]),
            "vcpus": float(rng.choice([1, 2, 4, 8, 16, 32, 64])),
            "memory_mb": 1024.0 * rng.choice([1, 2, 4, 8, 16, 32, 64, 128, 256]),
            "packaging": "machine_image",
        }
        result = engine.recommend(values)
        found[f"{result.service} ({result.decision})"] += 1
    return f"{count:,} machines: " + ", ".join(f"{answer} {times:,}" for answer, times in found.most_common())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--budgets", type=int, default=10_000)
    parser.add_argument("--machines", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng, engine = Random(given.seed), Engine.default()
    cuts = {name: cells.thresholds for name, cells in engine.pack.index.cells.items()}
    print(excluded(engine, given.count, rng, cuts))
    print(above_budget(engine, given.budgets, rng, cuts))
    print(machines(engine, given.machines, rng))


if __name__ == "__main__":
    main()
