"""Sizes of EC2 instance types, from the table of facts and the rule of regular families."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
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


@cache
def by_type(descriptor: str) -> Mapping[str, str]:
    """The value of a descriptor by instance type, as the text of a cell; types that are not in the table are absent."""
    rows = load()[_TABLE]
    assert isinstance(rows, tuple | list)
    sizes = [*_by_rule(), *(row for row in rows if isinstance(row, Mapping))]
    return {str(row["type"]): _SIZES[descriptor](row) for row in sizes}


def _by_rule() -> Iterator[Mapping[str, Any]]:
    """The types of families whose sizes follow one rule (data/instance_families.toml)."""
    path = folder("data") / "instance_families.toml"
    table = read_toml(path)
    try:
        for memory, families in table["memory_per_vcpu"].items():
            for architecture, names in families.items():
                for (size, vcpu), name in product(table["vcpus"].items(), names):
                    kind = f"{name}.{size}"
                    yield {"type": kind, "vcpu": vcpu, "memory_gb": vcpu * int(memory), "arch": architecture}
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise DataError(f"{path}: {error}") from None
