from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts, guidance, packs
from whichcompute.knowledge.guidance import Candidate
from whichcompute.knowledge.rules import RulePack

PACK = packs.load(facts.load())
ALL = guidance.load()
LISTING = list(guidance.listing(PACK, ALL))


def test_every_candidate_is_judged_once_and_in_order() -> None:
    assert [candidate.id for candidate in ALL] == [f"G{number:03}" for number in range(1, len(ALL) + 1)]


@pytest.mark.parametrize("judged", LISTING, ids=lambda judged: judged.candidate.id)
def test_a_candidate_has_a_rule_that_says_so_or_a_reason(judged: guidance.Judged) -> None:
    assert judged.gap == "" and "GAP" not in str(judged)


def test_most_of_the_guidance_became_rules() -> None:
    assert sum(candidate.verdict == "adopted" for candidate in ALL) >= 60


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rules": ()}, "no rule carries it"),
        ({"rules": ("lambda.no-such",)}, "no such rule in force: lambda.no-such"),
        ({"rules": ("lambda.duration-exceeds-limit",)}, "do not say that they adopt it"),
        ({"verdict": "refused", "rules": ()}, "need a reason"),
        ({"verdict": "refused", "reason": "No."}, "have no rules"),
    ],
    ids=["no rule", "gone", "not adopted", "no reason", "refused with a rule"],
)
def test_a_gap_is_named(change: dict[str, object], words: str) -> None:
    adopted = next(candidate for candidate in ALL if candidate.verdict == "adopted" and "ecs_ec2" in candidate.rules[0])
    judged = [replace(c, **change) if c is adopted else c for c in ALL]
    gaps = [judged for judged in guidance.listing(PACK, judged) if judged.gap]
    assert len(gaps) == 1 and words in gaps[0].gap and "GAP" in str(gaps[0])


def test_a_number_left_out_is_named() -> None:
    alone = RulePack([], PACK.facts)
    with pytest.raises(DataError, match="not judged: G001"):
        list(guidance.listing(alone, [Candidate("G002", "x", "refused", reason="y")]))


def test_a_rule_cannot_adopt_an_unknown_candidate() -> None:
    with pytest.raises(DataError, match="unknown candidates"):
        list(guidance.listing(PACK, []))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[candidate]]\nid = "G001"\nclaim = "x"\nverdict = "maybe"\n', ["G001", "maybe", "adopted"]),
        ('[[candidate]]\nid = "G001"\nclaim = "x"\n', ["G001", "verdict"]),
        ('[[candidate]]\nid = "G001"\nclaim = "x"\nverdict = "refused"\nodd = 1\n', ["odd", "allowed"]),
        ('[[candidate]]\nid = "G001"\nclaim = "x"\nverdict = "refused"\n' * 2, ["G001", "is duplicated"]),
    ],
    ids=["verdict", "incomplete", "unknown entry", "twice"],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    (tmp_path / "some.toml").write_text(text)
    with pytest.raises(DataError) as refused:
        guidance.load(tmp_path)
    assert all(word in str(refused.value) for word in ["some.toml", *words])
