"""The built wheel holds everything it needs, and works outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        str(ROOT),
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(out),
    ]
    subprocess.run([*command, "--disable-pip-version-check"], check=True, capture_output=True, timeout=120)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_ships_every_rule_fact_and_model_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("rules", "data", "models"):
        files = [p for p in (ROOT / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        assert files
        assert {f"whichcompute/_shipped/{path.relative_to(ROOT)}" for path in files} <= names
    assert "whichcompute/py.typed" in names
    assert not [name for name in names if name.split("/")[0] in ("rules", "data", "models", "tests")]


def test_the_wheel_works_from_its_own_folder(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.path.insert(0, 'site'); import whichcompute, pathlib;"
        "assert 'site' in whichcompute.__file__;"
        "print(whichcompute.recommend({'kind': 'event_handler', 'state': 'stateless', 'max_duration_s': 12}).service)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "lambda\n", done.stderr
