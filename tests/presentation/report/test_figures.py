from __future__ import annotations

from tests.presentation.report.conftest import Reporter
from whichcompute import Engine
from whichcompute.base.words import about
from whichcompute.presentation.report.figures import Figures, figures

ROWS = (
    "workload_id,kind,max_duration_s,invocations_per_month,memory_mb,os\n"
    "a,event_handler,12,1000,512,\nb,batch_job,2h,30,8192,\nc,batch_job,3h,30,8192,\nd,,,,,\ne,,20m,,,\nf,,,,,windows\n"
    "g,webapi,,,,\n"
)


def of(reporter: Reporter, engine: Engine, text: str = ROWS) -> Figures:
    outcome, _ = reporter(text)
    return figures(outcome, engine.columns, engine.pack, outcome.tally.listed())


def test_counts_add_up(reporter: Reporter, engine: Engine) -> None:
    found = of(reporter, engine)
    assert found.count == found.decisions.total() == 7
    assert sum(int(bar.value) for bar in found.services.bars) == 7
    assert found.priced >= 2
    assert found.total_cost > 0


def test_costs_of_places_outside_have_a_bar_too(reporter: Reporter, engine: Engine) -> None:
    machine = (
        "workload_id,kind,packaging,os,memory_mb,vcpus,state\na,server,machine_image,windows,65536,16,persistent\n"
    )
    found = of(reporter, engine, machine)
    (bar,) = (bar for bar in found.costs.bars if bar.label == "Amazon EC2")
    assert found.total_cost > 0 and bar.value == about(found.total_cost)


def test_bars_of_costs_add_up_to_the_sum_with_rows_that_nothing_is_recommended_for(
    reporter: Reporter, engine: Engine
) -> None:
    head = "kind,os,packaging,memory_mb,max_duration_s,state,invocations_per_month,typical_duration_s,stored_data_gb"
    rows = f"{head}\nweb_api,linux,container,512,,persistent,100000,2,\n"  # where the data lie is open
    found = of(reporter, engine, rows)
    assert found.decisions["undecided"] == 1 and found.total_cost > 0
    (bar,) = (bar for bar in found.costs.bars if bar.label == "no recommendation")
    assert bar.value == about(found.total_cost)


def test_what_keeps_workloads_off_serverless_is_counted(reporter: Reporter, engine: Engine) -> None:
    blocking = {line.rule.id: line for line in of(reporter, engine).blocking}
    assert blocking["lambda.duration-exceeds-limit-unless-split"].count == 3
    assert 0 < blocking["lambda.duration-exceeds-limit-unless-split"].alone <= 3
    assert all(line.rule.entry.service in ("lambda", "fargate") for line in blocking.values())


def test_rules_that_decide_come_most_first(reporter: Reporter, engine: Engine) -> None:
    counts = [line.count for line in of(reporter, engine).deciding]
    assert counts == sorted(counts, reverse=True)
    assert 0 < len(counts) <= 10


def test_the_quality_of_the_inventory_says_what_is_known_and_where_from(reporter: Reporter, engine: Engine) -> None:
    found = of(reporter, engine)
    known = {line.field: (round(line.share, 2), line.origin) for line in found.quality}
    assert known["kind"] == (0.57, "given")  # the kind of row g cannot be read
    assert "state" in found.empty
    assert set(known) & set(found.empty) == set()


def test_values_of_a_tool_come_with_the_rule_that_reads_them(reporter: Reporter, engine: Engine) -> None:
    header = "HostName,CPU.NumberOfProcessors,CPU.NumberOfCores,RAM.TotalSizeInMB,OS.Name\n"
    found = of(reporter, engine, header + "a,2,4,8192,Ubuntu\n")
    line = next(line for line in found.quality if line.field == "vcpus")
    assert (line.origin, line.rule) == ("given", "logical cores, else cores, else processors")


def test_open_workloads_come_with_what_would_settle_them(reporter: Reporter, engine: Engine) -> None:
    found = of(reporter, engine)
    still_open = found.decisions["close"] + found.decisions["undecided"]
    assert found.settling[0].of == still_open > 0
