"""Every kind of inventory as batches of rows, with the rows that cannot be read kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whichcompute.inventory.maps.cells import as_readable

Form = Literal["csv", "json", ""]
Lines = NDArray[np.intp]
Points = Mapping[int, bool]
"""The columns that hold numbers, not texts, with a decimal point; and whether texts beside them may have none."""
Types = Mapping[int, pl.DataType]
ANY: Types = {}
SUPPORTED = "CSV, JSON Lines, Parquet and Excel (.xlsx, .xlsm), or a list in YAML or JSON"

ROWS = 50_000
"""About as many rows make a piece at most: memory, and how soon an interrupt is heeded, depend on it."""
_LOOKED_AT = 1 << 16

ReasonCode = Literal[
    "cell-not-readable",
    "surplus-cells",
    "another-table",
    "unterminated-quote",
    "cell-too-long",
    "not-decodable",
    "nul-character",
    "not-json",
    "not-an-object",
    "unknown-key",
]
"""Why a row is rejected, as a stable code; docs/inventories.md says what each means."""


class Trouble(NamedTuple):
    """One problem of a row: the column (empty: the whole row), the value found, and why it cannot be read."""

    column: str
    value: str
    reason: str


class Reject(NamedTuple):
    """A row that cannot be read: its line number, its problems, its own cells, and the code of the reason."""

    line: int
    troubles: tuple[Trouble, ...]
    cells: tuple[str, ...]
    code: ReasonCode


@dataclass(frozen=True)
class Batch:
    """Rows of an inventory: `cells` (columns named by position, as text or typed), line numbers, and the rejects.

    `raw` holds each row unchanged, as text in the form of its source, where the source has one.
    """

    cells: pl.DataFrame
    lines: Lines
    raw: pl.Series | None = None
    rejects: list[Reject] = field(default_factory=list)

    @cached_property
    def plain(self) -> pl.DataFrame:
        """The cells in types that can be read as text."""
        return as_readable(self.cells)


class Source(Protocol):
    """An inventory opened for reading: its column names, and its rows in pieces.

    `form` is the form in which rows can be written unchanged: comma-separated text, JSON, or neither (empty).
    `points`: columns of numbers with a decimal point. `nested`: the paths of values in the objects that its cells are.
    """

    name: str
    form: Form
    columns: tuple[str, ...]
    notices: list[str]
    points: Points
    nested: tuple[str, ...]

    def pieces(self) -> Iterator[Any]:
        """The rows in order, in pieces of bounded size that `split` understands; reads the stream."""

    def split(self, piece: Any, wanted: Sequence[int], types: Types = ANY) -> Batch:
        """The rows of a piece with the cells of the wanted columns; safe to call from several threads.

        `types` are the types in which whole columns may be read, where the source can; other cells are text.
        """

    def own_cells(self, batch: Batch, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """All cells of some rows of a batch as text, for the rejects file."""


def in_parts(block: bytes) -> Iterator[bytes]:
    """A block in parts of at most about ROWS lines, by the length of its first lines."""
    first = block[:_LOOKED_AT]
    size = ROWS * len(first) // max(first.count(b"\n"), 1)
    for start in range(0, len(block), max(size, 1)):
        yield block[start : start + size]
