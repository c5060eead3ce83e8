"""Measures `score` against zen-engine evaluating the same rules as one decision table, one call a row.

    pip install zen-engine
    python benchmarks/decision_table.py

zen-engine only says which rules fire; `score` reads the file, weighs, explains, prices and writes besides.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import polars as pl
import zen

from benchmarks.inventory_file import write_inventory
from benchmarks.score import commands, measure
from whichcompute import Engine
from whichcompute.knowledge.conditions import Condition
from whichcompute.recommender.columns.typed import type_columns, with_derived

_CALLS = 1_000


def _test(condition: Condition) -> str:
    """A condition in zen's language, `$` being the descriptor."""
    operand = condition.operand
    if condition.op in ("known", "unknown"):
        return f"$ {'!=' if condition.op == 'known' else '=='} null"
    if condition.op in ("in", "unless"):
        return f"$ {'in' if condition.op == 'in' else 'not in'} {json.dumps(operand)}"
    return f"$ {condition.op} {json.dumps(operand)}"


def table(engine: Engine) -> tuple[Any, list[str]]:
    """The shipped rules as one table that collects every row that fires, and the descriptors it looks at."""
    fields = sorted({condition.field for rule in engine.pack for condition in rule.conditions})
    rows = []
    for rule in engine.pack:
        cells = {field: [_test(c) for c in rule.conditions if c.field == field] for field in fields}
        row = {field: " and ".join(f"({test})" for test in tests) for field, tests in cells.items()}
        rows.append({"_id": rule.id, **row, "out": json.dumps(rule.id)})
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": field, "name": field, "field": field} for field in fields],
        "outputs": [{"id": "out", "name": "out", "field": "rule"}],
        "rules": rows,
    }
    place = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", **place},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content, **place},
        {"id": "end", "name": "end", "type": "outputNode", **place},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "end", "type": "edge"},
    ]
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges})), fields


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    decision, fields = table(Engine.default())
    with tempfile.TemporaryDirectory() as name:
        inventory = Path(name) / "inventory.csv"
        write_inventory(inventory, given.rows)
        read = type_columns(pl.read_csv(inventory, infer_schema=False, n_rows=_CALLS)).frame
        rows = with_derived(read).select(fields).to_dicts()
        calls, scores = [], []
        for _ in range(given.runs):
            start = time.perf_counter()
            for row in rows:
                decision.evaluate(row)
            calls.append(len(rows) / (time.perf_counter() - start))
            scores.append(given.rows / measure(commands(inventory, Path(name))["score"]).outside)
    ours, theirs = statistics.median(scores), statistics.median(calls)
    print(f"zen-engine, one call a row: {theirs:,.0f} rows a second")
    print(f"score, from file to file: {ours:,.0f} rows a second, {ours / theirs:.0f} times as many")


if __name__ == "__main__":
    main()
