from __future__ import annotations

from pathlib import Path

import tomli

import whichcompute
from whichcompute.base.version import VERSION


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomli.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION == whichcompute.__version__
