from __future__ import annotations

from pathlib import Path

import pytest

from tests.rule_packs import rule
from whichcompute.analysis import findings
from whichcompute.analysis.checks import check
from whichcompute.analysis.findings import Finding
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.descriptors import read, with_derived
from whichcompute.knowledge.rules import RulePack
from whichcompute.knowledge.services import SERVICES

FACTS = facts.load()
PACK = packs.load(FACTS)
LISTED = findings.load()
FINDINGS = check(PACK, LISTED)


def ours(when: list[str], service: str = "lambda", effect: str = "exclude", more: str = "") -> str:
    return rule(f"{service}.ours", *when, effect=effect) + more


def checked(tmp_path: Path, *texts: str) -> list[Finding]:
    """What packs with these texts bring about over the shipped rules."""
    paths = [tmp_path / f"pack{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return check(packs.load(FACTS, paths), LISTED, PACK)


def test_the_shipped_rules_have_no_finding_that_is_not_listed_with_a_reason() -> None:
    assert [finding.text() for finding in FINDINGS if not finding.reason] == []


def test_every_listed_finding_is_still_found() -> None:
    assert {finding.key for finding in FINDINGS} == set(LISTED)


@pytest.mark.parametrize(
    "finding", FINDINGS, ids=lambda finding: f"{finding.kind}-{finding.rules[0]}-{finding.rules[-1]}"
)
def test_a_witness_shows_its_finding(finding: Finding) -> None:
    values = with_derived(read(finding.witness))
    if finding.kind == "dead":
        assert not any(PACK.rule(id_).holds(values) is True for id_ in finding.rules)
        return
    assert all(PACK.rule(id_).holds(values) is True for id_ in finding.rules)
    if finding.kind == "all-out":
        assert {PACK.rule(id_).entry.service for id_ in finding.rules} == set(SERVICES)


def test_without_its_list_every_finding_is_open() -> None:
    assert {finding.reason for finding in check(PACK)} == {""}


@pytest.mark.parametrize(
    "text",
    [
        ours(["environment == 'production'", "os == 'linux'"], "lightsail"),
        ours(["known traffic", "payload_mb > 3"], "fargate", "prefer"),
        ours(["kind == 'batch_job'", "environment == 'production'"], "batch", "prefer"),
        ours(["max_duration_s > 5m"]),
        ours(["kind == 'event_handler'"]),
        'switch_off = ["lambda.unsupported-os", "lightsail.gpu-required"]\n',
        '[[adjust]]\nid = "ecs_ec2.server-management-avoided"\nstrength = "weak"\n',
        "",
    ],
    ids=[
        "a policy",
        "a preference",
        "more weight",
        "a stricter limit",
        "a policy against advice",
        "switched off",
        "adjusted",
        "empty",
    ],
)
def test_a_sound_pack_without_examples_has_no_finding(tmp_path: Path, text: str) -> None:
    assert [finding.text() for finding in checked(tmp_path, text)] == []


@pytest.mark.parametrize(
    ("text", "kind", "rules"),
    [
        (ours(["gpus > 5", "gpus < 3"]), "dead", ("lambda.ours",)),
        (ours(["memory_mb > 20480"]), "implied", ("lambda.ours", "lambda.memory-exceeds-limit")),
        (ours(["kind == 'batch_job'"], "batch", "prefer"), "implied", ("batch.ours", "batch.run-to-completion-job")),
        (ours(["os == 'other'", "gpus == 0"], "batch", "prefer"), "vetoed", ("batch.ours", "batch.unsupported-os")),
        (ours(["memory_mb < lambda.memory_max"]), "hole", ("lambda.ours", "lambda.memory-exceeds-limit")),
        (ours(["os == 'linux'"], more='fires_on = [{ os = "windows" }]\n'), "example", ("lambda.ours",)),
        (ours(["os == 'linux'"], more='silent_on = [{ os = "beos" }]\n'), "example", ("lambda.ours",)),
        (ours(["known os"], more="unknown_on = [{ surprise = 2020-01-01 }]\n"), "example", ("lambda.ours",)),
    ],
    ids=["dead", "implied", "the same advice", "vetoed", "hole", "example", "bad example", "odd example"],
)
def test_what_is_wrong_with_a_pack_is_found(tmp_path: Path, text: str, kind: str, rules: tuple[str, ...]) -> None:
    finding = next(finding for finding in checked(tmp_path, text) if finding.kind == kind)
    assert finding.rules == rules and finding.reason == ""
    assert finding.text().count("whichcompute recommend") == 1


def test_advice_of_one_pack_that_implies_other_advice_of_it_is_found(tmp_path: Path) -> None:
    wide, narrow = ours(["payload_mb > 3"], "fargate", "prefer"), ours(["payload_mb > 4"], "fargate", "prefer")
    (finding,) = checked(tmp_path, wide, narrow.replace("fargate.ours", "fargate.narrow"))
    assert finding.kind == "implied" and finding.rules == ("fargate.narrow", "fargate.ours")


def test_packs_that_leave_nothing_for_a_workload_are_told_together(tmp_path: Path) -> None:
    (finding,) = checked(tmp_path, *(ours(["traffic == 'rare'", "gpus == 0"], service) for service in SERVICES))
    assert finding.kind == "all-out" and finding.witness == {"traffic": "rare", "gpus": 0}
    assert finding.rules == tuple(f"{service}.ours" for service in SERVICES)


def test_a_raised_quota_is_not_held_against_the_examples_of_shipped_rules(tmp_path: Path) -> None:
    fact = FACTS.fact("lightsail.instances_per_account")
    raised = (
        f'[[fact]]\nid = "{fact.id}"\ntitle = "t"\nunit = "count"\nstatement = "s."\n'
        'values = [{ value = 60, source = "house-judgement", read_on = 2026-11-01 }]\n'
    )
    assert checked(tmp_path, raised) == []


def test_a_variant_that_can_never_apply_is_dead(tmp_path: Path) -> None:
    variant = '[[rule.variant]]\nname = "Newer form"\nwhen = ["gpus == 0"]\nsays = "x"\nsources = ["house-judgement"]\n'
    found = checked(tmp_path, ours(["gpus > 3", "os == 'linux'"], "ecs_ec2", more=variant))
    assert ["'Newer form'" in finding.what for finding in found if finding.kind == "dead"] == [True]


def test_an_empty_pack_alone_has_no_finding() -> None:
    assert check(RulePack([], FACTS)) == []
