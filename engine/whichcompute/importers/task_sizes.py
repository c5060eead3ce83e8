"""Declared sizes that Fargate does not have: it takes pairs of vCPUs and memory from a table alone."""

from __future__ import annotations

from typing import Any

from whichcompute.importers.found import FoundValue, FoundWorkload
from whichcompute.knowledge.facts import Facts

SIZES = "fargate.size_table"
"""The fact that is the table."""


def no_such_task(facts: Facts, workload: FoundWorkload) -> tuple[FoundValue, str] | None:
    """The value that makes the size of a task on Fargate one that it does not have, and why; None where all is well.

    Sums over containers are no declared size, and without one of the two every pair with the other may be meant.
    """
    if "fargate" not in (workload.present_service, workload.capacity):
        return None
    known = {value.field: value for value in workload.values}
    stated = {name: one for name, one in known.items() if one.how == "given" and "containerDefinitions" not in one.key}
    windows = "os" in known and known["os"].value == "windows"
    rows = [row for row in _rows(facts) if row["windows"] or not windows]
    cpu, memory = stated.get("vcpus"), stated.get("memory_mb")
    able = [row for row in rows if cpu is None or row["vcpu"] == cpu.value]
    kind = "Windows task" if windows else "task"
    if cpu is not None and not able:
        vcpus = ", ".join(dict.fromkeys(f"{row['vcpu']:g}" for row in rows))
        return cpu, f"Fargate has no {kind} of {cpu.value:.4g} vCPU; it has {vcpus} vCPU"
    if memory is None or any(_holds(row, memory) for row in able):
        return None
    with_it = f" with {cpu.value:g} vCPU" if cpu is not None else ""
    sizes = "; ".join(dict.fromkeys(map(_said, able)))
    return memory, f"Fargate has no {kind} of {memory.value:g} MB{with_it}; it has {sizes}"


def _rows(facts: Facts) -> list[dict[str, Any]]:
    table = facts.get(SIZES)
    return [row for row in table if isinstance(row, dict)] if isinstance(table, list) else []


def _holds(row: dict[str, Any], memory: FoundValue) -> bool:
    least, most, step = (row[f"memory_{name}_gb"] * 1024 for name in ("min", "max", "step"))
    return bool(least <= memory.value <= most and (memory.value - least) % step == 0)


def _said(row: dict[str, Any]) -> str:
    least, most = f"{row['memory_min_gb']:g}", f"{row['memory_max_gb']:g}"
    return f"{least} GB" if least == most else f"{least} to {most} GB in steps of {row['memory_step_gb']:g} GB"
