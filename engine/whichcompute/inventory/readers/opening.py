"""Opens an inventory by what it is: CSV (also gzipped), Parquet, JSON Lines, Excel; `-` is standard input, CSV."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO, cast

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers.batch import Source
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.readers.excel_source import open_workbook
from whichcompute.inventory.readers.frame_source import open_parquet
from whichcompute.inventory.readers.json_source import JsonSource

STANDARD = "-"
_EXCEL = (".xlsx", ".xlsm")
_JSON = (".jsonl", ".ndjson", ".json")
_BUFFER = 1 << 17
_SHARES = 4
_SMALLEST, _LARGEST = 1 << 20, 16 << 20
_GZIP, _PARQUET, _ZIP, _OLE = b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class Opened:
    """An inventory open for reading, and how much of it has been read."""

    def __init__(self, source: Source, file: BinaryIO | None, size: int) -> None:
        self.source = source
        self._file = file
        self._size = size

    def share(self) -> float | None:
        """The share of the inventory that has been read, 0 to 1; None where its size is not known."""
        if self._file is None or not self._size:
            return None
        return min(self._file.tell() / self._size, 1.0)


@contextmanager
def opened(name: str, sheet: str | None = None) -> Iterator[Opened]:
    """The inventory `name` (of a workbook the `sheet`); InventoryError says why it cannot be read."""
    if name == STANDARD:
        _refuse_sheet(sheet, "standard input")
        with _unzipping("standard input"):
            yield Opened(_text_source(_unzipped(cast(BinaryIO, sys.stdin.buffer)), "standard input", ""), None, 0)
        return
    path = Path(name)
    try:
        raw = _Watched(name)
    except IsADirectoryError:
        raise InventoryError(f"{name}: is a folder, a file is needed") from None
    except OSError as error:
        raise InventoryError(f"{name}: cannot be read ({error.strerror})") from None
    with io.BufferedReader(raw, _BUFFER) as file:
        head = _head(file) if path.is_file() else b""
        workbook = head == _ZIP and _suffix(name) in _EXCEL
        if not workbook:
            _refuse_sheet(sheet, name)
        if head == _PARQUET or workbook:
            source = open_parquet(path, raw.check) if head == _PARQUET else open_workbook(path, sheet)
            raw.check()
            yield Opened(source, None, 0)
            return
        with _unzipping(name):
            yield Opened(_text_source(_unzipped(file), name, _suffix(name), _block(raw.size)), file, raw.size)


def _refuse_sheet(sheet: str | None, name: str) -> None:
    if sheet is not None:
        raise InventoryError(f"{name}: --sheet goes with an Excel workbook (.xlsx), which this is not")


class _Watched(io.FileIO):
    """A file that is read to its end as it was when it was opened, or else InventoryError is raised."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "rb")
        self._begun = os.fstat(self.fileno())
        self.size = self._begun.st_size

    def readinto(self, buffer: Any) -> int | None:
        """Reads on; at the end the file is looked at again, before anything is made of it."""
        count = super().readinto(buffer)
        if not count:
            self.check()
        return count

    def check(self) -> None:
        """Raises InventoryError when the file was written to, cut short or replaced since it was opened."""
        if not stat.S_ISREG(self._begun.st_mode):
            return
        try:
            same = all(_state(found) == _state(self._begun) for found in (os.fstat(self.fileno()), os.stat(self.name)))
        except OSError:
            same = False
        if not same:
            raise InventoryError(f"{self.name}: changed while it was read; score a copy of it")


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _head(file: BinaryIO) -> bytes:
    return cast(io.BufferedReader, file).peek(4)[:4]


def _suffix(name: str) -> str:
    path = PurePath(name)
    return PurePath(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _unzipped(stream: BinaryIO) -> BinaryIO:
    if _head(stream)[:2] != _GZIP:
        return stream
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream)), 1 << 20))


@contextmanager
def _unzipping(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InventoryError(f"{name}: a damaged gzip file ({error})") from None


def _block(size: int) -> int | None:
    """Blocks large enough to spread what each costs, and enough of them to share among cores; None: not known."""
    return min(max(size // _SHARES, _SMALLEST), _LARGEST) if size else None


def _text_source(stream: BinaryIO, name: str, suffix: str, block: int | None = None) -> Source:
    if _head(stream) == _ZIP:
        raise InventoryError(f"{name}: a zip archive; CSV, Parquet, JSON Lines or an .xlsx workbook is needed")
    if _head(stream) == _OLE:
        raise InventoryError(
            f"{name}: a workbook with a password, or one from before .xlsx; save it as .xlsx without one"
        )
    if suffix == ".parquet":
        raise InventoryError(f"{name}: not a Parquet file, though its name says so")
    return JsonSource(stream, name) if suffix in _JSON else CsvSource(stream, name, block)
