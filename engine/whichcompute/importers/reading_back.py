"""One workload of a scan again: out of the JSON that `scan` wrote, or of infrastructure code itself."""

from __future__ import annotations

import json
from pathlib import Path

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import read_text
from whichcompute.base.words import counted, did_you_mean, few
from whichcompute.importers.found import FoundWorkload
from whichcompute.importers.scanning import scan

_MAX_BYTES = 50_000_000


def found_workload(path: Path, name: str = "") -> FoundWorkload:
    """The workload of that name in a scan written as JSON, or in infrastructure code; without a name, the only one.

    DataError when there is none, or several and no name says which.
    """
    workloads = _of_scan(path) if path.suffix == ".json" else None
    workloads = scan([path]).workloads if workloads is None else workloads
    if not workloads:
        raise DataError(
            f"{path}: no workload was found; `whichcompute scan {path}` says what was read and what was not"
        )
    able = [one for one in workloads if one.workload_id == name] if name else list(workloads)
    if len(able) == 1:
        return able[0]
    names = [one.workload_id for one in workloads]
    if name:
        raise DataError(f"{path}: has no workload '{shown(name)}'{did_you_mean(name, names)}; it has {few(names)}")
    raise DataError(f"{path}: has {counted(len(names), 'workload')}; name one with --workload: {few(names)}")


def _of_scan(path: Path) -> tuple[FoundWorkload, ...] | None:
    """The workloads of a file that `scan` wrote; None for every other file."""
    from pydantic import TypeAdapter

    try:
        document = json.loads(read_text(path, _MAX_BYTES))
        if not isinstance(document, dict) or not {"workloads", "left_out", "unreadable"} <= document.keys():
            return None
        return TypeAdapter(tuple[FoundWorkload, ...]).validate_python(document["workloads"])
    except RecursionError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, json.JSONDecodeError):
            return None
        raise DataError(f"{path}: is not what `whichcompute scan -o FILE.json` writes") from None
