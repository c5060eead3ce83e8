"""Opens an inventory by its format: CSV, Parquet, JSON Lines, Excel, a YAML list; `-` is CSV on standard input."""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO, cast

from whichcompute.base.documents import MAX_YAML, parse_list
from whichcompute.base.errors import InventoryError, unreadable
from whichcompute.inventory.readers.batch import SUPPORTED, Source
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.readers.excel_source import open_workbook
from whichcompute.inventory.readers.frame_source import ParquetSource
from whichcompute.inventory.readers.json_source import JsonSource

STANDARD = "-"
_EXCEL = (".xlsx", ".xlsm")
_JSON = (".jsonl", ".ndjson", ".json")
_YAML = (".yaml", ".yml")
_BUFFER = 1 << 17
_SHARES = os.cpu_count() or 1  # every piece has a fixed cost, and more of them than cores gain nothing
_SMALLEST, _LARGEST = 1 << 20, 4 << 20
_GZIP, _PARQUET, _ZIP, _OLE = b"\x1f\x8b", b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OPEN_DOCUMENT, _TOP = b"mimetypeapplication/vnd.oasis.opendocument", 100  # the first entry, never compressed


class Opened:
    """An open inventory, and how much of it has been read."""

    def __init__(self, source: Source, file: BinaryIO | None, size: int) -> None:
        self.source = source
        self._file = file
        self._size = size

    def share(self) -> float | None:
        """The share of the inventory that has been read, 0 to 1; None if its size is unknown."""
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
        raw = _UnchangedFile(name)
    except OSError as error:
        raise InventoryError(unreadable(name, error)) from None
    with io.BufferedReader(raw, _BUFFER) as file:
        head = _head(file) if path.is_file() else b""
        workbook = head == _ZIP and _suffix(name) in _EXCEL
        if not workbook:
            _refuse_sheet(sheet, name)
        if head == _PARQUET or workbook:
            if head == _PARQUET:
                with closing(ParquetSource(path, raw.size, raw.check)) as parquet:
                    yield Opened(parquet, None, 0)
                return
            source = open_workbook(path, sheet)
            raw.check()
            yield Opened(source, None, 0)
            return
        with _unzipping(name):
            yield Opened(_text_source(_unzipped(file), name, _suffix(name), _block(raw.size)), file, raw.size)


def _refuse_sheet(sheet: str | None, name: str) -> None:
    if sheet is not None:
        raise InventoryError(f"{name}: --sheet applies to Excel workbooks only (.xlsx, .xlsm)")


class _UnchangedFile(io.FileIO):
    """A file that raises InventoryError if it changes between its opening and the end of reading."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "rb")
        self._opened = os.fstat(self.fileno())
        self.size = self._opened.st_size

    def readinto(self, buffer: Any) -> int | None:
        """Reads on; at the end it is checked that the file has not changed."""
        count = super().readinto(buffer)
        if not count:
            self.check()
        return count

    def check(self) -> None:
        """Raises InventoryError if the file was modified, truncated or replaced since it was opened."""
        if not stat.S_ISREG(self._opened.st_mode):
            return
        try:
            same = all(_state(found) == _state(self._opened) for found in (os.fstat(self.fileno()), os.stat(self.name)))
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
        raise InventoryError(f"{name}: damaged gzip file ({error})") from None


def _block(size: int) -> int | None:
    """The block size in bytes: large enough to keep overhead low, small enough to use all cores; None: unknown."""
    return min(max(size // _SHARES, _SMALLEST), _LARGEST) if size else None


def _text_source(stream: BinaryIO, name: str, suffix: str, block: int | None = None) -> Source:
    if _head(stream) == _ZIP:
        if _OPEN_DOCUMENT in cast(io.BufferedReader, stream).peek()[:_TOP]:
            raise InventoryError(f"{name}: is an OpenDocument file (.ods); save it as .xlsx or as CSV")
        raise InventoryError(f"{name}: is a zip archive; supported: {SUPPORTED}")
    if _head(stream) == _OLE:
        raise InventoryError(
            f"{name}: is an encrypted workbook or one in the old .xls format; save it as .xlsx without a password"
        )
    if suffix == ".parquet":
        raise InventoryError(f"{name}: has the suffix .parquet but is not a Parquet file")
    if suffix in _YAML and (rows := parse_list(_whole(stream, name), name)) is not None:
        source = JsonSource(io.BytesIO("".join(f"{json.dumps(row)}\n" for row in rows).encode()), name)
        source.notices.append("a list in YAML: written out as one object per line")
        return source
    if suffix in (*_YAML, ".toml"):
        raise InventoryError(
            f"{name}: {suffix} is not a format of an inventory; supported: {SUPPORTED}. For one workload: "
            f"whichcompute recommend {name}"
        )
    return JsonSource(stream, name) if suffix in _JSON else CsvSource(stream, name, block)


def _whole(stream: BinaryIO, name: str) -> str:
    """The text of a document that is read at once; of a longer one so much that its parser refuses it."""
    data = stream.read((most := 4 * MAX_YAML) + 1)
    try:
        return data.decode("utf-8-sig", "replace" if len(data) > most else "strict")
    except UnicodeDecodeError as error:
        raise InventoryError(f"{name}: byte {error.start} is not UTF-8 text") from None
