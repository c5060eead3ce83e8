"""The scripts that measure start from anywhere; what they measure is no test's business."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
SCRIPTS = sorted(path for path in FOLDER.glob("*.py") if "__main__" in path.read_text())
PEERS = {"decision_table.py": "zen", "spark.py": "pyspark"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_finds_what_it_imports(script: Path, tmp_path: Path) -> None:
    if (peer := PEERS.get(script.name)) and not find_spec(peer):
        pytest.skip(f"{peer} is measured against, and not installed")
    start = f"import runpy, sys; sys.path[0] = {str(script.parent)!r}; runpy.run_path({str(script)!r})"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert not done.returncode, done.stderr


def test_costs_are_measured_by_calls_that_exist() -> None:
    """What a script calls is found out when it runs, not when it starts: the model had lost a method of its."""
    words = [sys.executable, str(FOLDER / "cost.py"), "--rows", "50", "--runs", "1", "--workloads", "1"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert not done.returncode and "low, expected and high" in done.stdout, done.stderr
