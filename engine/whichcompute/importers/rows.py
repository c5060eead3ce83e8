"""A scan as an inventory: CSV that `score` reads, or JSON with the file, line and key of every value."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from whichcompute.base.words import safe
from whichcompute.importers.found import FoundValue, FoundWorkload, Scan
from whichcompute.knowledge.descriptors import DESCRIPTORS


def scan_as_csv(found: Scan) -> str:
    """One row a workload: its name, its fields, the present service, its place, and that of each value."""
    fields = [name for name in DESCRIPTORS if name not in ("workload_id", "description")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["workload_id", *fields, "present_service", "source", "provenance", "hints", "remarks"])
    for workload in found.workloads:
        values = {value.field: value for value in workload.values}
        row = [workload.workload_id, *(_cell(values, name) for name in fields)]
        row += [workload.present_service, f"{workload.file}:{workload.line}", *_notes(workload)]
        writer.writerow([safe(cell) for cell in row])
    return text.getvalue()


def scan_as_json(found: Scan) -> str:
    """The whole scan as JSON: values with provenance, hints, remarks, what was left out and what could not be read."""
    return found.model_dump_json(indent=2) + "\n"


def _cell(values: Mapping[str, FoundValue], name: str) -> str:
    if name not in values:
        return ""
    value = values[name].value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else value


def _notes(workload: FoundWorkload) -> list[str]:
    said = [f"{value.field}: {value.how}, {value.key} ({value.file}:{value.line})" for value in workload.values]
    guesses = [f"{hint.field}={hint.value}: {hint.why} ({hint.file}:{hint.line})" for hint in workload.hints]
    return ["; ".join(said), "; ".join(guesses), "; ".join(workload.remarks)]
