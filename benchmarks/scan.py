"""Measures `whichcompute scan` and `check` from start to finish: a small folder, 500 resources, and 10,000 files.

    python benchmarks/scan.py --runs 5

Prints medians of wall time and of CPU time, beside those of the imports that the command is built on.
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import whichcompute
from benchmarks.workbook import measure

_FUNCTION = """  F{n}:
    Type: AWS::Lambda::Function
    Properties: {{Timeout: {timeout}, MemorySize: {memory}, Runtime: python3.12, Code: {{ZipFile: x}}}}
"""
_SMALL = (
    "services:\n  web:\n    image: shop\n    ports: ['8080:80']\n    mem_limit: 512m\n  db:\n    image: postgres:16\n"
)


def folders(root: Path) -> dict[str, list[str]]:
    """What is measured, by name; the files are written below `root`."""
    small, many, wide = root / "small", root / "many", root / "wide"
    for folder in (small, many, wide):
        folder.mkdir()
    (small / "docker-compose.yml").write_text(_SMALL)
    functions = (_FUNCTION.format(n=n, timeout=2 + n % 800, memory=128 + n) for n in range(500))
    (many / "template.yaml").write_text("Resources:\n" + "".join(functions))
    for n in range(10_000):
        file = wide / f"d{n % 100}" / f"f{n}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text("print(1)\n")
    (wide / "docker-compose.yml").write_text(_SMALL)
    command = [sys.executable, "-m", "whichcompute"]
    return {
        "imports": [sys.executable, "-c", "import click, pydantic, numpy"],
        "check, small folder": [*command, "check", str(small)],
        "scan, 500 resources": [*command, "scan", str(many)],
        "check, 500 resources": [*command, "check", str(many)],
        "check, 10,000 files": [*command, "check", str(wide)],
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    compileall.compile_dir(Path(whichcompute.__file__).parent, quiet=2)  # as an installation has it
    with tempfile.TemporaryDirectory() as root:
        for what, words in folders(Path(root)).items():
            runs = [measure(words) for _ in range(given.runs)]
            wall, cpu = (statistics.median(part) for part in zip(*runs, strict=True))
            print(f"{what:<22}{wall:7.2f} s wall {cpu:7.2f} s CPU")


if __name__ == "__main__":
    main()
