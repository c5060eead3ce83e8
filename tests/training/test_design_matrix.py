from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.services import SERVICES
from whichcompute.training.design_matrix import VOTES, Eye, Grouping, folds, groups, shares_of


def test_a_label_shares_with_what_would_have_served() -> None:
    alone = Case("a", {}, "lambda")
    shared = Case("b", {}, "fargate", acceptable=frozenset({"ecs_ec2", "batch"}))
    assert shares_of([alone, shared], 0.2).tolist() == [[1, 0, 0, 0, 0], [0, 0.8, 0.1, 0.1, 0]]


def test_vetoes_and_votes_are_those_of_the_rules(eye: Eye) -> None:
    long = {"max_duration_s": 1200.0, "kind": "batch_job", "packaging": "container"}
    sight = eye.see([{}, long])
    assert not sight.vetoed[0].any()
    assert not sight.votes[0].any()
    assert sight.vetoed[1].tolist() == [True, False, False, False, False]
    fired = eye.pack.index.select(eye.pack.index.evaluate(long)[0])
    wanted = Counter((r.entry.service, r.entry.effect, r.entry.strength) for r in fired if r.entry.strength)
    for (service, effect, strength), count in wanted.items():
        assert sight.votes[1, SERVICES.index(service), VOTES.index((effect, strength))] == count  # type: ignore[arg-type]


HUB = "https://github.com/some/bank/file.md"


@pytest.mark.parametrize(
    ("one", "other", "grouping", "together"),
    [
        (("exam", f"{HUB}#1", "red apples"), ("exam", f"{HUB}#2", "blue pears"), "documents", True),
        (("exam", f"{HUB}#1", "red"), ("exam", "https://github.com/some/bank/b.md", "blue"), "documents", False),
        (("exam", f"{HUB}#1", "red"), ("exam", "https://github.com/some/bank/b.md", "blue"), "strict", True),
        (("iac", f"{HUB}#1", "red"), ("iac", "https://github.com/some/bank/b.md", "blue"), "documents", True),
        (("", f"{HUB}#1", "red"), ("", f"{HUB}#2", "blue"), "cases", False),
        (("", "", "red apples on a tree"), ("", "", "tree with red apples"), "cases", True),
        (("", "", ""), ("", "", ""), "strict", False),
    ],
    ids=[
        "one document",
        "two exam documents",
        "two documents of one repository, strict",
        "two files of one repository that is no collection",
        "two questions of one document, case by case",
        "near duplicates",
        "nothing known of either",
    ],
)
def test_cases_of_one_origin_share_a_group(
    one: tuple[str, str, str], other: tuple[str, str, str], grouping: Grouping, together: bool
) -> None:
    far = Case("far", {}, "batch", description="unlike all else", url="https://elsewhere.example/x")
    pair = [Case("", {}, "lambda", kind=kind, url=url, description=text) for kind, url, text in (one, other)]
    first, second, third = groups([*pair, far], grouping)
    assert (first == second) is together
    assert third not in (first, second)


def test_no_group_is_in_two_folds_and_no_row_is_lost(cases: list[Case]) -> None:
    grouped = groups(cases, "strict")
    parts = folds([case.label for case in cases], grouped, 5, seed=3)
    assert sorted(np.concatenate(parts)) == list(range(len(cases)))
    homes = [{grouped[row] for row in part} for part in parts]
    assert sum(map(len, homes)) == len(set.union(*homes))


def test_labels_are_spread_over_the_folds(cases: list[Case]) -> None:
    labels = [case.label for case in cases]
    for part in folds(labels, list(range(len(cases))), 5, seed=0):
        counts = Counter(labels[row] for row in part)
        assert all(counts[s] in (labels.count(s) // 5, labels.count(s) // 5 + 1) for s in SERVICES)
