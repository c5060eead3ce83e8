from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute.analysis.diff import Change, diff, other_values, read_side, reworded
from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import RulePack

FACTS = facts.load()
SHIPPED = packs.load(FACTS)
HEAD = 'name = "ours"\nservice = "lambda"\n'


def ours(when: str, effect: str = "exclude", id_: str = "lambda.ours", **parts: str) -> str:
    return rule(id_, when, effect=effect, **parts)


def treated(pack: RulePack, witness: Mapping[str, object]) -> list[tuple[object, ...]]:
    """What becomes of a workload: the services ruled out, and the advice that it gets."""
    values = with_derived(read(witness))
    fired = [rule.entry for rule in pack if rule.holds(values)]
    out = {(entry.service,) for entry in fired if entry.effect == "exclude"}
    said = [(e.service, e.effect, e.strength, e.companion) for e in fired if e.effect != "exclude"]
    return sorted([*out, *said], key=str)


@pytest.fixture
def changes(tmp_path: Path) -> Callable[[str, str], list[Change]]:
    """The changes between two packs over the shipped rules, given as text."""

    def compare(old: str, new: str) -> list[Change]:
        paths = [tmp_path / "old.toml", tmp_path / "new.toml"]
        for path, text in zip(paths, (old, new), strict=True):
            path.write_text(HEAD + text)
        before, after = (read_side(str(path), FACTS) for path in paths)
        for change in (told := diff(before, after)):
            assert treated(before, change.witness) != treated(after, change.witness)
        return told

    return compare


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("", ours("traffic == 'rare'"), ["+ is now ruled out where traffic pattern is rare"]),
        (ours("traffic == 'rare'"), "", ["- is no longer ruled out where traffic pattern is rare"]),
        (
            ours("payload_mb > 1"),
            ours("payload_mb > 3"),
            ["- is no longer ruled out where maximum payload is above 1 MB and at most 3 MB"],
        ),
        (
            "",
            ours("memory_mb > 5120"),
            ["+ is now ruled out where memory per instance is above 5 GB and at most 10 GB"],
        ),
        ("", ours("memory_mb > 20480"), []),
        (ours("traffic == 'rare'"), ours("traffic == 'rare'", id_="lambda.other-name"), []),
        (ours("traffic == 'rare'", "prefer"), ours("traffic == 'rare'", "prefer", "lambda.other-name"), []),
        ("", ours("known traffic", "prefer"), ["+ is now preferred (weak) where traffic pattern is known"]),
        (
            ours("traffic == 'rare'", "caution"),
            ours("traffic == 'rare'", "caution", strength="strong"),
            ["~ is advised against (strong) instead of advised against (weak) where traffic pattern is rare"],
        ),
        (
            ours("gpus == 0", "companion", companion="A"),
            ours("gpus == 0", "companion", companion="B"),
            ["~ comes with 'B' instead of 'A' where number of GPUs per instance is 0"],
        ),
        (
            ours("traffic == 'rare'", "caution"),
            ours("traffic == 'spiky'", "caution"),
            [
                "+ is now advised against (weak) where traffic pattern is spiky",
                "- is no longer advised against (weak) where traffic pattern is rare",
            ],
        ),
        (
            ours("traffic == 'rare'"),
            ours("traffic == 'rare'", "caution"),
            [
                "- is no longer ruled out where traffic pattern is rare",
                "+ is now advised against (weak) where traffic pattern is rare",
            ],
        ),
    ],
    ids=[
        "a new veto",
        "a veto less",
        "a threshold moved",
        "a stricter limit",
        "what was ruled out before",
        "a veto renamed",
        "advice renamed",
        "new advice",
        "another strength",
        "another companion",
        "other conditions",
        "a veto becomes advice",
    ],
)
def test_a_difference_is_told_in_words(
    changes: Callable[[str, str], list[Change]], old: str, new: str, told: list[str]
) -> None:
    assert [f"{change.sign} {change.what}" for change in changes(old, new)] == told


def test_a_difference_names_service_rule_pack_and_a_command(changes: Callable[[str, str], list[Change]]) -> None:
    (change,) = changes("", ours("traffic == 'rare'"))
    assert change.text([Path("new.toml")]).splitlines() == [
        "+ AWS Lambda is now ruled out where traffic pattern is rare [lambda.ours, ours]",
        "    see it: whichcompute --rules new.toml recommend --set traffic=rare",
    ]


def test_a_fact_with_another_value_moves_every_limit_that_names_it(tmp_path: Path) -> None:
    raised = tmp_path / "raised.toml"
    raised.write_text(
        '[[fact]]\nid = "lambda.memory_max"\ntitle = "t"\nunit = "MB"\nstatement = "s."\n'
        'values = [{ value = 20480, source = "house-judgement", read_on = 2026-11-01 }]\n'
    )
    after = read_side(str(raised), FACTS)
    told = [change.what for change in diff(SHIPPED, after) if change.rule == "lambda.memory-exceeds-limit"]
    assert told == ["is no longer ruled out where memory per instance is above 10 GB and at most 20 GB"]
    assert other_values(SHIPPED, after) == ["lambda.memory_max: 10,240 MB -> 20,480 MB"]


def test_a_folder_stands_by_itself_and_the_shipped_rules_have_a_name(tmp_path: Path) -> None:
    assert diff(read_side(str(folder("rules")), FACTS), read_side("shipped", FACTS)) == []
    (tmp_path / "batch.toml").write_text((folder("rules") / "batch.toml").read_text())
    assert {rule.entry.service for rule in read_side(str(tmp_path), FACTS)} == {"batch"}


def test_rules_that_only_say_it_differently_are_named(tmp_path: Path) -> None:
    pack = tmp_path / "ours.toml"
    pack.write_text(HEAD + ours("gpus > 0", id_="lambda.gpu-required"))
    after = read_side(str(pack), FACTS)
    assert diff(SHIPPED, after) == [] and reworded(SHIPPED, after) == ["lambda.gpu-required"]


def test_a_folder_without_rules_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no rule files"):
        read_side(str(tmp_path), FACTS)
    with pytest.raises(DataError, match="no such file"):
        read_side(str(tmp_path / "none.toml"), FACTS)
