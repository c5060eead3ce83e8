"""Writes scored pieces to an output: CSV, JSON Lines and Excel at once, Parquet from joined parts."""

from __future__ import annotations

import errno
import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from whichcompute.base.errors import InventoryError, shown, unwritable
from whichcompute.base.outputs import Output
from whichcompute.inventory import encode
from whichcompute.inventory.work import Scored, ScoringPlan
from whichcompute.inventory.workbook import Sheet, check_width


class _TextWriter:
    """Takes scored pieces in order; `finish` completes the output, `close` removes temporary files at any time."""

    def __init__(self, plan: ScoringPlan, output: Output) -> None:
        self._output = output
        self._gzip = output.target.lower().endswith(".gz")
        if plan.kind == "csv":
            self._put(encode.header([plan.source.columns[at] for at in plan.kept], plan.added))

    def _put(self, data: bytes) -> None:
        # Each piece is a gzip member; a sequence of members is a gzip file.
        self._output.file.write(gzip.compress(data, 6, mtime=0) if self._gzip else data)
        self._output.sync_ahead()

    def write(self, scored: Scored) -> None:
        self._put(scored.text)

    def finish(self) -> None:
        pass

    def close(self) -> None:
        pass


class _ParquetWriter:
    def __init__(self, plan: ScoringPlan, output: Output) -> None:
        self._plan = plan
        self._output = output
        self._parts = tempfile.TemporaryDirectory(prefix=f"{output.part.name}.", dir=output.part.parent)
        self._count = 0

    def write(self, scored: Scored) -> None:
        if scored.frame is not None:
            with self._troubles():
                scored.frame.write_parquet(Path(self._parts.name) / f"{self._count:09}.parquet")
            self._count += 1

    def finish(self) -> None:
        parts = [Path(self._parts.name) / f"{number:09}.parquet" for number in range(self._count)]
        with self._troubles():
            pl.scan_parquet(parts, glob=False).sink_parquet(self._output.file)

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except pl.exceptions.ComputeError as error:  # polars says so of a full disk too
            known = (code for code in errno.errorcode if os.strerror(code) in str(error))
            code = next(known, 0)
            why = OSError(code, os.strerror(code) if code else shown(str(error)))
            raise InventoryError(unwritable(self._output.target, why)) from None

    def close(self) -> None:
        self._parts.cleanup()


class _ExcelWriter:
    def __init__(self, plan: ScoringPlan, output: Output) -> None:
        columns = [*(plan.source.columns[at] for at in plan.kept), *plan.added]
        check_width(columns, output.target)
        self._sheet = Sheet(output.file, output.part.parent, output.target, columns)

    def write(self, scored: Scored) -> None:
        if scored.frame is not None:
            self._sheet.write(scored.frame)

    def finish(self) -> None:
        self._sheet.close()

    def close(self) -> None:
        self._sheet.discard()


Writer = _TextWriter | _ParquetWriter | _ExcelWriter


def writer(plan: ScoringPlan, output: Output) -> Writer:
    """The writer for the kind of output that the plan names."""
    kinds: dict[str, type[Writer]] = {"parquet": _ParquetWriter, "xlsx": _ExcelWriter}
    return kinds.get(plan.kind, _TextWriter)(plan, output)
