"""Adds the made-up service as an outside package would, and prints what becomes of it everywhere, as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from whichcompute.knowledge.services import ServiceRecord, add_service

NAME = "Acme Containers"
add_service(ServiceRecord("containers", NAME, ("#445566", "#aabbcc"), "acme_pricing", serverless=True))
if "and another" in sys.argv:
    add_service(ServiceRecord("more_containers", "More Containers", ("#556644", "#bbccaa"), "acme_pricing"))

import polars as pl
from click.testing import CliRunner

from whichcompute import Engine
from whichcompute.classifier.cases import read_cases
from whichcompute.cli import cli
from whichcompute.presentation.charts.palette import COLOURS

PACK = str(HERE / "rules.toml")
CASES = HERE.parents[1] / "data" / "cases" / "decisions.csv"


def run(*arguments: str) -> str:
    """What the command prints."""
    done = CliRunner().invoke(cli, ["--rules", PACK, *arguments], catch_exceptions=False)
    assert not done.exit_code, done.output
    return done.output


def look(api: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Everything that is found of the service."""
    engine = Engine(rules=PACK)
    found = engine.recommend(api)
    first = found.verdicts[0]
    assert first.monthly_cost_usd is not None
    windows = next(v for v in engine.recommend({**api, "os": "windows"}).verdicts if v.service == "containers")
    path = engine.path_to({**api, "os": "windows"}, "containers")
    return {
        "recommended": found.service,
        "decision": found.decision,
        "verdicts": {
            verdict.service: sum(reason.weight for reason in verdict.reasons if reason.effect != "cost")
            for verdict in found.verdicts
        },
        "reasons": [reason.rule for reason in first.reasons if reason.effect == "prefer"],
        "companions": [companion.name for companion in first.companions],
        "windows": {"status": windows.status, "reason": windows.reasons[0].text},
        "cost": {
            "low": first.monthly_cost_usd.low,
            "expected": first.monthly_cost_usd.expected,
            "high": first.monthly_cost_usd.high,
            "lines": [line.label for line in first.monthly_cost_usd.lines],
            "assumptions": first.monthly_cost_usd.assumptions,
        },
        "row": engine.score(pl.DataFrame([api])).row(0, named=True),
        "rows_that_differ": rows_that_differ(engine),
        "path": [step.field for step in path.steps],
        "colours": COLOURS["containers"],
        "chart": charted(api, folder),
        "places": places(engine, api, folder),
    }


def rows_that_differ(engine: Engine) -> int:
    """Of the labelled decisions, those whose row has another answer than one call."""
    workloads = [case.values for case in read_cases([CASES])]
    rows = engine.score(pl.DataFrame(workloads, infer_schema_length=None)).rows(named=True)
    calls = [engine.recommend(values) for values in workloads]
    return sum(
        (row["recommended_service"], row["decision"], row["runner_up"], row["plausible_services"] or "")
        != (
            None if call.decision == "undecided" else call.service,
            call.decision,
            call.runner_up,
            ";".join(call.plausible_services),
        )
        for row, call in zip(rows, calls, strict=True)
    )


def workload_file(api: dict[str, Any], folder: Path) -> str:
    (folder / "api.json").write_text(json.dumps(api))
    return str(folder / "api.json")


def charted(api: dict[str, Any], folder: Path) -> str:
    run("recommend", workload_file(api, folder), "--chart", str(folder / "chart.svg"))
    return (folder / "chart.svg").read_text()


def places(engine: Engine, api: dict[str, Any], folder: Path) -> dict[str, int]:
    """How often its name or id occurs in each output."""
    file = workload_file(api, folder)
    pl.DataFrame([api, {**api, "os": "windows"}]).write_csv(folder / "in.csv")
    run("score", str(folder / "in.csv"), "-o", str(folder / "out.csv"), "--report", str(folder / "page.html"))
    run("recommend", file, "--adr", str(folder / "adr.md"))
    interview = engine.interview(api)
    return {
        "what_if": run("recommend", file, "--what-if", "os=windows").count(NAME),
        "text": run("recommend", file, "--full").count(NAME),
        "adr": (folder / "adr.md").read_text().count(NAME),
        "catalogue": run("rules", "catalogue").count(f"## {NAME}"),
        "report": (folder / "page.html").read_text().count(NAME),
        "interview": [standing.service for standing in interview.ranking].count("containers"),
        "schema": run("schema", "recommendation").count('"containers"'),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        print(json.dumps(look(json.loads(sys.argv[1]), Path(made))))
