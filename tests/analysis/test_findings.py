from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.analysis.findings import Finding, command, parse
from whichcompute.base.errors import RuleError

ENTRY = {"kind": "implied", "rules": ["a.x", "b.y"], "reason": "It is meant."}


def test_an_entry_lists_one_finding_and_with_by_one_for_each_rule() -> None:
    assert parse([ENTRY], "f") == {("implied", ("a.x", "b.y")): "It is meant."}
    several = parse([{**ENTRY, "by": "c.z"}], "f")
    assert set(several) == {("implied", ("a.x", "c.z")), ("implied", ("b.y", "c.z"))}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"kind": "dead"}, ["[[finding]]"]),
        ([{**ENTRY, "kind": "odd"}], ["finding 1", "odd", "implied"]),
        ([ENTRY, {**ENTRY, "rules": "a.x"}], ["finding 2", "rules"]),
        ([{**ENTRY, "reason": " "}], ["reason"]),
        ([{**ENTRY, "by": 3}], ["by"]),
        ([{**ENTRY, "surprise": 3}], ["surprise", "allowed"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_broken_entry_is_refused_with_its_place(entries: object, words: list[str]) -> None:
    with pytest.raises(RuleError) as refused:
        parse(entries, "pack.toml")
    assert all(word in str(refused.value) for word in ["pack.toml", *words])


@pytest.mark.parametrize(
    ("witness", "packs", "expected"),
    [
        ({"gpus": 9, "os": "linux"}, [], "whichcompute recommend --set gpus=9 --set os=linux"),
        ({"autoscaling": True}, [], "whichcompute recommend --set autoscaling=true"),
        ({"vcpus": 0.5}, ["our pack.toml"], "whichcompute --rules 'our pack.toml' recommend --set vcpus=0.5"),
        ({}, [], "echo '{}' | whichcompute recommend -"),
        ({"description": "two words; rm"}, [], "whichcompute recommend --set 'description=two words; rm'"),
    ],
    ids=["plain", "yes", "with a pack", "nothing known", "quoted"],
)
def test_a_witness_is_a_command_to_paste(witness: dict[str, object], packs: list[str], expected: str) -> None:
    assert command(witness, [Path(pack) for pack in packs]) == expected


def test_a_finding_says_rule_witness_and_reason() -> None:
    text = Finding("dead", ("lambda.x",), "can never fire", {"gpus": 1}, "Kept for later.").text()
    assert text.splitlines() == [
        "dead: lambda.x: can never fire",
        "    see it: whichcompute recommend --set gpus=1",
        "    meant to be: Kept for later.",
    ]
