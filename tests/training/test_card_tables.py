from __future__ import annotations

import numpy as np

from whichcompute.classifier.cases import Case
from whichcompute.training import measures
from whichcompute.training.card_tables import answers_table, calibration, counted, gains, table
from whichcompute.training.measures import Answers

KNOWN = measures.truth([Case("a", {}, "lambda"), Case("b", {}, "none")])
SURE = Answers(np.eye(6)[[0, 5]], np.array([0, 5]), np.eye(6)[[0, 5]].astype(bool))
UNSURE = Answers(np.full((2, 6), 1 / 6), np.array([0, 0]), np.ones((2, 6), dtype=bool))


def test_a_row_has_n_first_and_three_digits() -> None:
    lines = list(table("kind", {"story": measures.figures(SURE, KNOWN)}, {"accuracy": "exact", "ece": "ECE"}))
    assert lines == ["| kind | n | exact | ECE |", "|---|---|---|---|", "| story | 2 | 1.000 | 0.000 |"]


def test_gains_are_those_of_both_over_a_part() -> None:
    assert "| part | +0.500 (" in list(gains({"part": UNSURE}, SURE, KNOWN))[-1]


def test_answers_fall_into_bins_of_confidence() -> None:
    assert list(calibration(UNSURE, KNOWN))[2:] == ["| 10-20 % | 2 | 0.167 | 0.500 |"]


def test_an_answer_that_is_never_recommended_has_no_precision() -> None:
    assert any(line.startswith("| none of these services | 1 | – | 0.000 |") for line in answers_table(UNSURE, KNOWN))


def test_counts_in_a_sentence() -> None:
    assert counted({"lambda": 3, "": 2}) == "3 lambda, 2 not given"
