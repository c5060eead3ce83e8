"""Measures costs: one workload (estimates, crossovers, break-even, chart; CPU time) and whole frames; prints medians.

    python benchmarks/cost.py --rows 200000 --runs 5

One workload is measured on made-up ones that say enough for every service to have an estimate, the same every time.
Frames are measured on random descriptors with a third of the cells empty; polars may use every core.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from math import log10
from random import Random

from whichcompute import Engine
from whichcompute.counterfactual.break_even import break_even
from whichcompute.counterfactual.comparison import Comparison
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, Value
from whichcompute.knowledge.services import SERVICES
from whichcompute.presentation.charts import cost_chart
from whichcompute.pricing.columns import read
from whichcompute.pricing.crossover import GRIDS
from whichcompute.recommender.columns.typed import type_columns

KINDS = ("web_api", "website", "event_handler", "scheduled_task", "queue_worker", "stream_processor", "batch_job")
LARGEST = {"memory_mb": 65_536.0, "vcpus": 32.0, "gpus": 4.0, "scratch_gb": 500.0, "typical_duration_s": 3600.0}
EMPTY = 1 / 3
Workload = dict[str, Value]


def workloads(number: int, seed: int = 7) -> list[Workload]:
    """Workloads that say enough for a cost on every service."""
    random = Random(seed)

    def between(low: float, high: float) -> float:
        return 10 ** random.uniform(log10(low), log10(high))

    return [
        {
            "kind": random.choice(KINDS),
            "invocations_per_month": float(round(between(100, 1e8))),
            "typical_duration_s": round(between(0.02, 800), 3),
            "memory_mb": float(random.choice([128, 512, 2048, 8192])),
        }
        for _ in range(number)
    ]


def milliseconds(call: Callable[[Workload], object], given: Sequence[Workload], runs: int) -> list[float]:
    """For each workload the median CPU time of one call."""
    took = []
    for workload in given:
        times = []
        for _ in range(runs):
            start = time.process_time()
            call(workload)
            times.append((time.process_time() - start) * 1000)
        took.append(statistics.median(times))
    return sorted(took)


def rows_per_second(engine: Engine, rows: int, runs: int) -> float:
    """The median speed of the expected costs of all services over a frame."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(7)
    columns = {}
    for name in DECIDING:
        descriptor = DESCRIPTORS[name]
        if descriptor.type == "number":
            numbers = 10 ** rng.uniform(-1, log10(LARGEST.get(name, 1e6)), rows)
            column = pl.Series(name, np.ceil(numbers) if descriptor.integer else numbers)
        else:
            choices = pl.Series(name, list(descriptor.choices) or [True, False])
            column = choices.gather(rng.integers(0, len(choices), rows))
        columns[name] = column.to_frame().select(pl.when(pl.Series(rng.random(rows) >= EMPTY)).then(pl.col(name)))
    frame = type_columns(pl.DataFrame({name: column.to_series() for name, column in columns.items()})).frame
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        engine.recommender.costs.usd_rows(read(frame), rows, SERVICES)
        times.append(time.perf_counter() - start)
    return rows / statistics.median(times)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--workloads", type=int, default=60)
    given = options.parse_args()
    engine = Engine.default()
    model, many = engine.recommender.costs, workloads(given.workloads)
    calls: dict[str, Callable[[Workload], object]] = {
        "expected, all services": lambda w: model.priced(w).expected(),
        "low, expected and high": lambda w: [(c.low, c.high) for c in model.estimate(w).values() if c is not None],
        **{f"crossovers, {f}": lambda w, f=f: Comparison(engine.recommender, w, f).solve() for f in GRIDS},
        "break-even, all fields": lambda w: break_even(engine.recommender, w),
        "cost chart": lambda w: cost_chart(engine.recommender, w),
    }
    print(f"one workload: {given.workloads} workloads, each the median of {given.runs} calls")
    print(f"{'':36}{'median ms':>10}{'p95 ms':>10}{'most ms':>10}")
    for what, call in calls.items():
        took = milliseconds(call, many, given.runs)
        print(f"{what:36}{statistics.median(took):10.3f}{took[int(len(took) * 0.95)]:10.3f}{took[-1]:10.3f}")
    speed = rows_per_second(engine, given.rows, given.runs)
    print(f"frame of {given.rows:,} rows, expected costs of all services: {speed:,.0f} rows/s (median of {given.runs})")


if __name__ == "__main__":
    main()
