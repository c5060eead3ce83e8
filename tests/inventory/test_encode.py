from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import time, timedelta

import polars as pl
import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.inventory import encode
from whichcompute.recommender.columns import RESULTS


def results(*reasons: str | None) -> pl.DataFrame:
    row = {"recommended_service": "batch", "decision": "decided", "confidence": 0.5, "plausible_services": "batch"}
    row |= {"ruled_out": "lambda;lightsail", "missing": "os;kind"}
    return pl.DataFrame([{**row, "reasons": text} for text in reasons], schema=RESULTS)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("a.csv", "csv"),
        ("-", "csv"),
        ("a.txt", "csv"),
        ("a.csv.gz", "csv"),
        ("a.parquet", "parquet"),
        ("A.JSONL", "json"),
    ]
    + [("a.jsonl.gz", "json"), ("a.ndjson", "json")],
)
def test_the_name_says_what_is_written(target: str, kind: str) -> None:
    assert encode.kind_of(target) == kind


def test_rows_as_they_stood_read_back_with_their_results() -> None:
    raw = pl.Series(['a,"x, y"', 'b,"two\nlines"', "c,"])
    told = ['says "no", twice', None, "for: x"]
    text = encode.header(["id", "note, long"]) + encode.raw_csv(raw, results(*told))
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert [(row["id"], row["note, long"]) for row in rows] == [("a", "x, y"), ("b", "two\nlines"), ("c", "")]
    assert [row["reasons"] for row in rows] == ['says "no", twice', "", "for: x"]
    assert [row["ruled_out"] for row in rows] == ["lambda;lightsail"] * 3


def test_columns_written_anew_read_back() -> None:
    given = pl.DataFrame({"id": ["a"], "note": ['x "y", z']})
    text = encode.header(given.columns) + encode.whole_csv(given, results("r"))
    (row,) = csv.DictReader(io.StringIO(text.decode(), newline=""))
    assert (row["note"], row["reasons"], row["monthly_cost_usd"]) == ('x "y", z', "r", "")


def test_lists_are_refused_in_csv() -> None:
    with pytest.raises(InventoryError, match="List"):
        encode.whole_csv(pl.DataFrame({"a": [[1]]}), results("r"))


def test_objects_keep_their_own_text() -> None:
    raw = pl.Series(['{"a": 1.50, "b": [1, {"c": "é"}]}', "{}", "{ }"])
    lines = encode.raw_json(raw, results("x", "y", 'with "quotes"')).decode().splitlines()
    assert lines[0].startswith('{"a": 1.50, "b": [1, {"c": "é"}],"recommended_service":"batch"')
    rows = [json.loads(line) for line in lines]
    assert list(rows[0]) == ["a", "b", *RESULTS]
    assert list(rows[1]) == list(rows[2]) == list(RESULTS)
    assert rows[2]["reasons"] == 'with "quotes"'


def test_results_of_an_earlier_scoring_are_taken_out_of_objects() -> None:
    raw = pl.Series(['{"a": 1, "decision": "old"}'])
    assert [json.loads(line) for line in encode.without(raw, RESULTS)] == [{"a": 1}]


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_columns_of_one_name_are_refused_where_they_cannot_stand(kind: encode.Kind) -> None:
    with pytest.raises(InventoryError, match="x: column 'a' is duplicated"):
        encode.check_columns(["a", "b", "a"], "x", kind)


def test_columns_of_one_name_may_stand_in_csv() -> None:
    encode.check_columns(["a", "a"], "x", "csv")


@pytest.mark.parametrize(
    "target", ["out.xlsm", "OUT.XLS", "out.tsv", "out.pdf", "out.csv.zst", "out.parquet.gz", "out.xlsx.gz"]
)
def test_a_name_that_promises_another_format_is_refused(target: str) -> None:
    with pytest.raises(InventoryError, match=r"cannot write \.[a-z.]+; supported: \.csv, \.csv\.gz, "):
        encode.kind_of(target)


def test_json_rows_keep_all_that_is_not_dropped_as_it_is_written() -> None:
    row = '{ "price":1.50, "e" : 1e400,"decision":"old","a":{"decision":1},"big":12345678901234567890.10,"price":2}'
    kept = '{"price":1.50, "e" : 1e400, "a":{"decision":1}, "big":12345678901234567890.10, "price":2}'
    assert encode.without(pl.Series([row, "{}"]), ["decision"]).to_list() == [kept, "{}"]


def test_a_text_with_a_line_separator_is_one_line_of_json() -> None:
    joined = encode.raw_json(pl.Series(["{}", "{}"]), results("a\u2028b", "c")).decode().split("\n")
    assert [json.loads(line)["reasons"] for line in joined[:-1]] == ["a\u2028b", "c"]


@pytest.mark.parametrize("write", [encode.whole_json, lambda frame: encode.whole_csv(frame, pl.DataFrame({"r": [1]}))])
def test_durations_and_bytes_become_text(write: Callable[[pl.DataFrame], bytes]) -> None:
    text = write(pl.DataFrame({"t": [timedelta(seconds=90)], "b": [b"x\xff"], "c": [time(1, 2)]})).decode()
    assert "PT1M30S" in text and "eP8=" in text and "01:02:00" in text


@pytest.mark.parametrize("length", [131_072, 131_073])
def test_a_cell_that_no_reader_of_csv_takes_is_refused_as_csv(length: int) -> None:
    given = pl.DataFrame({"a": ["é" * length], "b": pl.Series([None], dtype=pl.String)})
    if length == csv.field_size_limit():
        assert next(csv.reader([encode.whole_csv(given, pl.DataFrame({"r": [1]})).decode()]))[0] == "é" * length
        return
    with pytest.raises(InventoryError, match="more than 131,072 characters, .* write Parquet or JSON Lines"):
        encode.whole_csv(given, pl.DataFrame({"r": [1]}))
