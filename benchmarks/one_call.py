"""Measures one call of `recommend` against the zen-engine package, and the command's start against plain imports.

    python benchmarks/one_call.py --rounds 2000 --starts 11

zen-engine (optional: `pip install zen-engine`) evaluates a decision table with as many rules as ours, on the same
input, alternating with ours in the same run. Ours also classifies, explains, cites and prices. Prints medians, ratios.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import whichcompute
from whichcompute import Engine
from whichcompute.knowledge.descriptors import with_derived

GIVEN: dict[str, Any] = {
    "kind": "event_handler", "max_duration_s": 12.0, "memory_mb": 512.0, "state": "stateless",
    "invocations_per_month": 2e6, "packaging": "source",
}  # fmt: skip
WORDS = ["recommend", *(word for name, value in GIVEN.items() for word in ("--set", f"{name}={value}"))]


def medians(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each call, the calls alternating."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(measured) for name, measured in seconds.items()}


def one_call(rounds: int) -> None:
    """Prints how long one recommendation takes, beside zen-engine where it is installed."""
    engine = Engine.default()
    calls: dict[str, Callable[[], object]] = {"whichcompute": lambda: engine.recommend(GIVEN)}
    try:
        from benchmarks.decision_table import table
    except ModuleNotFoundError:
        print("zen-engine is not installed, so there is nothing to compare with: pip install zen-engine")
    else:
        decision, fields = table(engine)
        whole = {**dict.fromkeys(fields), **with_derived(GIVEN)}
        fired = decision.evaluate(whole)["result"]
        print(f"{len(engine.pack)} rules in both; {len(fired)} rows of the table fire")
        calls["zen-engine"] = lambda: decision.evaluate(whole)
    medians(calls, 50)
    found = medians(calls, rounds)
    for name, seconds in found.items():
        print(f"{name:<16}{seconds * 1000:8.3f} ms")
    if "zen-engine" in found:
        print(f"{'ratio':<16}{found['whichcompute'] / found['zen-engine']:8.2f}")


def starts(count: int) -> None:
    """Prints how long the command takes from start to finish, beside importing what it is built on."""
    compileall.compile_dir(Path(whichcompute.__file__).parent, quiet=2)  # as an installation has it
    words = {
        "imports": [sys.executable, "-c", "import click, pydantic, numpy"],
        "command": [sys.executable, "-m", "whichcompute", *WORDS],
    }
    root = Path(__file__).resolve().parent.parent
    run = {
        name: lambda w=each: subprocess.run(w, cwd=root, check=True, stdout=subprocess.DEVNULL)
        for name, each in words.items()
    }
    found = medians(run, count)
    for name, seconds in found.items():
        print(f"{name:<16}{seconds * 1000:8.0f} ms")
    print(f"{'ratio':<16}{found['command'] / found['imports']:8.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=2000)
    options.add_argument("--starts", type=int, default=11)
    given = options.parse_args()
    one_call(given.rounds)
    starts(given.starts)


if __name__ == "__main__":
    main()
