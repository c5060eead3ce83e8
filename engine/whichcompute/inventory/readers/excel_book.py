"""Reads the sheets of an Excel workbook (.xlsx) as rows of text, within bounds: a few kilobytes can unpack to anything.

The bounds apply to what is actually unpacked, not to what the archive's directory states, and a sheet is stored as the
cells it has, not as the rectangle that they span. Nothing is unpacked to disk, and document types are refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from xml.parsers import expat

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.readers.excel_values import Values, date_kinds, units

LARGEST = 160 << 20
"""Bytes that are unpacked of one workbook."""

TAGS = 10_000_000
"""Opening and closing tags that are read of one workbook."""

CELLS = 2_000_000
"""Cells of a sheet, including blanks between others."""

TEXT = 128 << 20
"""Characters of a sheet; a text shared by many cells counts for each."""

COLUMNS, ROWS = 16_384, 1_048_576
_PIECE = 1 << 18
_LONGEST_TAG = 1 << 20  # bytes: the parser takes minutes for a tag of millions of attributes
_DEEPEST = 10_000  # elements within elements, each of which the parser keeps
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those that the format allows
_SPACES = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_KINDS = {f"{space} {tag}": tag for space in _SPACES for tag in ("c", "v", "t", "f", "row", "rPh", "si")}
_FLAG = ("1", "true")

Row = list[str]
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None] | None


class _Enough(Exception):
    """Raised by a handler that needs no more of a part."""


class Sheet:
    """The rows of a sheet that are not empty, with their numbers, and how many cells have no readable value."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.rows: list[Row] = []
        self.errors = 0
        self.unsaved = 0
        self.hidden = 0


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, ValueError, KeyError, IndexError,
    OverflowError,
)  # fmt: skip
"""What reading a damaged workbook raises; zipfile has a kind of RuntimeError for compression that it cannot undo."""


class Book:
    """A workbook whose list of sheets has been read; use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._left, self._tags = LARGEST, TAGS
        with self._troubles():
            self._archive = zipfile.ZipFile(path)
        try:
            self._read_lists()
        except InventoryError:
            self._archive.close()
            raise

    def _read_lists(self) -> None:
        with self._troubles():
            root = self._related("")
            main = next((part for kind, part in root.values() if kind == "officeDocument"), "xl/workbook.xml")
            self.hidden: set[str] = set()
            self.sheets, since_1904 = self._listed(main)
            beside = {kind: part for kind, part in self._related(main).values()}
            self._shared = self._texts(beside["sharedStrings"]) if "sharedStrings" in beside else []
            styles, codes = self._formats(beside["styles"]) if "styles" in beside else ([], {})
            self._values = Values(date_kinds(styles, codes), since_1904, units(styles, codes))

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            raise self._broken(str(error)) from None
        except OSError as error:
            raise self._broken(error.strerror or str(error)) from None

    def _broken(self, why: str) -> InventoryError:
        return InventoryError(f"{self.path}: cannot be read as an Excel workbook ({shown(why)})")

    def _too_large(self, what: str) -> InventoryError:
        return InventoryError(f"{self.path}: {what}; remove what is not needed, or save the sheet as CSV")

    def sheet(self, name: str, first: int | None = None) -> Sheet:
        """The rows of a sheet, or only the first few; InventoryError if it is broken or exceeds the bounds."""
        cells = _Cells(self._shared, self._values, first)
        with self._troubles():
            for _ in self._parse(self.sheets[name], cells.start, cells.end, cells.text):
                pass
        if cells.over:
            raise self._too_large(f"sheet '{shown(name)}' holds more than {cells.over}")
        return cells.sheet

    def _elements(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The opening tags of one part without their namespaces, each with its attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        for _ in self._parse(part, lambda tag, given: found.append((tag.rpartition(" ")[2], given))):
            yield from found
            found.clear()

    def _parse(self, part: str, start: Start, end: End = None, text: End = None) -> Iterator[None]:
        """Reads one part with these handlers, piece by piece, until it ends or one of them raises _Enough."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        if self._archive.getinfo(part).compress_type not in _COMPRESSIONS:
            raise self._broken(f"'{part}' is neither stored nor deflated")
        with self._archive.open(part) as file, suppress(_Enough):
            fed = depth = 0
            while piece := file.read(_PIECE):
                tags = piece.count(b"<")
                fed, depth = fed + len(piece), depth + tags - _closed(piece)
                self._left, self._tags = self._left - len(piece), self._tags - tags
                if self._left < 0 or self._tags < 0:
                    raise self._too_large(f"unpacks to more than {LARGEST >> 20} MB or {TAGS // 10**6} million tags")
                parser.Parse(piece)
                if depth > _DEEPEST or fed - parser.CurrentByteIndex > _LONGEST_TAG:
                    raise self._broken(
                        f"a tag of more than {_LONGEST_TAG >> 20} MB, or {_DEEPEST:,} within one another"
                    )
                yield
            parser.Parse(b"", True)
            yield

    def _refuse_doctype(self, *_: object) -> None:
        raise self._broken("it declares a document type")

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and the name of each part that this one references, by the id of the reference."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}
        for tag, given in self._elements(listing) if listing in self._archive.NameToInfo else ():
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, given["Target"])).lstrip("/")
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target)
        return found

    def _listed(self, main: str) -> tuple[dict[str, str], bool]:
        """The parts of the sheets by name, in order, and whether days count from 1904."""
        related, sheets, from_1904 = self._related(main), dict[str, str](), False
        for tag, given in self._elements(main):
            if tag == "workbookPr":
                from_1904 = given.get("date1904") in _FLAG
            elif tag == "sheet":
                kind, part = related[next((value for key, value in given.items() if key.endswith(" id")), "")]
                if kind == "worksheet":  # a sheet may also be a chart or a dialog
                    sheets[given["name"]] = part
                    self.hidden |= {given["name"]} if given.get("state", "visible") != "visible" else set()
        return sheets, from_1904

    def _texts(self, part: str) -> list[str]:
        """The texts that cells share."""
        texts: list[str] = []
        letters: list[str] = []
        state = [False, False]  # within a text; within a phonetic guide of a Japanese text

        def start(tag: str, _given: dict[str, str]) -> None:
            kind = _KINDS.get(tag)
            if kind == "si":
                letters.clear()
            state[:] = [kind == "t", state[1] or kind == "rPh"]

        def end(tag: str) -> None:
            kind = _KINDS.get(tag)
            state[:] = [False, state[1] and kind != "rPh"]
            if kind == "si":
                texts.append(unescaped("".join(letters)))

        for _ in self._parse(part, start, end, lambda data: letters.append(data) if state == [True, False] else None):
            pass
        return texts

    def _formats(self, part: str) -> tuple[list[str], dict[str, str]]:
        """For each style of cells the number of its format, and the formats that the workbook defines."""
        codes: dict[str, str] = {}
        styles: list[str] = []
        within = ""
        for tag, given in self._elements(part):
            if tag == "numFmt":
                codes[given["numFmtId"]] = given["formatCode"]
            elif tag == "xf" and within == "cellXfs":
                styles.append(given.get("numFmtId", "0"))
            elif tag.startswith("cell"):
                within = tag
        return styles, codes


