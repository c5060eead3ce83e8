"""Reads a CSV stream in pieces that end with a row: encoding, separator, header and line numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.maps.titles import named
from whichcompute.inventory.readers.batch import ANY, SUPPORTED, Batch, Form, Points, Types, in_parts
from whichcompute.inventory.readers.csv_rows import CsvRow, Layout, parsed, split_exactly, split_parsed, split_rows
from whichcompute.inventory.readers.encodings import STRAY, decoder_of, encoding_of, is_utf8, utf16
from whichcompute.inventory.readers.printed import as_csv
from whichcompute.inventory.readers.tables import is_value, table_of

BLOCK = 8 << 20
LONGEST_ROW = 1 << 20
_SEPARATORS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_QUOTE, _NEWLINE = 34, 10
_PART = 1 << 18
_TOP, _TITLES, _WIDE, _TITLED = 1 << 16, 20, 3, 2
_SMALL = 1 << 20  # bytes of a file in which another table is looked for
_GAP = re.compile(rb"\n[ ,;\t|]*\r?\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole rows: as bytes, or already split where only the csv module could find the ends of rows."""

    data: bytes
    line: int
    rows: list[CsvRow] | None = None


class CsvSource:
    """A CSV stream whose header has been read, in blocks of about `block` bytes. `notices`: what was assumed."""

    nested: tuple[str, ...] = ()
    even = False
    """Whether rows must have as many cells as the header: of a file that was edited, a missing one shifts the rest."""

    def __init__(self, stream: BinaryIO, name: str, block: int | None = None) -> None:
        self.name = name
        self._block = block or BLOCK
        self.notices: list[str] = []
        self.points: Points = {}
        self._blocks = self._text(stream)
        self._rest = next(self._blocks, b"")
        self._line = 1
        self._separator = ""
        self.separator, self.columns = self._header()
        self.form: Form = "csv" if self.separator == "," else ""
        self._others: list[CsvRow] = []
        self._cut_tables()

    def _text(self, stream: BinaryIO) -> Iterator[bytes]:
        """Blocks of UTF-8 text; other encodings are detected by byte order mark or by bytes that are not UTF-8."""
        block = stream.read(self._block)
        if wide := "utf-16" if block.startswith(_UTF16) else utf16(block):
            yield from self._utf16(block, stream, wide)
            return
        block = block.removeprefix(codecs.BOM_UTF8)
        if len(block) < self._block and (table := as_csv(block, self.name)):
            self.notices.append("a table as a command prints it: read by the columns that its titles span")
            block = table
        decoder: codecs.IncrementalDecoder | None = None
        known = False
        if bare := b"\r" in block[:-1] and b"\n" not in block:
            self.notices.append("line breaks of the classic Mac OS (CR): written as LF, within cells too")
        while block:
            if not known and not block.isascii():
                known = True
                if not is_utf8(block):
                    encoding, said = encoding_of(block)
                    decoder = decoder_of(encoding)
                    self.notices.append(said)
            text = decoder.decode(block).encode() if decoder else block
            yield text.replace(b"\r", b"\n") if bare else text
            block = stream.read(self._block)
        if decoder and (text := decoder.decode(b"", final=True).encode()):
            yield text

    def _utf16(self, block: bytes, stream: BinaryIO, encoding: str) -> Iterator[bytes]:
        unmarked = "" if encoding == "utf-16" else " without a byte order mark"
        self.notices.append(f"read as UTF-16{unmarked}")
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while block:
                yield decoder.decode(block).encode()
                block = stream.read(self._block)
            yield decoder.decode(b"", True).encode()
        except UnicodeError:
            raise InventoryError(f"{self.name}: begins as UTF-16 but is not UTF-16 text; save it as UTF-8") from None

    def _header(self) -> tuple[str, tuple[str, ...]]:
        while True:
            if b"\0" in self._rest[:4096]:
                raise InventoryError(f"{self.name}: holds NUL bytes, so it is not CSV; supported: {SUPPORTED}")
            self._skip(_blank_lines(self._rest))
            separator = self._named_separator() or _separator(self._rest)
            self._skip_titles(separator)
            end = _end_of_first(self._rest, separator)
            block = b"" if end else next(self._blocks, b"")
            if not block or len(self._rest) > LONGEST_ROW:
                break
            self._rest += block
        first = self._rest[: end or LONGEST_ROW]
        rows, _, _ = split_exactly(first, self._line, separator)
        if not rows:
            raise InventoryError(f"{self.name}: the file is empty; its first line must hold the column names")
        if rows[0].code or STRAY.search("".join(rows[0].cells)):
            shown_first = shown(first.decode("utf-8", "replace"))
            raise InventoryError(f"{self.name}: line {self._line}: the header cannot be read: {shown_first}")
        self._note_values(rows[0])
        self._skip(len(first))
        return separator, tuple(rows[0].cells)

    def _note_values(self, header: CsvRow) -> None:
        """Notes a header that holds values instead of titles."""
        values = [cell for cell in header.cells if is_value(cell)]
        if values and not named(header.cells):
            listed = " and ".join(f"'{shown(cell)}'" for cell in values[:2])
            what = (
                f"line {header.line} is read as the header, but {listed} {'are' if len(values) > 1 else 'is'} no title"
            )
            self.notices.append(
                f"{what}; if the file has no header, put a line with titles above, such as name,vcpus,memory_mb"
            )

    def _named_separator(self) -> str:
        """The separator that a first line such as `sep=;` names; that line and one such as `#TYPE ...` are skipped."""
        if type_line := re.match(rb'"?#TYPE [^\n]*\n', self._rest):
            self._skip(type_line.end())
        if named := re.match(rb'"?sep=([,;|\t])"?[,;|\t]*\r?\n', self._rest, re.IGNORECASE):
            self._skip(named.end())
            self._separator = named[1].decode()
        return self._separator

    def _skip_titles(self, separator: str) -> None:
        """Skips what is above a header: lines with few cells where the table is wide, or without any usual title."""
        rows, _, _ = split_exactly(self._rest[:_TOP], self._line, separator, final=False)
        rows = rows[:_TITLES]
        filled = [sum(bool(cell.strip()) for cell in row.cells) for row in rows]
        wide = max(filled, default=0)
        wider = next((at for at, cells in enumerate(filled) if cells > wide // 3), 0) if wide >= _WIDE else 0
        titled = next((at for at, row in enumerate(rows) if named(row.cells) >= _TITLED), 0)
        header = titled or wider
        if header and not named(rows[0].cells):
            self.notices.append(f"line {rows[header].line} is read as the header, not the lines above it")
            lines = self._rest.split(b"\n", rows[header].line - self._line)
            self._skip(len(self._rest) - len(lines[-1]))

    def _cut_tables(self) -> None:
        """Keeps apart the rows of another table below a gap, in files of one block."""
        if len(self._rest) > _SMALL or _GAP.search(self._rest) is None:
            return
        following = next(self._blocks, b"")
        if following:
            self._blocks = chain([following], self._blocks)
            return
        rows, _, _ = split_exactly(self._rest, self._line, self.separator)
        filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
        table = table_of([list(self.columns), *(row.cells for row in filled)], [0, *_lines_without_gaps(filled)], 0)
        if table.next_table:
            self._others = [row._replace(code="another-table") for row in filled[len(table.rows) - 1 :]]
            lines = self._rest.split(b"\n", self._others[0].line - self._line)
            self._rest = self._rest[: len(self._rest) - len(lines[-1])]
            self.notices.append(f"another table begins in line {self._others[0].line}; its rows are rejected")

    def _skip(self, size: int) -> None:
        self._line += _line_ends(self._rest[:size])
        self._rest = self._rest[size:]

    def pieces(self) -> Iterator[Piece]:
        """The rows of the stream, in order."""
        first, self._rest = self._rest, b""
        for block in chain([first], self._blocks):
            for part in in_parts(block):
                yield from self._cut(self._rest + part)
        if self._rest.strip(b"\r\n"):
            regular = cut_of(self._rest + b"\n", self.separator) == len(self._rest) + 1
            rows = None if regular else split_exactly(self._rest, self._line, self.separator)[0]
            yield Piece(self._rest, self._line, rows)
        if self._others:
            yield Piece(b"", self._others[0].line, self._others)

    def __getstate__(self) -> dict[str, object]:
        # Pieces may be split in another process: the stream stays where it is.
        return {name: getattr(self, name) for name in ("name", "notices", "separator", "columns", "form")}

    def split(self, piece: Piece, wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a piece with the cells of the wanted columns."""
        layout = Layout(self.separator, self.columns, tuple(wanted), types, self.even)
        if piece.rows is not None:
            return split_parsed(piece.rows, layout)
        return split_rows(piece.data, piece.line, layout)

    def own_cells(self, batch: Batch, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """All cells of some rows of a batch."""
        if batch.raw is None:
            return [tuple(cell or "" for cell in batch.cells.row(row)) for row in rows]
        return [parsed(batch.raw[row]) for row in rows]

    def _cut(self, data: bytes) -> Iterator[Piece]:
        cut = cut_of(data, self.separator)
        if cut is None or len(data) - cut > LONGEST_ROW:
            rows, used, lines = split_exactly(data, self._line, self.separator, final=False)
            if len(data) - used > LONGEST_ROW:
                raise InventoryError(f"{self.name}: line {self._line + lines}: longer than {LONGEST_ROW:,} bytes")
            yield Piece(data[:used], self._line, rows)
            self._line, self._rest = self._line + lines, data[used:]
            return
        if cut:
            yield Piece(data[:cut], self._line)
        self._line, self._rest = self._line + _line_ends(data[:cut]), data[cut:]


def _lines_without_gaps(rows: Sequence[CsvRow]) -> list[int]:
    """A number for each row that leaves one out only where rows are apart by more than the lines of a cell."""
    numbers: list[int] = []
    last: CsvRow | None = None
    for row in rows:
        apart = last is not None and row.line - last.line > 1 + sum(cell.count("\n") for cell in last.cells)
        numbers.append((numbers[-1] if numbers else 0) + (2 if apart else 1))
        last = row
    return numbers


def _line_ends(data: bytes) -> int:
    # Not `data.count`, which is slow where there are many and holds the lock that the scoring threads need.
    newlines = sum(int(np.count_nonzero(part == _NEWLINE)) for _, part in _parts(data))
    return newlines + (data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0)


def _parts(data: bytes) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The bytes in parts that fit the cache of a core, with the offset of each."""
    text = np.frombuffer(data, np.uint8)
    for start in range(0, len(text), _PART):
        yield start, text[start : start + _PART]


def _blank_lines(data: bytes) -> int:
    blank = re.match(rb"\s*", data)
    return data.rfind(b"\n", 0, blank.end()) + 1 if blank else 0


def _separator(data: bytes) -> str:
    first = data.partition(b"\n")[0].decode("utf-8", "replace")
    return max(_SEPARATORS, key=re.sub(r'"[^"]*"', "", first).count)


def _end_of_first(data: bytes, separator: str) -> int:
    """The index after the first row; 0 if it does not end in `data`."""
    lines = io.StringIO(data[: 2 * LONGEST_ROW].decode("utf-8", "surrogateescape"), newline="")
    reader = csv.reader(iter(lines.readline, ""), delimiter=separator)
    with suppress(csv.Error):  # a quote that is never closed: only its first line is at fault
        next(reader, None)
        end = len(lines.getvalue()[: lines.tell()].encode("utf-8", "surrogateescape"))
        return end if data[:end].endswith(b"\n") and split_exactly(data[:end], 1, separator, final=False)[1] else 0
    return data.find(b"\n") + 1


def cut_of(data: bytes, separator: str) -> int | None:
    """The index after the last row that ends in `data`, 0 if none does; None if quotes are irregular.

    Quotes are regular if each one that opens a cell follows a separator or a line break, and each one that closes a
    cell precedes one: then an odd number of quotes before a line break means that it is within a cell.
    """
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    text = np.frombuffer(data, np.uint8)
    quotes = np.concatenate([start + np.flatnonzero(part == _QUOTE) for start, part in _parts(data)])
    if not _regular(text, quotes, ord(separator)):
        return None
    end = data.rfind(b"\n") + 1
    while end and (inside := int(np.searchsorted(quotes, end))) % 2:
        end = data.rfind(b"\n", 0, int(quotes[inside - 1])) + 1
    return end


def _regular(text: NDArray[np.uint8], quotes: NDArray[np.intp], separator: int) -> bool:
    opening, closing = quotes[0::2], quotes[1::2]
    before = text[np.maximum(opening - 1, 0)]
    doubled = np.zeros(len(opening), bool)
    doubled[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    opens = (opening == 0) | (before == separator) | (before == _NEWLINE) | doubled
    behind = text[np.minimum(closing + 1, len(text) - 1)]
    closes = (closing == len(text) - 1) | np.isin(behind, (separator, _NEWLINE, 13, _QUOTE))
    return bool(opens.all() and closes.all())
