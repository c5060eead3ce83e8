"""Sizes of instance types of Amazon EC2 and Azure, by the table of prices and data/instance_types.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.facts import load

_TABLE = "ec2.on_demand_linux_table"
_SIZES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "vcpus": lambda row: str(row["vcpu"]),
    "memory_mb": lambda row: f"{row['memory_gb']}GB",
    "gpus": lambda row: str(row.get("gpus", 0)),
    "cpu_architecture": lambda row: str(row["arch"]),
}
SIZED = tuple(_SIZES)
"""The descriptors that an instance type gives."""

RULE = "the size of the instance type"
NO_TYPE = "no instance type whose size is known"


@cache
def by_type(descriptor: str) -> Mapping[str, str]:
    """The value of a descriptor by instance type (lower case), as the text of a cell.

    Types that are not in a table are absent; for all descriptors but vCPUs they are unknown (`*`), so that a type that
    cannot be read is reported once.
    """
    values = {str(row["type"]): _SIZES[descriptor](row) for row in _types()}
    values |= {f"/{row['match']}/": str(row[descriptor]) for row in _patterns()}
    return values if descriptor == "vcpus" else {**values, "*": ""}


@cache
def _types() -> list[Mapping[str, Any]]:
    """All types that a table lists."""
    rows = load()[_TABLE]
    assert isinstance(rows, tuple | list)
    return [*_listed(), *(row for row in rows if isinstance(row, Mapping))]


def _patterns() -> list[dict[str, str]]:
    """The names that state a size themselves, as regular expressions with the value of each descriptor."""
    path = folder("data") / "instance_types.toml"
    patterns: list[dict[str, str]] = read_toml(path)["pattern"]
    if not all(isinstance(row, dict) and {"match", *SIZED} <= {*row} for row in patterns):
        raise DataError(f"{path}: each pattern needs match, {', '.join(SIZED)}")
    return patterns


def _listed() -> Iterator[Mapping[str, Any]]:
    """The types of data/instance_types.toml, like the rows of the table of prices."""
    path = folder("data") / "instance_types.toml"
    try:
        for family in read_toml(path)["family"]:
            for entry in family["sizes"].split(","):
                size, numbers = entry.split()
                vcpu, memory, *gpus = numbers.split("/")
                row = {"vcpu": int(vcpu), "memory_gb": float(memory), "arch": family.get("architecture", "x86_64")}
                for name in family["names"]:
                    yield {**row, "gpus": int(gpus[0]) if gpus else 0, "type": name.format(size).lower()}
    except (KeyError, IndexError, AttributeError, TypeError, ValueError) as error:
        raise DataError(f"{path}: {error}") from None
