"""Measures one call of `recommend` against the zen-engine package, and the command's start against plain imports.

    python benchmarks/one_call.py --rounds 2000 --starts 11

zen-engine (optional: `pip install zen-engine`) evaluates a decision table with as many rules as ours, on the same
input, alternating with ours in the same run. Ours also classifies, explains, cites and prices. Prints medians, ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from engine import Engine  # noqa: E402 (the checkout may not be installed)
from engine.rules import RulePack  # noqa: E402

GIVEN: dict[str, Any] = {
    "kind": "event_handler", "max_duration_s": 12.0, "memory_mb": 512.0, "state": "stateless",
    "invocations_per_month": 2e6, "packaging": "source",
}  # fmt: skip
WORDS = ["recommend", *(word for name, value in GIVEN.items() for word in ("--set", f"{name}={value}"))]


def columns(pack: RulePack) -> list[str]:
    """The fields that some rule looks at."""
    return sorted({condition.field for rule in pack for condition in rule.conditions})


def table(pack: RulePack) -> str:
    """Our rules as a decision table that collects every row that fires."""
    fields = columns(pack)
    rows = []
    for number, rule in enumerate(pack):
        row = {"_id": f"r{number}", "out": json.dumps(rule.id), **dict.fromkeys(fields, "")}
        row.update({c.field: cell(c.op, c.operand) for c in rule.conditions})
        rows.append(row)
    inputs = [{"id": name, "name": name, "type": "expression", "field": name} for name in fields]
    outputs = [{"id": "out", "name": "rule", "type": "expression", "field": "rule"}]
    content = {"hitPolicy": "collect", "rules": rows, "inputs": inputs, "outputs": outputs}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "t", "type": "decisionTableNode", "name": "t", "content": content, "position": {"x": 1, "y": 0}},
        {"id": "end", "type": "outputNode", "name": "end", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "t"},
        {"id": "b", "type": "edge", "sourceId": "t", "targetId": "end"},
    ]
    return json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})


def cell(op: str, operand: Any) -> str:
    """A condition in a cell of the table."""
    if op in ("known", "unknown"):
        return ""
    if isinstance(operand, tuple):
        return ", ".join(map(json.dumps, operand))
    return json.dumps(operand) if op == "==" else f"{op} {json.dumps(operand)}"


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
        import zen  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        print("zen-engine is not installed, so there is nothing to compare with: pip install zen-engine")
    else:
        decision = zen.ZenEngine().create_decision(table(engine.pack))
        whole = {**dict.fromkeys(columns(engine.pack)), **GIVEN}
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
    words = {
        "imports": [sys.executable, "-c", "import click, pydantic, numpy"],
        "command": [sys.executable, "-m", "engine", *WORDS],
    }
    root = Path(__file__).resolve().parent.parent
    run = {
        name: lambda w=each: subprocess.run(w, cwd=root, check=True, stdout=subprocess.DEVNULL)  # type: ignore[misc]
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
