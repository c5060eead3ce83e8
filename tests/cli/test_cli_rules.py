"""`whichcompute rules` and `whichcompute facts` as a user meets them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.rule_packs import rule

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example-pack.toml"


def pack_of(tmp_path: Path, when: str, more: str = "") -> Path:
    path = tmp_path / "pack.toml"
    path.write_text(rule("lambda.ours", "WHEN").replace("WHEN", when) + more)  # as it is: some are not valid TOML
    return path


@pytest.mark.parametrize(
    ("filters", "expected", "absent"),
    [
        (["--service", "batch", "--effect", "exclude"], "batch.long-running-service", "lambda."),
        (["--field", "gpus"], "lightsail.gpu-required", "lightsail.website"),
        (["--field", "gb_seconds_per_month"], "lambda.small-monthly-volume", "lightsail."),
        (["--fact", "lambda.max_duration"], "fargate.duration-exceeds-lambda", "lightsail."),
        (["--source", "aws-lightsail-faq"], "lightsail.gpu-required", "lambda."),
        (["--strength", "weak"], "ecs_ec2.container-image", "batch.run-to-completion-job"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_rules_are_listed_by_filter(run: Run, filters: list[str], expected: str, absent: str) -> None:
    done = run("rules", "list", *filters)
    assert expected in done.out and absent not in done.out
    assert done.err == f"{len(done.out.splitlines())} rules\n"
    assert [rule["id"] for rule in json.loads(run("rules", "list", *filters, "--json").out)] == [
        line.split()[0] for line in done.out.splitlines()
    ]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["list", "--field", "max_durration_s"], ["max_durration_s", "max_duration_s"]),
        (["list", "--source", "aws-lamda-quotas"], ["aws-lambda-quotas"]),
        (["list", "--fact", "lambda.max_durations"], ["lambda.max_duration"]),
        (["show", "lambda.run-exceeds-limits"], ["lambda.duration-exceeds-limit"]),
        (["check", "/nowhere/pack.toml"], ["/nowhere/pack.toml", "no such file"]),
        (["diff", "shipped", "/nowhere/pack.toml"], ["/nowhere/pack.toml", "no such file"]),
    ],
    ids=" ".join,
)
def test_a_wrong_name_is_refused_with_a_near_one(run: Run, args: list[str], words: list[str]) -> None:
    done = run("rules", *args)
    assert done.status == 2 and done.out == "" and all(word in done.err for word in words), done.err


def test_a_rule_is_shown_with_all_that_belongs_to_it(run: Run) -> None:
    shown = run("rules", "show", "lambda.duration-exceeds-limit").out
    names = {line.split()[0] for line in shown.splitlines() if not line.startswith(" ")}
    assert names >= {"title", "when", "because", "remedy", "variant", "source", "fact", "fires", "silent", "unknown"}
    assert names >= {"carries", "pack", "near"}
    assert "read 2026" in shown and "lambda.max_duration = 15 min" in shown and "{" not in shown
    data = json.loads(run("rules", "show", "lambda.duration-exceeds-limit", "--json").out)
    compared = ["max_duration_s > lambda.max_duration", "splittable == false"]
    assert data["when"] == [*compared, "unless protocol == 'websocket'"] and len(data["neighbours"]) == 8


def test_the_shipped_rules_are_proved_and_every_listed_finding_gives_its_reason(run: Run) -> None:
    plain, full = run("rules", "check"), run("rules", "check", "--all")
    assert plain.status == full.status == 0 and "see it" not in plain.out and ", 0 findings" in plain.out
    assert full.out.count("see it: whichcompute recommend") == full.out.count("meant to be: ") > 30
    data = json.loads(run("rules", "check", "--json").out)
    assert all(finding["reason"] and finding["witness"] for finding in data["findings"])


def test_a_finding_in_a_users_pack_comes_with_a_command_that_shows_it(run: Run, tmp_path: Path) -> None:
    pack = pack_of(tmp_path, "memory_mb > 20GB")
    done = run("rules", "check", pack)
    assert (
        done.status == 1 and "implied: lambda.ours: fires only where lambda.memory-exceeds-limit fires too" in done.out
    )
    command = done.out.split("see it: whichcompute ")[1].splitlines()[0]
    words = shlex.split(command)
    assert words[:2] == ["--rules", str(pack)] and words[2:] == ["recommend", "--set", "memory_mb=20481"]


def test_a_finding_that_the_pack_lists_is_all_right(run: Run, tmp_path: Path) -> None:
    listed = (
        '[[finding]]\nkind = "implied"\nrules = ["lambda.ours", "lambda.memory-exceeds-limit"]\nreason = "Twice."\n'
    )
    done = run("rules", "check", pack_of(tmp_path, "memory_mb > 20GB", listed), "--all")
    assert done.status == 0 and "meant to be: Twice." in done.out


def test_a_sound_pack_without_examples_passes(run: Run, tmp_path: Path) -> None:
    done = run("rules", "check", pack_of(tmp_path, "traffic == 'steady'"))
    assert done.status == 0 and ", 0 findings" in done.out


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("max_durration_s > 3", ["lambda.ours", "max_durration_s", "max_duration_s"]),
        ("os == 'beos'", ["lambda.ours", "beos", "linux"]),
        ("memory_mb > lambda.max_duration", ["lambda.ours", "lambda.max_duration"]),
        ("__import__('os') == 1", ["lambda.ours", "not a condition"]),
        ("os == 'linux'\", 3, \"gpus > 1", ["lambda.ours", "when"]),
        ("\n", ["TOML"]),
    ],
    ids=lambda value: value.strip() if isinstance(value, str) else "",
)
def test_a_broken_pack_is_named_with_file_rule_and_place(run: Run, tmp_path: Path, when: str, words: list[str]) -> None:
    done = run("rules", "check", pack_of(tmp_path, when))
    assert done.status == 1 and done.out.startswith("broken: ")
    assert all(word in done.out for word in ["pack.toml", *words]), done.out


def test_coverage_lists_statements_and_guidance(run: Run) -> None:
    done = run("rules", "coverage", "--guidance")
    assert done.status == 0 and "\n154 guidance candidates, 0 without" in done.out and "\nG154  " in done.out
    assert "94 statements, 0 without" in run("rules", "coverage", "--gaps").out


def test_a_gap_in_the_coverage_gives_status_1(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "pack.toml"
    pack.write_text('switch_off = ["lightsail.auto-scaling-required", "batch.long-running-service"]\n')
    done = run("--rules", pack, "rules", "coverage", "--guidance", "--gaps")
    assert done.status == 1 and "GAP: no such rule in force: batch.long-running-service" in done.out


def test_two_packs_are_compared_in_words(run: Run, tmp_path: Path) -> None:
    pack = pack_of(tmp_path, "traffic == 'steady'")
    done = run("rules", "diff", "shipped", pack)
    assert done.status == 0 and "+ AWS Lambda is now ruled out where traffic pattern is steady" in done.out
    data = json.loads(run("rules", "diff", pack, "shipped", "--json").out)
    assert [(change["sign"], change["witness"]) for change in data["changes"]] == [("-", {"traffic": "steady"})]


def test_the_example_pack_does_what_its_page_says(run: Run) -> None:
    checked = run("rules", "check", EXAMPLE)
    assert checked.status == 0 and checked.out.endswith("0 findings, 1 listed with a reason\n")
    shown = run("--rules", EXAMPLE, "rules", "show", "ecs_ec2.server-management-avoided").out
    assert "caution, weak" in shown and "pack     Example Ltd policy" in shown
    assert "60" in run("--rules", EXAMPLE, "rules", "show", "lightsail.tasks-exceed-instance-quota").out
    data = json.loads(run("--rules", EXAMPLE, "recommend", "--set", "environment=production", "--json").out)
    (lightsail,) = (verdict for verdict in data["verdicts"] if verdict["service"] == "lightsail")
    assert lightsail["status"] == "ruled_out" and lightsail["reasons"][0]["pack"] == "Example Ltd policy"


def test_facts_in_force_are_listed_by_service_and_source(run: Run) -> None:
    listed = run("facts", "list", "--service", "lambda", "--source", "aws-lambda-quotas", "--json")
    records = json.loads(listed.out)
    assert {record["source"] for record in records} == {"aws-lambda-quotas"}
    assert "lambda.max_duration" in [record["id"] for record in records]
    assert run("facts", "list", "--service", "nothing").status == 2


def test_stale_facts_are_named_with_what_hangs_on_them(run: Run) -> None:
    done = run("--as-of", "2028-11-23", "facts", "check", "--strict")
    first = done.out.splitlines()[0]
    assert done.status == 1 and first.startswith("stale: ") and "rules depend on it; verify: " in first
    data = json.loads(run("--as-of", "2028-11-23", "facts", "check", "--strict", "--json").out)
    assert (
        "lambda.duration-exceeds-limit" in next(f for f in data["stale"] if f["id"] == "lambda.max_duration")["rules"]
    )
    assert run("--as-of", "2028-11-23", "facts", "check", "--strict", "--days", "4000").status == 0


def test_a_fact_of_a_pack_has_a_source_and_a_day_too(run: Run) -> None:
    shown = run("--rules", EXAMPLE, "facts", "show", "lightsail.instances_per_account").out
    assert "60 count" in shown and "Quotas granted to the accounts of Example Ltd" in shown
