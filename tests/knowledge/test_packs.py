from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError, RuleError
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.rules import RulePack, filled

FACTS = facts.load()
RULE = """
[[rule]]
id = "lambda.ours"
effect = "exclude"
when = ["max_duration_s > lambda.max_duration"]
because = "Ours: {max_duration_s} of {lambda.max_duration}."
sources = ["compute-notes#lambda-summary"]
"""


def load(tmp_path: Path, *texts: str) -> RulePack:
    paths = [tmp_path / f"pack{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return packs.load(FACTS, paths)


def test_a_pack_adds_a_rule_and_is_named_as_its_origin(tmp_path: Path) -> None:
    pack = load(tmp_path, 'name = "company policy"\nservice = "lambda"\n' + RULE)
    rule = pack.rule("lambda.ours")
    assert rule.pack == "company policy"
    assert filled(rule.entry.because, {"max_duration_s": 1200.0}, pack.facts) == "Ours: 20 min of 15 min."


def test_a_later_pack_overrides_by_id_switches_off_and_adjusts(tmp_path: Path) -> None:
    weighed = next(rule for rule in packs.load(FACTS) if rule.entry.strength == "strong")
    switched_off = next(rule for rule in packs.load(FACTS) if rule.id != weighed.id)
    second = f'switch_off = ["{switched_off.id}"]\n[[adjust]]\nid = "{weighed.id}"\nstrength = "weak"\n'
    changed = RULE.replace("max_duration_s > lambda.max_duration", "os == 'windows'")
    pack = load(
        tmp_path, 'service = "lambda"\n' + RULE, second + changed.replace("[[rule]]", '[[rule]]\nservice = "lambda"')
    )
    assert pack.rule("lambda.ours").entry.when == ("os == 'windows'",)
    assert pack.rule(weighed.id).entry.strength == "weak"
    with pytest.raises(RuleError, match="unknown rule"):
        pack.rule(switched_off.id)


def test_a_pack_raises_a_fact_for_every_rule(tmp_path: Path) -> None:
    raised = """
[[source]]
key = "our-quota"
title = "Quota raised"
kind = "judgement"
[[fact]]
id = "lambda.max_duration"
title = "maximum duration"
unit = "s"
statement = "Raised for us."
values = [{ value = 1000, source = "our-quota", read_on = 2026-11-01 }]
"""
    pack = load(tmp_path, 'name = "quota"\n' + raised)

    def vetoes(pack: RulePack) -> list[str]:
        fired, _ = pack.index.evaluate({"max_duration_s": 950.0})
        return [rule.id for rule in pack.index.select(fired) if rule.entry.effect == "exclude"]

    assert vetoes(packs.load(FACTS)) and not vetoes(pack)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rule = 3\n", ["pack0.toml", "[[rule]]"]),
        ("[[rule]\n", ["pack0.toml", "TOML"]),
        ("x" * 100, ["pack0.toml", "TOML"]),
        ('name = ""\n', ["pack0.toml", "name", "not empty"]),
        (".".join("a" * 500) + "= 1 # \\t", ["pack0.toml", "nested"]),
        ("surprise = 1\n", ["pack0.toml", "surprise", "allowed"]),
        ('service = "lamda"\n' + RULE, ["lambda.ours", "service", "lamda"]),
        (RULE, ["lambda.ours", "service"]),
        ('service = "lambda"\n' + RULE + RULE, ["lambda.ours", "is duplicated"]),
        ('service = "lambda"\n' + RULE.replace("lambda.ours", "Ours"), ["Ours", "id"]),
        ('service = "lambda"\n' + RULE.replace("compute-notes#lambda-summary", "nowhere"), ["lambda.ours", "nowhere"]),
        ('service = "lambda"\n' + RULE.replace("#lambda-summary", "#no-part"), ["lambda.ours", "no-part"]),
        ('service = "lambda"\n' + RULE.replace("{max_duration_s}", "{wrong}"), ["lambda.ours", "{wrong}"]),
        ('service = "lambda"\n' + RULE + 'strength = "strong"\n', ["lambda.ours", "strength"]),
        ('service = "lambda"\n' + RULE.replace("exclude", "prefer"), ["lambda.ours", "strength", "missing"]),
        ('service = "lambda"\n' + RULE + "surprise = 1\n", ["lambda.ours", "surprise"]),
        ('service = "none"\n' + RULE, ["lambda.ours", "prefer and caution"]),
        ('switch_off = ["lambda.no-such"]\n', ["lambda.no-such"]),
        ('[[adjust]]\nid = "lambda.no-such"\nstrength = "weak"\n', ["lambda.no-such"]),
        ('service = "lambda"\n' + "[[rule]]\n" * 2001, ["2,001", "2,000"]),
        ("a = " + "[" * 60 + "]" * 60, ["pack0.toml", "nested"]),
    ],
    ids=lambda value: str(value)[:40].replace("\n", " "),
)
def test_a_bad_pack_is_refused_with_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(DataError) as refused:
        load(tmp_path, text)
    assert all(word in str(refused.value) for word in words), str(refused.value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('switch_off = ["lambda.duration-exceeds-limit"]', "the limits lambda.duration-exceeds-limit"),
        (
            '[[source]]\nkey = "house"\ntitle = "T"\nkind = "judgement"\n[[fact]]\nid = "lambda.max_duration"\n'
            'title = "t"\nunit = "s"\n'
            'statement = "S."\nvalues = [{ value = 9000, source = "house", read_on = 2026-11-01 }]',
            "the facts lambda.max_duration",
        ),
    ],
    ids=["a rule", "a fact"],
)
def test_a_pack_that_lifts_a_hard_limit_is_named(tmp_path: Path, text: str, names: str) -> None:
    pack = load(tmp_path, f'name = "ours \u200f"\n{text}')
    assert pack.lifted == (f"The rule pack 'ours \\u200f' replaces or switches off {names}.",)


def test_a_pack_that_adds_or_lifts_advice_says_nothing(tmp_path: Path) -> None:
    weighed = next(rule.id for rule in packs.load(FACTS) if rule.entry.effect == "prefer")
    assert load(tmp_path, f'switch_off = ["{weighed}"]\nservice = "lambda"\n' + RULE).lifted == ()


def test_ten_thousands_of_numbers_on_a_field_load(tmp_path: Path) -> None:
    lines = [f"memory_mb in [{', '.join(str(60 * row + at) for at in range(60))}]" for row in range(400)]
    pack = load(tmp_path, 'service = "lambda"\n' + RULE.replace("when = [", f"when = [{str(lines)[1:-1]}, ", 1))
    assert len(pack.index.cells["memory_mb"].thresholds) >= 24_000
