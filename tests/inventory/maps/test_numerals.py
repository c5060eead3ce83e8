from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.numerals import Marks, evidence


@pytest.mark.parametrize(
    ("cells", "whole_file", "marks"),
    [
        (["65.536", "512"], set(), Marks(".", ",")),
        (["65,536"], set(), Marks(",", ".")),
        (["2,5", "1.024"], set(), Marks(".", ",")),
        (["2,5", "1.024,5"], set(), Marks(".", ",")),
        (["2.5", "1.024"], set(), None),
        (["1.024"], {"."}, None),
        (["0.125"], set(), None),
        (["1.234.567"], set(), Marks(".", ",")),
        (["1'024"], set(), Marks("", ".")),
        (["4", "8", "x"], set(), None),
    ],
)
def test_marks_are_decided_by_all_numbers(cells: list[str], whole_file: set[str], marks: Marks | None) -> None:
    assert evidence(cells).marks(whole_file) == marks


@pytest.mark.parametrize(
    ("marks", "cell", "plain"),
    [
        (Marks(".", ","), "65.536 MB", "65536MB"),
        (Marks(".", ","), "1.024,5", "1024.5"),
        (Marks(".", ","), "2,5", "2.5"),
        (Marks(",", "."), "65,536", "65536"),
        (Marks(",", "."), "1,5", "1,5"),
        (Marks("", "."), "1'024", "1024"),
        (Marks(".", ","), "lots", "lots"),
    ],
)
def test_numbers_become_plain(marks: Marks, cell: str, plain: str) -> None:
    assert pl.DataFrame({"cell": [cell]}).select(marks.plain(pl.col("cell"))).item() == plain
