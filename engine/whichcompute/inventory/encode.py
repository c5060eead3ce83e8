"""Scored rows as the bytes of an output: unchanged rows followed by the results, or all columns written anew."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePath
from typing import Literal

import polars as pl
import polars.selectors as cs

from whichcompute.base.errors import InventoryError, shown
from whichcompute.inventory.readers.csv_rows import written
from whichcompute.recommender.columns import RESULTS

_INSTEAD = "write Parquet or JSON Lines"
_JSON = json.JSONDecoder()
_GAP = re.compile(r"[\s:,]*")
Kind = Literal["csv", "json", "parquet", "xlsx"]
_KINDS: dict[str, Kind] = {
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), "json"),
    ".xlsx": "xlsx",
}
_NOT_WRITTEN = (
    *(".xlsm", ".xls", ".ods", ".tsv", ".arrow", ".feather", ".zip", ".zst", ".bz2", ".xz"),
    *(".yaml", ".yml", ".toml", ".pdf", ".html", ".htm", ".md", ".docx", ".pptx"),
)


def kind_of(target: str) -> Kind:
    """The format of an output, by the suffix of its name; CSV if the suffix is unknown.

    InventoryError for the suffix of a format that cannot be written.
    """
    path = PurePath(target.lower())
    zipped = path.suffix == ".gz"
    suffix = PurePath(path.stem).suffix if zipped else path.suffix
    kind = _KINDS.get(suffix, "csv")
    if suffix in _NOT_WRITTEN or (zipped and kind in ("parquet", "xlsx")):
        refused = f"{suffix}.gz" if zipped else suffix
        raise InventoryError(
            f"{target}: cannot write {refused}; supported: .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet, .xlsx"
        )
    return kind


def header(columns: Sequence[str], added: Sequence[str] = tuple(RESULTS)) -> bytes:
    """The first line of a CSV output: the columns of the input, then those that are added."""
    return (written([[*columns, *added]])[0] + "\n").encode(errors="surrogateescape")


def raw_csv(raw: pl.Series, results: pl.DataFrame) -> bytes:
    """Unchanged rows, followed by the results."""
    # Reasons and notes hold commas more often than not; no other result needs quotes.
    results = results.with_columns(_quoted("reasons"), _quoted("notes"))
    return _csv(results.insert_column(0, raw.alias("row")), "never")


def _quoted(name: str) -> pl.Expr:
    text = pl.col(name)
    quoted = pl.concat_str(pl.lit('"'), text.str.replace_all('"', '""', literal=True), pl.lit('"'))
    return pl.when(text != "").then(quoted).alias(name)


def whole_csv(given: pl.DataFrame, results: pl.DataFrame) -> bytes:
    """All columns of the input, then the results; InventoryError for what CSV, or its readers, cannot hold."""
    given = as_text(given)
    if nested := [dtype for dtype in given.dtypes if dtype.is_nested()]:
        raise InventoryError(f"a column of type {nested[0]} cannot be written as CSV; {_INSTEAD}")
    most = csv.field_size_limit()
    if any((column.str.len_chars() > most).any() for column in given if column.dtype == pl.String):
        raise InventoryError(f"a cell has more than {most:,} characters, which readers of CSV refuse; {_INSTEAD}")
    return _csv(given.hstack(results), "necessary")


def _csv(frame: pl.DataFrame, quote_style: Literal["never", "necessary"]) -> bytes:
    text = io.BytesIO()
    # One write for all rows: many small ones into the buffer take twice as long.
    frame.write_csv(text, include_header=False, quote_style=quote_style, batch_size=max(frame.height, 1))
    return text.getvalue()


def raw_json(raw: pl.Series, results: pl.DataFrame) -> bytes:
    """Unchanged JSON objects, with the results after their own keys."""
    lines = whole_json(results).decode().split("\n")[:-1]  # not splitlines: a text may hold U+2028
    row = pl.col("row")
    empty = row.str.contains(r"^\{\s*\}$")
    head = pl.when(empty).then(pl.lit("{")).otherwise(pl.concat_str(row.str.head(-1), pl.lit(",")))
    joined = pl.concat_str(head, pl.col("results").str.slice(1))
    return _csv(pl.DataFrame({"row": raw, "results": pl.Series(lines, dtype=pl.String)}).select(joined), "never")


def without(raw: pl.Series, drop: Collection[str]) -> pl.Series:
    """JSON objects without some keys; all else as it is written: a number keeps its digits."""
    return pl.Series(
        ["{" + ", ".join(text for key, text in _members(line) if key not in drop) + "}" for line in raw],
        dtype=pl.String,
    )


def _members(line: str) -> Iterator[tuple[str, str]]:
    """The keys of a JSON object, each with the text of the key and its value."""
    end = line.index("{") + 1
    while (start := _after_gap(line, end)) < len(line) and line[start] == '"':
        key, colon = _JSON.raw_decode(line, start)
        _, end = _JSON.raw_decode(line, _after_gap(line, colon))
        yield key, line[start:end]


def _after_gap(line: str, at: int) -> int:
    gap = _GAP.match(line, at)
    return gap.end() if gap else at


def whole_json(frame: pl.DataFrame) -> bytes:
    """All columns as JSON objects, one per line."""
    text = io.BytesIO()
    as_text(frame).write_ndjson(text)
    return text.getvalue()


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with texts for types that only Parquet has: ISO 8601 for durations, base64 for bytes."""
    return frame.with_columns(
        cs.duration().dt.to_string("iso"), cs.binary().bin.encode("base64"), cs.by_dtype(pl.Time).cast(pl.String)
    )


def check_columns(columns: Sequence[str], name: str, kind: Kind) -> None:
    """InventoryError if this format cannot hold columns of these names together."""
    duplicated = [column for column, count in Counter(columns).items() if count > 1]
    if kind in ("json", "parquet") and duplicated:
        raise InventoryError(
            f"{name}: column '{shown(duplicated[0])}' is duplicated, which only CSV and Excel can hold"
        )
