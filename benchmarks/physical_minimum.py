"""Counts estimates below the physical minimum of stated work: units times their duration times their size.

    python benchmarks/physical_minimum.py --count 20000 --seed 15

The minimum is what the work alone costs at the lowest price of a vCPU or a GB anywhere on the service; Spot at its
maximum discount where the work may be interrupted. Exit status 1 where an estimate is below it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from typing import Any

from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.pricing.demand import JOBS, QUEUES
from whichcompute.pricing.model import CostModel

WORKERS = (*JOBS, *QUEUES, "event_handler")


def workloads(number: int, seed: int = 15) -> list[dict[str, Any]]:
    """Workloads with stated computing work; other fields are known or not."""
    dice = random.Random(seed)
    choices = {name: [*DESCRIPTORS[name].choices, None, None] for name in ("traffic", "environment", "packaging")}
    found = []
    for _ in range(number):
        values: dict[str, Any] = {name: dice.choice(options) for name, options in choices.items()}
        values |= {
            name: dice.choice([True, False, None]) for name in ("interruptible", "autoscaling", "high_availability")
        }
        values |= {
            "kind": dice.choice(WORKERS),
            "os": dice.choice(["linux", "windows"]),
            "cpu_architecture": "x86_64",
            "invocations_per_month": round(10 ** dice.uniform(0, 9)),
            "typical_duration_s": round(10 ** dice.uniform(-2, 5), 3),
            "vcpus": dice.choice([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0]),
            "memory_mb": dice.choice([512.0, 1024.0, 4096.0, 16384.0, 65536.0]),
            "parallel_tasks": dice.choice([None, 1.0, 10.0, 1000.0]),
            "peak_concurrency": dice.choice([None, 1.0, 10.0, 1000.0]),
            "start_within_s": dice.choice([None, 1.0, 600.0]),
        }
        found.append({name: value for name, value in values.items() if value is not None})
    return found


# The least that a vCPU-hour and a GB-hour cost anywhere: Spot at its maximum discount, on the cheapest machines.
LEAST_VCPU = {"fargate": 0.04048, "lambda": 0.0, "ecs_ec2": 0.03, "batch": 0.03, "lightsail": 5 / 730 / 2}
LEAST_GB = {"fargate": 0.004445, "lambda": 0.0000133334 * 3600, "ecs_ec2": 0.0035, "batch": 0.0035, "lightsail": 0.004}
SPOT = {"fargate": 0.3, "lambda": 1.0, "ecs_ec2": 0.1, "batch": 0.1, "lightsail": 1.0}


def minimum(service: str, values: dict[str, Any]) -> float:
    """USD for the work alone: units times their duration times the larger share of CPU or memory."""
    hours = values["invocations_per_month"] * values["typical_duration_s"] / 3600
    vcpus, gb = values["vcpus"], values["memory_mb"] / 1024
    by_size = vcpus * LEAST_VCPU[service] + gb * LEAST_GB[service]
    if service != "fargate":
        by_size = max(vcpus * LEAST_VCPU[service], gb * LEAST_GB[service])
    return hours * by_size * (SPOT[service] if values.get("interruptible") else 1.0)


def below(count: int, seed: int) -> Iterator[tuple[str, float, float, dict[str, Any]]]:
    """Service, low estimate, minimum and workload of each estimate that is below its minimum."""
    model = CostModel(all_facts.load())
    for values in workloads(count, seed):
        for service, cost in model.estimate(values).items():
            if cost is not None and cost.low < (least := minimum(service, values)) * 0.999:
                yield service, cost.low, least, values


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=15)
    given = parser.parse_args()
    found = list(below(given.count, given.seed))
    for service, low, least, values in found[:10]:
        print(f"{service}: {low:.2f} USD is below {least:.2f} USD for {values}")
    print(f"{len(found)} estimates below the physical minimum on {given.count:,} random workloads")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