def _closed(piece: bytes) -> int:
    """How many of the tags in a piece leave no element open; about, as a piece may end within one."""
    return 2 * piece.count(b"</") + piece.count(b"/>") + piece.count(b"<!") + piece.count(b"<?")


class _Cells:
    """Collects the cells of a sheet while it is parsed."""

    def __init__(self, shared: list[str], values: Values, first: int | None) -> None:
        self.sheet = Sheet()
        self.over = ""
        self._shared, self._values, self._first = shared, values, first
        self._columns: dict[str, int] = {}
        self._line, self._row, self._at = 0, list[str](), -1
        self._cell: dict[str, str] = {}
        self._letters: list[str] = []
        self._hidden = False
        self._within = self._aid = self._formula = False
        self._cells, self._size = CELLS, TEXT

    def start(self, tag: str, given: dict[str, str]) -> None:
        """An element begins."""
        kind = _KINDS.get(tag)
        if kind == "v" or kind == "t":
            self._within = not self._aid
        elif kind == "c":
            self._cell, self._letters, self._formula = given, [], False
            place = given.get("r")
            self._at = self._at + 1 if place is None else self._column(place)
        elif kind == "row":
            self._row, self._at, self._hidden = [], -1, given.get("hidden") in _FLAG
            self._line = int(given["r"]) if "r" in given else self._line + 1
            if not 0 < self._line <= ROWS:
                raise ValueError(f"row {self._line}")
        elif kind == "f":
            self._formula = True
        elif kind == "rPh":
            self._aid = True

    def text(self, data: str) -> None:
        """Text within an element."""
        if self._within:
            self._letters.append(data)

    def end(self, tag: str) -> None:
        """An element ends."""
        kind = _KINDS.get(tag)
        if kind == "v" or kind == "t":
            self._within = False
        elif kind == "c":
            self._put("".join(self._letters))
        elif kind == "row":
            self._end_row()
        elif kind == "rPh":
            self._aid = False

    def _column(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_number(letters)
        return column

    def _put(self, written: str) -> None:
        if not written:
            self.sheet.unsaved += self._formula
            return
        text = self._read(written)
        if not text:
            return
        if self._at >= COLUMNS:
            raise ValueError(f"a row of more than {COLUMNS:,} cells")
        short = self._at + 1 - len(self._row)
        if short > 0:
            self._row.extend([""] * short)
            self._cells -= short
        self._row[self._at] = text
        self._size -= len(text)
        if self._cells < 0 or self._size < 0:
            self.over = f"{CELLS:,} cells" if self._cells < 0 else f"{TEXT:,} characters"
            raise _Enough

    def _read(self, written: str) -> str:
        kind = self._cell.get("t", "n")
        if kind == "s":
            if (at := int(written)) < 0:
                raise ValueError(f"shared text {at}")
            return self._shared[at]
        if kind == "n":
            style = self._cell.get("s")
            return self._values.number(written, int(style) if style else 0)
        if kind == "b":
            return "true" if written.strip() in _FLAG else "false"
        if kind == "e":
            self.sheet.errors += 1
            return ""
        return unescaped(written)

    def _end_row(self) -> None:
        if self._row:
            self.sheet.hidden += self._hidden
            self.sheet.lines.append(self._line)
            self.sheet.rows.append(self._row)
        if self._first is not None and len(self.sheet.rows) >= self._first:
            raise _Enough


def column_number(letters: str) -> int:
    """The number of a column from 0: A is 0, XFD is the last one; ValueError for any other name."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    if not re.fullmatch("[A-Z]{1,3}", letters) or number > COLUMNS:
        raise ValueError(f"invalid column {letters!r}")
    return number - 1


def unescaped(text: str) -> str:
    """The text of a cell without surrounding blanks, with escapes such as `_x000D_` decoded."""
    return _ESCAPED.sub(_character, text).strip() if "_x" in text else text.strip()


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)  # a lone surrogate cannot be written
