"""Reads a sheet of an Excel workbook, by the extra `excel` (python-calamine)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.errors import InventoryError, shown
from engine.inventory.frame_source import FrameSource
from engine.inventory.mapping import normal
from engine.inventory.presets import detected
from engine.workload import DECIDING

_HEADER_WITHIN = 20  # rows above the header that are tried: titles and blank lines


def open_workbook(path: Path) -> FrameSource:
    """The rows of the sheet that looks most like an inventory; its line numbers are the sheet's row numbers."""
    sheets = _sheets(path)
    tables = ((name, *_table(rows)) for name, rows in sheets.items())
    name, lines, rows = max(tables, key=lambda table: _likeness(table[2]))
    if not rows:
        raise InventoryError(f"{path}: no sheet holds a header line with column names")
    header = [_text(cell) or f"column {number}" for number, cell in enumerate(rows[0], start=1)]
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InventoryError(f"{path}: sheet '{shown(name)}': column '{shown(twice)}' stands twice")
    columns = {title: [_text(row[number]) for row in rows[1:]] for number, title in enumerate(header)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String))
    source = FrameSource(frame.lazy(), str(path), np.array(lines[1:], np.intp))
    source.notices.append(f"sheet '{shown(name)}' is read" + (f" (of {len(sheets)})" if len(sheets) > 1 else ""))
    return source


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ModuleNotFoundError:
        raise InventoryError(
            f"{path}: an Excel workbook needs the extra `excel` (pip install 'whichcompute[excel]'); or save it as CSV"
        ) from None
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names
        }
    except (CalamineError, OSError) as error:
        raise InventoryError(f"{path}: cannot be read as an Excel workbook ({shown(str(error))})") from None


def _table(rows: list[list[Any]]) -> tuple[list[int], list[list[Any]]]:
    """The header and the rows below it, blank ones left out, and their row numbers; titles above are passed over."""
    tried = range(min(len(rows), _HEADER_WITHIN))
    first = max(tried, key=lambda number: (_likeness(rows[number:]), -number), default=0)
    kept = [number for number in range(first, len(rows)) if any(_text(cell) for cell in rows[number])]
    return [number + 1 for number in kept], [rows[number] for number in kept]


def _likeness(rows: Sequence[Sequence[Any]]) -> tuple[bool, int, int]:
    """How much rows look like an inventory: by a known tool's header, by names of descriptors, by columns."""
    header = [_text(cell) for cell in rows[0]] if rows else []
    named = sum(normal(name) in DECIDING for name in header)
    return detected(header) is not None, named, sum(map(bool, header))


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # Excel keeps every number as a float
    return str(cell).strip() if isinstance(cell, str) else str(cell)
