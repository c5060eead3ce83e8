from __future__ import annotations

import gc
import io
import zipfile
from pathlib import Path

import polars as pl
import pytest
from python_calamine import load_workbook

from tests.inventory.conftest import Scorer
from whichcompute import InventoryError
from whichcompute.inventory import workbook
from whichcompute.inventory.workbook import Sheet, check_width
from whichcompute.recommender.columns import RESULTS

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx"]


def written(folder: Path, frame: pl.DataFrame) -> list[list[object]]:
    file = io.BytesIO()
    sheet = Sheet(file, folder, "out.xlsx", frame.columns)
    try:
        sheet.write(frame)
        sheet.close()
    finally:
        sheet.discard()
    file.seek(0)
    return load_workbook(file).get_sheet_by_index(0).to_python()


def test_numbers_are_numbers_and_everything_else_is_text(tmp_path: Path) -> None:
    cells = ["16384", "2.5", "-5", "007", "1e5", "12345678901234567890", "1.50", "", "x", None]
    rows = written(tmp_path, pl.DataFrame({"a": cells, "b": [1.5] * 10, "c": [True] * 10}))
    assert rows[0] == ["a", "b", "c"]
    assert [row[0] for row in rows[1:]] == [16384, 2.5, -5, "007", "1e5", "12345678901234567890", "1.50", "", "x", ""]
    assert rows[1][1:] == [1.5, True]


def test_every_text_comes_back_as_it_was(tmp_path: Path) -> None:
    texts = ["<b>&amp;</b>", "a\rb", "a\n\tb", " x ", "_x000D_", "\x07", "é😀", "]]>", "<r>a</r>", "-0", "00012"]
    numbers = {"16384.5": 16384.5, "-0.0001": -0.0001, "999999999999999": 999999999999999}
    rows = written(tmp_path, pl.DataFrame({"a": [*texts, *numbers]}))
    assert [row[0] for row in rows[1:]] == [*texts, *numbers.values()]


def test_pieces_follow_one_another(tmp_path: Path) -> None:
    file, frame = io.BytesIO(), pl.DataFrame({"a": ["x", "y", "z"], "b": [None, 1.5, float("inf")]})
    sheet = Sheet(file, tmp_path, "out.xlsx", frame.columns)
    for piece in (frame[:0], frame[:2], frame[2:]):
        sheet.write(piece)
    sheet.close()
    sheet.discard()
    file.seek(0)
    rows = load_workbook(file).get_sheet_by_index(0).to_python()
    assert rows == [["a", "b"], ["x", ""], ["y", 1.5], ["z", "inf"]]
    assert not list(tmp_path.iterdir())


def test_what_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    assert [row[0] for row in written(tmp_path, pl.DataFrame({"=a": FORMULAS}))] == ["=a", *FORMULAS]


def test_a_workbook_holds_no_formula_and_no_link(scorer: Scorer) -> None:
    scorer("".join(["kind,note\n", *(f'server,"{cell}"\n' for cell in [*FORMULAS, "http://a.b"])]).encode(), "out.xlsx")
    content = scorer.read("out.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_a_scored_workbook_has_sentences_and_can_be_scored_again(scorer: Scorer) -> None:
    outcome = scorer(b"workload_id,kind,memory_mb\na,batch_job,65536\nb,website,512\n", "out.xlsx")
    rows = load_workbook(io.BytesIO(scorer.read("out.xlsx"))).get_sheet_by_index(0).to_python()
    assert rows[0] == ["workload_id", "kind", "memory_mb", *RESULTS]
    assert rows[1][:3] == ["a", "batch_job", 65536]
    reasons = str(rows[1][rows[0].index("reasons")])
    assert "A Lambda function can have at most 10 GB of memory; this workload needs 64 GB per instance." in reasons
    assert str(rows[2][rows[0].index("reasons")]).startswith("for: ")
    assert not str(rows[2][rows[0].index("reasons")]).startswith("for: classifier.decisions")
    again = scorer("out.xlsx", "again.csv")
    assert again.tally.outcomes == outcome.tally.outcomes


@pytest.mark.parametrize(
    ("limit", "most", "frame", "said"),
    [
        ("ROWS", 2, pl.DataFrame({"a": ["x", "y"]}), "holds 1 rows below its header"),
        ("CHARACTERS", 3, pl.DataFrame({"a": ["x", "long"]}), r"row 2, column 'a': 4 characters"),
    ],
)
def test_what_a_sheet_cannot_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, frame: pl.DataFrame, said: str
) -> None:
    monkeypatch.setattr(workbook, limit, most)
    with pytest.raises(InventoryError, match=said):
        written(tmp_path, frame)
    assert gc.collect() >= 0  # a file that is left open would be a warning here, and so an error


def test_more_columns_than_a_sheet_has_are_refused() -> None:
    check_width(["a"] * 16_384, "out.xlsx")
    with pytest.raises(InventoryError, match=r"out\.xlsx: 16,385 columns; a sheet holds 16,384"):
        check_width(["a"] * 16_385, "out.xlsx")
