"""Measures `whichcompute.spark.score` on a small local Spark cluster, and what a billion rows would cost.

    python benchmarks/spark.py --rows 1000000 --runs 3

The inventory is the one of `benchmarks/score.py`, read from Parquet; results are computed and thrown away (Spark's
`noop` writer), so no time goes into storing them. `read` is the same job without scoring. Core-seconds are what clouds
bill: seconds from start to end times executor cores. CPU-seconds are what all processes of the cluster really used,
Spark's own included: the better figure where other programs share the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyspark
from pyspark.sql import DataFrame, SparkSession

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.inventory_file import COLUMNS, write_inventory
from whichcompute.spark import score

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Price:
    """What an hour of one vCPU costs, with its memory, on demand in us-east-1, and where that stands."""

    service: str
    usd_per_vcpu_hour: float
    source: str


GB_PER_VCPU = 4
PRICES = [
    Price(
        "EMR Serverless",
        0.052624 + GB_PER_VCPU * 0.0057785,
        "0.052624 USD per vCPU-hour and 0.0057785 USD per GB-hour, x86_64, 4 GB to a vCPU: "
        "https://aws.amazon.com/emr/pricing, as copied by PerfKitBenchmarker, read on 2026-11-24",
    ),
    Price(
        "Glue",
        0.44 / 4,
        "0.44 USD per DPU-hour, 4 vCPUs and 16 GB to a DPU: https://aws.amazon.com/glue/pricing, read on 2026-11-24 "
        "in a copy of 2026-10-07",
    ),
]


@dataclass(frozen=True)
class Run:
    """One job: seconds from start to end, and CPU-seconds of the whole cluster."""

    seconds: float
    cpu: float


def cluster(executors: int, folder: Path) -> SparkSession:
    """A master, workers of one core, and an executor on each; all in processes of their own."""
    for entry in Path(pyspark.__file__).parent.iterdir():  # a cluster writes into its home
        (folder / entry.name).symlink_to(entry)
    os.environ.update(SPARK_HOME=str(folder), SPARK_LOCAL_IP="127.0.0.1", PYSPARK_PYTHON=sys.executable)
    builder = SparkSession.builder.master(f"local-cluster[{executors},1,2048]")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": "1g",
        "spark.executorEnv.PYTHONPATH": str(ROOT / "engine"),
        "spark.log.level": "ERROR",
        "spark.sql.files.maxPartitionBytes": "8m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def write_parquet(folder: Path, rows: int, files: int) -> None:
    """Writes the inventory as Parquet files."""
    inventory = folder / "inventory.csv"
    write_inventory(inventory, rows)
    frame = pl.read_csv(inventory, infer_schema=False)
    (folder / "parquet").mkdir()
    for number, piece in enumerate(frame.iter_slices(-(-rows // files))):
        piece.write_parquet(folder / "parquet" / f"part-{number}.parquet")


def children() -> dict[int, list[str]]:
    """The processes under this one, by number, with the fields of their `stat` from the state on."""
    fields: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # ended meanwhile
    found: set[int] = set()
    newest = {os.getpid()}
    while newest := {pid for pid, each in fields.items() if int(each[1]) in newest}:
        found |= newest
    return {pid: fields[pid] for pid in found}


def used_by_children() -> float:
    """CPU-seconds that the processes under this one have used, with those that have ended and were waited for."""
    return sum(sum(map(int, each[11:15])) for each in children().values()) / os.sysconf("SC_CLK_TCK")


def largest_worker() -> float:
    """The most memory that a Python worker has held, in MB."""
    most = 0
    for pid in children():
        folder = Path("/proc") / str(pid)
        if b"\0-m\0pyspark." in (folder / "cmdline").read_bytes():
            held = (folder / "status").read_text().partition("VmHWM:")[2].split()[0]
            most = max(most, int(held))
    return most / 1024


def measure(job: Callable[[], DataFrame]) -> Run:
    """Runs a job once; its rows are computed and thrown away."""
    start, used = time.perf_counter(), used_by_children()
    job().write.format("noop").mode("overwrite").save()
    return Run(time.perf_counter() - start, used_by_children() - used)


def tell(runs: dict[str, list[Run]], rows: int, cores: int) -> None:
    """Prints a line for each job, and the costs."""
    print(f"{'':12}{'seconds':>9}{'rows/s':>11}{'rows/s a core':>15}{'core-s/1M rows':>16}{'CPU-s/1M rows':>15}")
    for what, measured in runs.items():
        seconds = statistics.median(run.seconds for run in measured)
        cpu = statistics.median(run.cpu for run in measured) / rows * 1e6
        billed = seconds * cores / rows * 1e6
        print(f"{what:12}{seconds:9.2f}{rows / seconds:11,.0f}{rows / seconds / cores:15,.0f}{billed:16.1f}{cpu:15.1f}")
        for price in PRICES if what == "score" else []:
            by_core, by_cpu = (each * 1000 / 3600 * price.usd_per_vcpu_hour for each in (billed, cpu))
            print(
                f"  a billion rows on {price.service}: {by_core:.2f} USD by core-seconds, {by_cpu:.2f} by CPU-seconds"
            )
            print(f"    start and driver aside; {price.source}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--executors", type=int, default=os.cpu_count() or 1, help="of one core each")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_parquet(folder, given.rows, 4 * given.executors)
        (folder / "home").mkdir()
        session = cluster(given.executors, folder / "home")
        read = session.read.parquet(str(folder / "parquet"))
        jobs: dict[str, Callable[[], DataFrame]] = {
            "read": lambda: read,
            "score": lambda: score(read),
            "score, none": lambda: score(read, explain="none"),
        }
        first = measure(jobs["score"])
        print(
            f"{given.rows:,} rows, {len(COLUMNS)} columns; Spark {session.version}, {given.executors} executors of one "
            f"core; medians of {given.runs}; the first scoring, with the start of executors: {first.seconds:.1f} s"
        )
        runs: dict[str, list[Run]] = {what: [] for what in jobs}
        for _ in range(given.runs):
            for what, job in jobs.items():
                runs[what].append(measure(job))
        memory = largest_worker()
        session.stop()
    tell(runs, given.rows, given.executors)
    print(f"a Python worker held {memory:.0f} MB at most")


if __name__ == "__main__":
    main()
