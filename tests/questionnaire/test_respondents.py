from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whichcompute.base.errors import DataError
from whichcompute.questionnaire.respondents import Respondents, load


@pytest.fixture
def three() -> Respondents:
    sheets = [{"kind": "website", "memory_mb": 512.0}, {"kind": "batch_job", "memory_mb": 64000.0}, {}]
    return Respondents(("a", "b", "c"), np.ones(3), sheets)


def test_sheets_that_say_the_same_count_most(three: Respondents) -> None:
    shares = three.weigh({"kind": "website"})
    assert shares.sum() == pytest.approx(1) and shares.argmax() == 0 and shares[1] == shares[2]


def test_near_numbers_count_more_than_far_ones(three: Respondents) -> None:
    near, far, silent = three.weigh({"memory_mb": 600.0})
    assert near > far >= silent


def test_not_knowing_speaks_for_sheets_that_do_not_know(three: Respondents) -> None:
    assert three.weigh({"kind": None}).argmax() == 2


def test_left_out_origins_are_gone(three: Respondents) -> None:
    left = three.without({"b"})
    assert left.origins == ("a", "c") and len(left) == 2


def test_many_answers_do_not_underflow() -> None:
    respondents = load()
    shares = respondents.weigh(dict(respondents.sheets[0]) | dict.fromkeys(respondents.columns, None))
    assert np.isfinite(shares).all() and shares.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind\nwebsite\n", "no column `origin`"),
        ("origin,kind\n", "no sheet"),
        ("origin,kind\nx,websight\n", "line 2"),
    ],
    ids=["no origin", "empty", "bad value"],
)
def test_a_broken_file_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        load(path)
