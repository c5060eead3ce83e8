"""Measures `whichcompute score` against polars copying the same CSV, in the same run, and prints medians and ratios.

    python benchmarks/score.py --rows 100000 --runs 5

Each measurement is a process of its own. The copy is timed twice: inside its process (reading and writing alone), and
from outside, with the start of Python and the import of polars; `score` is always timed from outside, with everything.
On a busy machine the ratio of CPU time says more: that of whole processes, with those that they start. Memory is that
of all of them together at a time, looked at ten times a second (shared pages divided among them; Linux only).
"""

from __future__ import annotations

import argparse
import compileall
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import whichcompute
from benchmarks.inventory_file import COLUMNS, write_inventory

_COPY = """
import sys, time, polars as pl
start = time.perf_counter()
pl.scan_csv(sys.argv[1]).sink_csv(sys.argv[2])
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Run:
    """One process: seconds from outside, seconds it says itself, its largest memory in MB, and seconds of CPU time.

    Processes that it starts are counted in.
    """

    outside: float
    inside: float
    memory: float
    cpu: float


def measure(words: list[str]) -> Run:
    """Runs a command once."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    ended, largest = threading.Event(), [0.0]

    def look() -> None:
        while not ended.wait(0.1):
            largest[0] = max(largest[0], sum(_memory(process.pid)) / 1024)

    looking = threading.Thread(target=look)
    looking.start()
    said = process.stdout.read()
    ended.set()
    looking.join()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"failed: {' '.join(words)}")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(seconds, float(said) if said.strip() else seconds, max(largest[0], usage.ru_maxrss / 1024), cpu)


def _memory(pid: int) -> Iterator[int]:
    """Memory in KB of a process and of those that it has started."""
    try:
        rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has ended
        return
    yield int(re.findall(r"^Pss:\s+(\d+)", rolled, re.MULTILINE)[0])
    for child in " ".join(children).split():
        yield from _memory(int(child))


def commands(inventory: Path, folder: Path) -> dict[str, list[str]]:
    """What is measured, by name."""
    score = [sys.executable, "-m", "whichcompute", "score", str(inventory), "-o", str(folder / "scored.csv"), "--force"]
    return {
        "polars copy": [sys.executable, "-c", _COPY, str(inventory), str(folder / "copy.csv")],
        "score": score,
        "score --explain none": [*score, "--explain", "none"],
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    compileall.compile_dir(Path(whichcompute.__file__).parent, quiet=2)  # as an installation has it
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inventory = folder / "inventory.csv"
        write_inventory(inventory, given.rows)
        print(
            f"{given.rows:,} rows, {len(COLUMNS)} columns, {inventory.stat().st_size / 1e6:.0f} MB; "
            f"medians of {given.runs}"
        )
        runs: dict[str, list[Run]] = {what: [] for what in commands(inventory, folder)}
        for _ in range(given.runs):
            for what, words in commands(inventory, folder).items():
                runs[what].append(measure(words))
    tell(runs, given.rows)


def tell(runs: dict[str, list[Run]], rows: int) -> None:
    """Prints a line for each command."""
    copy = statistics.median(run.inside for run in runs["polars copy"])
    started = statistics.median(run.outside for run in runs["polars copy"])
    cpu = statistics.median(run.cpu for run in runs["polars copy"])
    print(
        f"{'':22}{'seconds':>9}{'rows/s':>11}{'x copy':>8}{'x copy with start':>19}{'x copy in CPU':>15}{'peak MB':>9}"
    )
    print(f"{'polars copy, inside':22}{copy:9.2f}{rows / copy:11,.0f}{1:8.2f}")
    for what, measured in runs.items():
        seconds = statistics.median(run.outside for run in measured)
        memory = max(run.memory for run in measured)
        spent = statistics.median(run.cpu for run in measured) / cpu
        times = f"{seconds / copy:8.2f}{seconds / started:19.2f}{spent:15.2f}"
        print(f"{what:22}{seconds:9.2f}{rows / seconds:11,.0f}{times}{memory:9.0f}")


if __name__ == "__main__":
    main()
