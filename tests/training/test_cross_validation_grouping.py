from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.cross_validation import folds, groups, kinds

HUB = "https://github.com/some/bank/file.md"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("exam", f"{HUB}#1", "red apples"), ("exam", f"{HUB}#2", "blue pears"), True),
        (("exam", f"{HUB}#1", "red"), ("exam", "https://github.com/some/bank/b.md", "blue"), False),
        (("iac", f"{HUB}#1", "red"), ("iac", "https://github.com/some/bank/b.md", "blue"), True),
        (("", "", "red apples on a tree"), ("", "", "tree with red apples"), True),
        (("", "", ""), ("", "", ""), False),
    ],
    ids=["one document", "two exam documents", "two files of one repository", "near duplicates", "nothing known"],
)
def test_cases_of_one_origin_share_a_group(
    one: tuple[str, str, str], other: tuple[str, str, str], together: bool
) -> None:
    far = Case("far", {}, "batch", description="unlike all else", url="https://elsewhere.example/x")
    pair = [Case("", {}, "lambda", kind=kind, url=url, description=text) for kind, url, text in (one, other)]
    first, second, third = groups([*pair, far])
    assert (first == second) is together
    assert third not in (first, second)


def test_each_kind_of_source_is_a_part_if_there_are_three_large_ones() -> None:
    cases = [Case(str(n), {}, "batch", kind="abc"[n % 3]) for n in range(60)] + [Case("x", {}, "batch", kind="rare")]
    assert {kind: len(rows) for kind, rows in kinds(cases).items()} == {"a": 20, "b": 20, "c": 20, "rare": 1}
    assert kinds(cases[:50]) == {}
    assert kinds([Case("x", {}, "batch")] * 90) == {}


def test_no_group_is_in_two_folds_and_no_row_is_lost(cases: list[Case]) -> None:
    grouped = groups(cases)
    parts = folds([case.label for case in cases], grouped, 5, seed=3)
    assert sorted(np.concatenate(parts)) == list(range(len(cases)))
    homes = [{grouped[row] for row in part} for part in parts]
    assert sum(map(len, homes)) == len(set.union(*homes))


def test_labels_are_spread_over_the_folds(cases: list[Case]) -> None:
    labels = [case.label for case in cases]
    for part in folds(labels, list(range(len(cases))), 5, seed=0):
        counts = Counter(labels[row] for row in part)
        assert all(counts[a] in (labels.count(a) // 5, labels.count(a) // 5 + 1) for a in ANSWERS)
