"""Puts the corrected rows of a rejects file back into their places in the inventory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.words import counted
from whichcompute.inventory.readers.batch import ANY, Batch, Form, Reject, Source, Types
from whichcompute.inventory.readers.csv_rows import written
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.readers.opening import opened
from whichcompute.inventory.rejects import CUT, PLACE, bounded

_REASON = PLACE.index("reason") - 1  # among the cells after the line
Rows = Mapping[int, tuple[str, ...]]
"""Cells by the number of the line of the inventory."""


def read_mended(name: str, source: Source) -> tuple[Rows, set[int]]:
    """The rows of the rejects file `name` by line, and the lines whose reason was emptied, so that they are accepted.

    InventoryError if it is not a rejects file of this inventory.
    """
    rows: dict[int, tuple[str, ...]] = {}
    accepted: set[int] = set()
    with opened(name) as file:
        if isinstance(file.source, CsvSource):
            file.source.even = True
        columns = tuple(column.strip() for column in file.source.columns)
        own = columns[len(PLACE) :]
        if columns[: len(PLACE)] != PLACE or own != tuple(column.strip() for column in source.columns):
            raise InventoryError(
                f"{name}: must be a rejects file of {source.name}: {', '.join(PLACE)}, then its columns"
            )
        for piece in file.source.pieces():
            batch = file.source.split(piece, range(len(columns)))
            if batch.rejects:
                raise InventoryError(f"{name}: line {batch.rejects[0].line}: {batch.rejects[0].troubles[0].reason}")
            for line, *cells in batch.plain.select(pl.all().cast(pl.String).fill_null("")).iter_rows():
                if not line.isdecimal() or int(line) in rows:
                    raise InventoryError(f"{name}: line '{shown(line)}' is not a number, or is given more than once")
                rows[int(line)] = tuple(cells[len(PLACE) - 1 :])
                accepted |= set() if cells[_REASON] else {int(line)}
    return rows, accepted


class MergedSource:
    """An inventory in which the rows of a rejects file take their places; those not corrected stay rejected."""

    def __init__(self, source: Source, file: str) -> None:
        self._source = source
        self._file = file
        self._rows, self._accepted = read_mended(file, source)
        self.name, self.columns, self.notices = source.name, source.columns, source.notices
        self.form: Form = source.form
        self.points, self.nested = source.points, source.nested
        self._found: set[int] = set()
        self._unchanged: set[int] = set()

    def pieces(self) -> Iterator[Any]:
        """The pieces of the inventory."""
        return self._source.pieces()

    def split(self, piece: Any, wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a piece; a rejected row whose cells were corrected is a row again, in its place."""
        batch = self._source.split(piece, wanted)
        known = {int(line): at for at, line in enumerate(batch.lines) if int(line) in self._rows}
        if len(known) < np.isin(batch.lines, [*self._rows]).sum() or known.keys() & self._found:
            raise InventoryError(
                f"{self.name}: --merge cannot tell apart rows of several sheets; name one with --sheet"
            )
        back = [reject for reject in batch.rejects if self._is_mended(reject)]
        left = {reject.line for reject in batch.rejects if reject not in back} & self._rows.keys()
        self._found.update(known, left, (reject.line for reject in back))
        self._unchanged.update(left)
        if not known and not back:
            return batch
        lines = [*known, *(reject.line for reject in back)]
        keep = np.ones(len(batch.lines), bool)
        keep[list(known.values())] = False
        order = np.argsort(numbers := np.concatenate([batch.lines[keep], np.array(lines, np.intp)]), kind="stable")
        cells = pl.concat([batch.cells.filter(keep), self._cells(batch, lines, wanted)])
        raw = None if batch.raw is None else pl.concat([batch.raw.filter(pl.Series(keep)), self._raw(lines)])[order]
        rejects = [reject for reject in batch.rejects if reject not in back]
        return Batch(cells[order], numbers[order], raw, rejects)

    def own_cells(self, batch: Batch, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """All cells of some rows of a batch as text."""
        return self._source.own_cells(batch, rows)

    def _is_mended(self, reject: Reject) -> bool:
        given = bounded(reject.cells)
        return reject.line in self._accepted or self._rows.get(reject.line, given) != given

    def _cells(self, batch: Batch, lines: Sequence[int], wanted: Sequence[int]) -> pl.DataFrame:
        if any(dtype != pl.String for dtype in batch.cells.dtypes):
            raise InventoryError(f"{self.name}: has typed columns; --merge is for CSV, JSON Lines and Excel")
        if cut := [line for line in lines if any(cell.endswith(CUT) for cell in self._rows[line])]:
            raise InventoryError(f"{self._file}: the row of line {cut[0]} has a cell that is cut; write it whole")
        cells = {str(at): [self._rows[line][at] or None for line in lines] for at in wanted}
        return pl.DataFrame(cells, schema=batch.cells.schema)

    def _raw(self, lines: Sequence[int]) -> pl.Series:
        rows = [self._rows[line] for line in lines]
        if self.form == "csv":
            return pl.Series("line", written(rows), pl.String)
        objects = ({name: cell for name, cell in zip(self.columns, row, strict=True) if cell} for row in rows)
        return pl.Series("line", [json.dumps(each, ensure_ascii=False) for each in objects], pl.String)

    def done(self) -> str:
        """What was put back, after all pieces; InventoryError if the inventory does not have the line of a row."""
        if absent := sorted(self._rows.keys() - self._found):
            raise InventoryError(
                f"{self._file}: {self.name} has no row in line {absent[0]}; it is of another inventory"
            )
        back = counted(len(self._found) - len(self._unchanged), "row")
        left = (
            f"; {counted(len(self._unchanged), 'row')} without a correction (empty its reason to take it as it is)"
            if self._unchanged
            else ""
        )
        return f"{self._file}: {back} put back{left}"
