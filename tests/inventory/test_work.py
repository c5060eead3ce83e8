from __future__ import annotations

import io

import polars as pl
import pytest

from whichcompute import Engine
from whichcompute.inventory.encode import Kind
from whichcompute.inventory.maps.presets import identity
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.work import Scored, ScoringPlan, other_processors, score_piece, set_aside
from whichcompute.recommender.columns import RESULTS


def scored(engine: Engine, data: bytes, kind: Kind = "csv", report: bool = False, strict: bool = False) -> Scored:
    source = CsvSource(io.BytesIO(data), "x.csv")
    request = ScoringRequest("x.csv", "out", report="report.html" if report else None, strict=strict)
    kept = tuple(range(len(source.columns)))
    plan = ScoringPlan(request, source, identity().bind(source.columns), kind, kept, raw=kind == "csv")
    (piece,) = source.pieces()
    return score_piece(plan, engine.columns, piece)


def test_a_piece_becomes_text_rejects_and_counts(engine: Engine) -> None:
    done = scored(engine, b"kind,os\nwebsite,linux\nwebsit,linux\n", strict=True)
    assert done.text.startswith(b"website,linux,")
    assert [reject.line for reject in done.rejects] == [3]
    assert done.tally.count == 1
    assert done.frame is None


@pytest.mark.parametrize(("kind", "is_frame"), [("json", False), ("parquet", True)])
def test_other_forms_get_all_columns(engine: Engine, kind: Kind, is_frame: bool) -> None:
    done = scored(engine, b"kind,note\nwebsite,x\n", kind)
    assert (done.frame is not None) == is_frame
    names = done.frame.columns if done.frame is not None else list(pl.read_ndjson(done.text).columns)
    assert names == ["kind", "note", *RESULTS]


def test_several_bad_cells_of_a_row_make_one_reject_in_the_words_of_the_header(engine: Engine) -> None:
    (reject,) = scored(engine, b"Kind,Memory MB\nwebsit,lots\n", strict=True).rejects
    assert [(trouble.column, trouble.value) for trouble in reject.troubles] == [
        ("Kind", "websit"),
        ("Memory MB", "lots"),
    ]
    assert reject.cells == ("websit", "lots")


def test_a_piece_of_rejects_only_writes_nothing(engine: Engine) -> None:
    done = scored(engine, b"kind\nwebsit\n", strict=True)
    assert (done.text, len(done.rejects), done.tally.count) == (b"", 1, 0)


def test_without_descriptors_every_row_is_still_written(engine: Engine) -> None:
    assert scored(engine, b"name\nx\ny\n").text.count(b"\n") == 2


def test_what_the_report_needs_is_kept_on_demand(engine: Engine) -> None:
    assert scored(engine, b"kind\nwebsite\n").tally.rows is None
    rows = scored(engine, b"name,kind\na,website\n", report=True).tally.rows
    assert rows is not None
    assert rows.select("line", "name", "kind").rows() == [(2, "a", "website")]


def test_rows_set_aside_say_why_and_nothing_else() -> None:
    results = pl.DataFrame({name: [None, None] for name in RESULTS}, schema=RESULTS).with_columns(
        decision=pl.lit("decided"), confidence=pl.lit(0.5), recommended_service=pl.lit("batch")
    )
    first, second = set_aside(results, pl.Series(["powered off", None])).rows(named=True)
    assert (first["decision"], first["reasons"]) == ("skipped", "skipped: powered off")
    assert (first["recommended_service"], first["confidence"]) == (None, None)
    assert (second["decision"], second["confidence"]) == ("decided", 0.5)


def test_rows_without_an_operating_system_have_no_other_processors() -> None:
    bound = identity().bind(["kind"])
    assert other_processors(bound, pl.DataFrame({"0": ["website", "server", None]})).to_list() == [None] * 3
