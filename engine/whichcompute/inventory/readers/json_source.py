"""Reads JSON Lines: one JSON object a line, its keys the columns."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.words import counted
from whichcompute.inventory.maps.numerals import Fraction, points
from whichcompute.inventory.maps.titles import names_amount
from whichcompute.inventory.readers.batch import ANY, Batch, Form, Points, ReasonCode, Reject, Trouble, Types, in_parts
from whichcompute.inventory.readers.json_document import parsed, read, refuse, rows_of, unique_keys, wraps_rows

BLOCK = 8 << 20
LONGEST_ROW = 1 << 20
_ARRAY = 256 << 20
_SAMPLE = 5_000  # rows from which the column names are taken
_LINES = json.JSONDecoder(parse_float=Fraction, parse_int=str, parse_constant=refuse, object_pairs_hook=unique_keys)
_NESTED = 100  # rows in which the keys of objects within objects are looked for


class Piece(NamedTuple):
    """Whole lines, and the number of the first."""

    data: bytes
    line: int


class JsonSource:
    """A JSON Lines stream whose first block has been read; the columns are the keys of its first rows."""

    form: Form = "json"

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.name = name
        self.notices: list[str] = []
        self._stream = stream
        self._first = stream.read(BLOCK).removeprefix(b"\xef\xbb\xbf")
        if self._first.lstrip()[:1] == b"[" or _whole_object(self._first):
            self._first = self._array()
        whole = len(self._first) < BLOCK or self._first.endswith(b"\n")
        listed = self._first.splitlines()
        lines = (line for line in (listed if whole else listed[:-1] or listed) if line.strip())
        read_lines = [_read(line) for line in islice(lines, _SAMPLE)]
        rows = [row for row, _, _ in read_lines]
        cells: dict[str, list[str]] = {}
        for key, cell in (pair for row in rows for pair in row.items()):
            cells.setdefault(key, []).append(cell or "")
        self.columns = tuple(cells)
        self.points: Points = points(enumerate(cells.values()))
        if not self.columns:
            why = next((f" ({reason})" for _, _, reason in read_lines if reason), "")
            raise InventoryError(f"{name}: the first rows hold no JSON object{why}; JSON Lines needs one per line")
        self.nested = tuple(dict.fromkeys(path for row in rows[:_NESTED] for path in _paths(row)))

    def _array(self) -> bytes:
        """The objects of a JSON array, or of the array that a JSON object holds, one a line."""
        text = self._first + self._stream.read(_ARRAY)
        if len(text) > _ARRAY:
            raise InventoryError(f"{self.name}: a JSON array of more than {_ARRAY >> 20} MB; write one object per line")
        try:
            found = read(text.decode(json.detect_encoding(text)))
        except (ValueError, RecursionError) as error:
            raise InventoryError(
                f"{self.name}: is neither JSON Lines nor a JSON document: {shown(str(error))}"
            ) from None
        self.notices.append("a JSON document: written out as one object per line")
        rows, left = rows_of(found)
        if left:
            self.notices.append(f"{counted(left, 'object')} in other lists of the document not read")
        # Half of a character stays the escape that it was; its row is rejected.
        lines = (json.dumps(row, ensure_ascii=False).encode(errors="backslashreplace") for row in rows)
        return b"".join(line + b"\n" for line in lines)

    def pieces(self) -> Iterator[Piece]:
        """Whole lines in order."""
        rest, line = b"", 1
        for block in chain([self._first], iter(lambda: self._stream.read(BLOCK), b"")):
            for part in in_parts(block):
                if cut := rest.rfind(b"\n") + 1:
                    yield Piece(rest[:cut], line)
                    line += rest.count(b"\n", 0, cut)
                if len(rest) - cut > LONGEST_ROW:
                    raise InventoryError(f"{self.name}: line {line}: longer than {LONGEST_ROW:,} bytes")
                rest = rest[cut:] + part
        if rest:
            yield Piece(rest, line)

    def __getstate__(self) -> dict[str, object]:
        # Pieces may be split in another process: the stream stays where it is.
        return {name: getattr(self, name) for name in ("name", "notices", "columns", "nested")}

    def split(self, piece: Piece, wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a piece with the cells of the wanted columns, as text.

        Line by line: polars reads the first of two equal keys, cells by the kinds of their neighbours, and 1.50 as 1.5.
        """
        known = frozenset(self.columns)
        rows: list[dict[str, str | None]] = []
        lines: list[int] = []
        raw: list[str] = []
        rejects: list[Reject] = []
        for number, data in enumerate(piece.data.split(b"\n"), start=piece.line):
            if not data.strip():
                continue
            surplus: dict[str, str | None] = {}
            row, code, reason = _read(data)
            if code is None and (unknown := next((key for key in row if key not in known), None)) is not None:
                code, reason = "unknown-key", f"key '{shown(unknown)}' is not in the first {_SAMPLE:,} rows"
                surplus = {key: cell for key, cell in row.items() if key not in known}
            if code is not None:
                own = tuple(row.get(name) or "" for name in self.columns)
                found = json.dumps(surplus, ensure_ascii=False) if surplus else ""
                if not row:
                    found = shown(data.decode("utf-8", "replace"))
                rejects.append(Reject(number, (Trouble("", found, reason),), own, code))
                continue
            rows.append(row)
            lines.append(number)
            raw.append(data.strip().decode())
        columns = {str(at): [row.get(self.columns[at]) for row in rows] for at in wanted}
        cells = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        return Batch(cells, np.array(lines, np.intp), pl.Series(raw, dtype=pl.String), rejects)

    def own_cells(self, batch: Batch, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """All cells of some rows as text."""
        assert batch.raw is not None
        read = [_read(batch.raw[row].encode())[0] for row in rows]
        return [tuple(row.get(name) or "" for name in self.columns) for row in read]


def _whole_object(text: bytes) -> bool:
    """Whether the text is one JSON object over several lines, or on one line around the rows of a known tool."""
    first, _, rest = text.lstrip().partition(b"\n")
    if first[:1] != b"{":
        return False
    if _read(first)[1] is None:
        return not rest.strip() and wraps_rows(json.loads(first))
    # No document goes on with a brace after a closing one: a line that cannot be read, before others.
    ends = first.rstrip().endswith(b"}") and rest.lstrip()[:1] in (b"{", b"")
    return not ends and re.match(rb'\s*\{\s*"[^"]*"\s*:', text) is not None


def _paths(row: dict[str, str | None]) -> Iterator[str]:
    """The paths of texts and numbers in the objects that are cells of a row, such as `os$.name`.

    Of a list of objects those of amounts, which are added: `disks$[+].size_gb`.
    """
    for column, cell in row.items():
        found = parsed(cell)
        if isinstance(found, list) and found and isinstance(found[0], dict):
            yield from (f"{column}$[+].{key}" for key in found[0] if key.isidentifier() and names_amount(key))
        for key, value in found.items() if isinstance(found, dict) else ():
            if key.isidentifier() and not isinstance(value, dict | list):
                yield f"{column}$.{key}"


def _read(line: bytes) -> tuple[dict[str, str | None], ReasonCode | None, str]:
    """The cells of one line as text; if it cannot be read, the code of the reason and the reason."""
    try:
        found = _LINES.decode(line.decode())
        if b"\\u" in line:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # such as \ud800, which cannot be written
        return {}, "not-json", "not JSON: holds half of a character (a lone surrogate); write it whole"
    except (ValueError, RecursionError) as error:
        return {}, "not-json", f"not JSON: {shown(str(error))}"
    if not isinstance(found, dict):
        return {}, "not-an-object", "not a JSON object"
    if nested := [key for key, value in found.items() if isinstance(value, dict | list)]:
        try:
            whole = json.loads(line)  # numbers within other values are written as numbers
        except ValueError:
            return {}, "not-json", "not JSON: holds a number of more digits than can be read"
        found |= {key: json.dumps(whole[key], ensure_ascii=False) for key in nested}
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in found.items()}, None, ""
