"""One answer everywhere: recommend, score (frame and file), MCP, check and Spark on the same random workloads.

    python benchmarks/equality.py --count 20000 --seed 1

The workloads are random: from empty to full, with every threshold of the rules, and the number next to it on either
side, as often as other values. Spark takes part where pyspark and Java are installed. Prints the ways and the first
differences; the exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from whichcompute import Engine, Recommendation
from whichcompute.importers.checking import check
from whichcompute.importers.found import FoundValue, FoundWorkload, Scan
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.knowledge.descriptors import DECIDING, DERIVED, DESCRIPTORS, Value, read
from whichcompute.recommender.columns import RESULTS
from whichcompute.recommender.columns.typed import dtype_of

Values = dict[str, Value]
Answer = dict[str, Any]
Way = Callable[[Engine, Sequence[Values]], list[Answer]]
TOLERANCE = 1e-9
_CENTS = 0.005 + TOLERANCE  # costs are written in cents
_COSTS = ("monthly_cost_usd", "monthly_cost_low_usd", "monthly_cost_high_usd")
_LISTED = 5


def thresholds(engine: Engine) -> dict[str, list[float]]:
    """The numbers at which an answer may change, by numeric descriptor, each with its neighbours."""
    found: dict[str, list[float]] = {name: [0.0, 1.0] for name in DECIDING if DESCRIPTORS[name].type == "number"}
    tables = [engine.pack.index.cells, {n: own.cells for n, own in engine.aggregator.classifier.fields.items()}]
    for table in tables:
        for name, cells in table.items():
            if name in DERIVED or name not in found:
                continue
            for cut in cells.thresholds:
                found[name] += [cut, math.nextafter(cut, math.inf), math.nextafter(cut, 0.0)]
    return found


def workloads(engine: Engine, count: int, seed: int) -> Iterator[Values]:
    """So many random workloads, from empty to full."""
    rng, edges = Random(seed), thresholds(engine)
    for _ in range(count):
        known = rng.sample(DECIDING, int(len(DECIDING) * rng.random() ** 2))
        yield {name: _value(rng, name, edges) for name in known}


def _value(rng: Random, name: str, edges: dict[str, list[float]]) -> Value:
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "boolean":
        return rng.random() < 0.5
    if descriptor.type == "choice":
        return rng.choice(sorted(descriptor.choices))
    number = rng.choice(edges[name]) if rng.random() < 0.5 else 10 ** rng.uniform(-3, 9)
    number = min(max(number, 0.0), descriptor.maximum)
    return float(round(number)) if descriptor.integer else number


def told(result: Recommendation) -> Answer:
    """The recommendation as `score` writes it, without reasons and notes."""
    cost = result.verdicts[0].monthly_cost_usd
    costs = (None, None, None) if cost is None else (cost.expected, cost.low, cost.high)
    return {
        "recommended_service": None if result.decision == "undecided" else result.service,
        "decision": result.decision,
        "confidence": round(result.confidence, 4),
        "runner_up": result.runner_up,
        "plausible_services": ";".join(result.plausible_services),
        "ruled_out": ";".join(sorted(verdict.service for verdict in result.verdicts if verdict.status == "ruled_out")),
        "missing": ";".join(result.missing),
        **dict(zip(_COSTS, costs, strict=True)),
        "outside": ";".join(place.id for place in result.outside),
    }


def by_recommend(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """One call a workload."""
    return [told(engine.recommend(values)) for values in given]


def _from_frame(scored: pl.DataFrame) -> list[Answer]:
    rows = scored.select(*RESULTS).rows(named=True)
    for row in rows:
        row["ruled_out"] = ";".join(sorted(filter(None, (row["ruled_out"] or "").split(";"))))
    return [{name: row[name] for name in row if name not in ("reasons", "notes")} for row in rows]


def _frame(given: Sequence[Values]) -> pl.DataFrame:
    return pl.DataFrame(given, schema={name: dtype_of(DESCRIPTORS[name]) for name in DECIDING})


def by_score(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """All workloads as one frame."""
    return _from_frame(engine.columns.score(_frame(given)))


def by_file(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """All workloads as one CSV file; a workload of which nothing is known would be a blank line, so each has a name."""
    with tempfile.TemporaryDirectory() as name:
        inventory, out = str(Path(name) / "in.csv"), str(Path(name) / "out.csv")
        _frame(given).with_row_index("workload_id").write_csv(inventory)
        request = ScoringRequest(inventory, out, preset="none")
        score_inventory(request, engine.columns, lambda _: None, lambda *_: None)
        types = {name: dtype for name, dtype in RESULTS.items() if dtype == pl.Float64}
        scored = pl.read_csv(out, schema_overrides={**dict.fromkeys([*DECIDING, *RESULTS], pl.String), **types})
    texts = ("plausible_services", "ruled_out", "missing", "outside", "notes", "reasons")
    return _from_frame(scored.with_columns(pl.col(texts).fill_null("")))


def by_mcp(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """One call of the tool `recommend` a workload."""
    from whichcompute.cli.mcp_server import server

    tools = server(engine)

    async def ask(values: Values) -> Answer:
        result: Any = await tools.call_tool("recommend", {"workload": values})
        said = getattr(result, "structured_content", None) or result[1]
        cost = next(option["monthly_cost_usd"] for option in said["options"] if option["service"] == said["service"])
        return {
            "recommended_service": None if said["decision"] == "undecided" else said["service"],
            "decision": said["decision"],
            "confidence": said["confidence"],
            "ruled_out": ";".join(sorted(o["service"] for o in said["options"] if o["status"] == "ruled_out")),
            "missing": ";".join(said["missing"]),
            "monthly_cost_usd": cost,
        }

    async def ask_all() -> list[Answer]:
        return [await ask(values) for values in given]

    return asyncio.run(ask_all())


def by_check(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """All workloads as what a scan of infrastructure code found, which has read each value."""
    found = tuple(
        FoundWorkload(
            workload_id=f"w{number}",
            format="test",
            file="f",
            line=1,
            present_service="",
            values=tuple(FoundValue(name, value, "given", name, "f", 1) for name, value in read(values).items()),
            hints=(),
            remarks=(),
        )
        for number, values in enumerate(given)
    )
    return [
        {
            "recommended_service": None if each.decision == "undecided" else each.recommended,
            "decision": each.decision,
            "confidence": round(each.confidence, 4),
            "plausible_services": ";".join(each.plausible_services),
        }
        for each in check(engine.recommender, Scan(found, (), (), ())).workloads
    ]


def by_spark(engine: Engine, given: Sequence[Values]) -> list[Answer]:
    """All workloads as one Spark DataFrame on a local cluster."""
    from pyspark.sql import SparkSession

    from whichcompute import spark

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    texts = pl.col(pl.Enum).cast(pl.String)
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    with tempfile.TemporaryDirectory() as name:
        inventory, out = f"{name}/in.parquet", f"{name}/out"
        _frame(given).with_columns(texts).with_columns(pl.Series("row", range(len(given)))).write_parquet(inventory)
        try:
            spark.score(session.read.parquet(inventory)).write.parquet(out)
        finally:
            session.stop()
        scored = pl.read_parquet(f"{out}/*.parquet").sort("row")
    return _from_frame(scored)


WAYS: dict[str, Way] = {"score": by_score, "score of a file": by_file, "mcp": by_mcp, "check": by_check}


def ways() -> dict[str, Way]:
    """The ways that can be gone here."""
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    return {**WAYS, "spark": by_spark} if java and find_spec("pyspark") else WAYS


def differences(engine: Engine, given: Sequence[Values], chosen: dict[str, Way]) -> Iterator[str]:
    """Each answer of a way that is another than that of `recommend`, in words."""
    wanted = by_recommend(engine, given)
    for way, answers in chosen.items():
        for values, one, other in zip(given, wanted, answers(engine, given), strict=True):
            for name, value in other.items():
                expected = ";".join(one[name].split(";")[:_LISTED]) if (way, name) == ("mcp", "missing") else one[name]
                if not _same(expected, value, _CENTS if name in _COSTS else TOLERANCE):
                    yield f"{way}: {name} is {value!r}, and {expected!r} by recommend, of {values}"


def _same(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=tolerance)
    return bool(one == other)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    engine, chosen = Engine.default(), ways()
    found = list(differences(engine, list(workloads(engine, given.count, given.seed)), chosen))
    for difference in found[:10]:
        print(difference)
    print(f"{given.count:,} workloads, recommend against {', '.join(chosen)}: {len(found):,} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
