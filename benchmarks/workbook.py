"""Measures an RVTools workbook of 10,000 machines scored to CSV with a report page, and to a workbook.

    python benchmarks/workbook.py --rows 10000 --runs 3

Each measurement is a process of its own, from start to finish. Prints medians of seconds, and of seconds of CPU time,
which say more on a busy machine. The machines follow from a seed.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

import whichcompute

HEADER = ("VM", "Powerstate", "Template", "DNS Name", "CPUs", "Memory", "NICs", "Disks", "Provisioned MiB",
          "In Use MiB", "Datacenter", "Cluster", "Host", "OS according to the configuration file",
          "OS according to the VMware Tools", "VM UUID")  # fmt: skip
SYSTEMS = ("Microsoft Windows Server 2019 (64-bit)", "Red Hat Enterprise Linux 8 (64-bit)", "Ubuntu Linux (64-bit)")


def write_workbook(path: Path, rows: int) -> None:
    """Writes a sheet vInfo with so many machines."""
    rng = random.Random(7)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("vInfo")
    sheet.write_row(0, 0, HEADER)
    for number in range(1, rows + 1):
        system, memory = rng.choice(SYSTEMS), 1024 * 2 ** rng.randrange(8)
        state = "poweredOn" if rng.random() < 0.9 else "poweredOff"
        disk = rng.randrange(20_000, 2_000_000)
        machine = (f"vm-{number:05}", state, "False", f"vm-{number:05}.example.com", 2 ** rng.randrange(6), memory, 1)
        place = (rng.randrange(1, 5), disk, disk // 2, "dc1", f"cluster-{number % 8}", f"host-{number % 97}")
        sheet.write_row(number, 0, (*machine, *place, system, system, f"421e-{number:08}"))
    book.close()


def measure(words: list[str]) -> tuple[float, float]:
    """Runs a command once: its seconds, and those of CPU time."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(words)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    compileall.compile_dir(Path(whichcompute.__file__).parent, quiet=2)  # as an installation has it
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_workbook(folder / "rvtools.xlsx", given.rows)
        score = [sys.executable, "-m", "whichcompute", "score", str(folder / "rvtools.xlsx"), "--force", "-o"]
        commands = {
            "CSV and report page": [*score, str(folder / "scored.csv"), "--report", str(folder / "page.html")],
            "workbook": [*score, str(folder / "scored.xlsx")],
        }
        print(f"{given.rows:,} machines, {len(HEADER)} columns; medians of {given.runs}")
        total = [0.0, 0.0]
        for what, words in commands.items():
            runs = [measure(words) for _ in range(given.runs)]
            medians = [statistics.median(column) for column in zip(*runs, strict=True)]
            total = [sum(pair) for pair in zip(total, medians, strict=True)]
            print(f"{what:<22}{medians[0]:8.2f} s{medians[1]:8.2f} s of CPU")
        print(f"{'in all':<22}{total[0]:8.2f} s{total[1]:8.2f} s of CPU")


if __name__ == "__main__":
    main()
