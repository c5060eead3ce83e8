from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute import ModelError, RuleError
from whichcompute.engine import EFFECTS, RuleLayer

PACK = rule("lambda.never-here", "kind == 'event_handler'")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(PACK)
    return path


def test_packs_come_over_the_shipped_rules_and_a_broken_one_is_refused(pack: Path) -> None:
    assert RuleLayer(pack).pack.rule("lambda.never-here").entry.effect in EFFECTS
    pack.write_text("rule = 3\n")
    with pytest.raises(RuleError, match=r"ours\.toml"):
        RuleLayer([pack])


def test_a_pack_can_be_checked_and_compared_before_it_is_used(pack: Path) -> None:
    layer = RuleLayer()
    checked, _ = layer.check([pack])
    changes, facts, reworded = layer.diff("shipped", str(pack))
    assert len(checked) == len(layer.pack) + 1
    assert any((change.sign, change.service) == ("+", "lambda") for change in changes)
    assert facts == reworded == []


def test_facts_are_those_of_the_day() -> None:
    assert RuleLayer(as_of=date(2018, 1, 1)).say_fact("lambda.max_duration") == "5 min"
    assert RuleLayer().say_fact("lambda.max_duration") == "15 min"


def test_training_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "whichcompute.training", None)
    with pytest.raises(ModelError, match=r"needs the extra; type: pip install 'whichcompute\[train\]'"):
        RuleLayer().train([], tmp_path, notify=print)
