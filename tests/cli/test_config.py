"""Settings from a file, as a user meets them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_cli_scan import SAM
from tests.conftest import Done
from tests.rule_packs import rule
from whichcompute.base.version import VERSION

POLICY = rule("lambda.not-here", "kind == 'event_handler'")
SETTINGS = """
rules = ["policy.toml"]
region = "eu-west-1"
free_tier = true
fail_on = { check = ["limit", "margin"] }
"""
JOB = ["--set", "kind=event_handler", "--set", "invocations_per_month=500000", "--set", "max_duration_s=3"]


def run_in(folder: Path, *args: object) -> Done:
    words = [sys.executable, "-m", "whichcompute", *map(str, args)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def project(tmp_path: Path) -> Path:
    (tmp_path / "policy.toml").write_text(POLICY)
    (tmp_path / "whichcompute.toml").write_text(SETTINGS)
    (tmp_path / "stack").mkdir()
    (tmp_path / "stack" / "template.yaml").write_text(SAM)
    return tmp_path / "stack"


def test_settings_apply_are_named_and_give_way_to_options(tmp_path: Path) -> None:
    folder = project(tmp_path)
    done = run_in(folder, "recommend", *JOB, "--json")
    found = json.loads(done.out)
    first = {verdict["service"]: verdict for verdict in found["verdicts"]}["lambda"]
    assert first["status"] == "ruled_out" and found["workload"]["region"] == "eu-west-1"
    assert f"settings from {tmp_path / 'whichcompute.toml'}: rules, region, free_tier, fail_on" in done.err
    assert run_in(folder, "recommend", *JOB, "-q").err == ""
    other = json.loads(run_in(folder, "--region", "us-east-1", "recommend", *JOB, "--json").out)
    assert other["workload"]["region"] == "us-east-1"
    paid = json.loads(run_in(folder, "recommend", *JOB, "--json", "--region", "us-east-1", "--no-free-tier").out)
    costs = [
        next(each["monthly_cost_usd"]["expected"] for each in result["verdicts"] if each["service"] == "lambda")
        for result in (other, paid)
    ]
    assert costs[0] < costs[1]


def test_outcomes_and_suppressions_of_check(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert run_in(folder, "check", ".").status == 1
    assert run_in(folder, "check", ".", "--fail-on", "none").status == 0
    for until, status, note in (
        ("2999-01-01", 0, ": 1 problem"),
        ("2020-01-01", 1, "ended on 2020-01-01, so 1 problem"),
    ):
        text = f'[[suppress]]\nrule = "margin"\nreason = "r"\npaths = ["stack/*"]\nuntil = {until}\n'
        (tmp_path / "whichcompute.toml").write_text(SETTINGS.replace('rules = ["policy.toml"]', "") + text)
        done = run_in(folder, "check", ".")
        assert (done.status, note in done.err) == (status, True), done.err


def test_a_suppression_that_names_no_rule_is_named(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for name, note in (
        ("margn", " (did you mean margin?)"),
        ("lambda.duration-exceeds-limit", None),
        ("check.none", None),
    ):
        (tmp_path / "whichcompute.toml").write_text(f'[[suppress]]\nrule = "{name}"\nreason = "r"\n')
        said = run_in(folder, "check", ".").err
        assert (f"suppression of {name}: no such rule or outcome{note}" in said) == (note is not None), said


def test_show_says_where_each_value_comes_from(tmp_path: Path) -> None:
    folder, file = project(tmp_path), str(tmp_path / "whichcompute.toml")
    shown = run_in(folder, "config", "show", "--json", "--region", "sa-east-1", "--rules", "x.toml")
    rows = {(row["setting"], row["value"]): row["from"] for row in json.loads(shown.out)}
    assert rows["rules", str(tmp_path / "policy.toml")] == file and rows["rules", "x.toml"] == "--rules"
    assert rows["region", "sa-east-1"] == "--region" and rows["free_tier", "yes"] == file
    assert rows["model", "the shipped one"] == "default" and rows["file", file] == "found here or above"
    named = run_in(tmp_path.parent, "config", "show", "--config", file)
    assert f"region     eu-west-1  ({file})" in named.out and f"file       {file}  (--config)" in named.out


def test_rule_packs_from_the_environment_apply_are_named_and_give_way_to_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, given = project(tmp_path), tmp_path / "given.toml"
    (tmp_path / "env.toml").write_text(rule("batch.not-here", "kind == 'event_handler'"))
    given.write_text(POLICY)
    monkeypatch.setenv("WHICHCOMPUTE_RULES", os.pathsep.join([str(tmp_path / "env.toml"), "", str(given)]))
    rows = json.loads(run_in(folder, "config", "show", "--json", "--rules", given).out)
    packs = [(Path(row["value"]).name, row["from"]) for row in rows if row["setting"] == "rules"]
    environment = [("env.toml", "WHICHCOMPUTE_RULES"), ("given.toml", "WHICHCOMPUTE_RULES")]
    assert packs == [("policy.toml", str(tmp_path / "whichcompute.toml")), *environment, ("given.toml", "--rules")]
    monkeypatch.setenv("WHICHCOMPUTE_RULES", str(tmp_path / "env.toml"))
    done = run_in(tmp_path.parent, "recommend", *JOB, "--json")
    found = {verdict["service"]: verdict["status"] for verdict in json.loads(done.out)["verdicts"]}
    assert (found["batch"], found["lambda"]) == ("ruled_out", "unconfirmed")
    assert done.err == f"Note: rules from WHICHCOMPUTE_RULES: {tmp_path / 'env.toml'}\n"
    replaced = run_in(tmp_path.parent, "recommend", *JOB, "-o", tmp_path / "env.toml", "--force")
    assert replaced.status == 2 and "is read by this run" in replaced.err
    monkeypatch.setenv("WHICHCOMPUTE_RULES", str(tmp_path / "nowhere.toml"))
    missing = run_in(tmp_path, "recommend", *JOB)
    assert missing.status == 2 and "nowhere.toml: no such file" in missing.err


def test_a_broken_file_stops_what_needs_settings_and_nothing_else(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (tmp_path / "whichcompute.toml").write_text("region = 3\n")
    refused = run_in(folder, "recommend", *JOB)
    assert refused.status == 2 and "whichcompute.toml: region: '3' must be a text" in refused.err
    assert run_in(folder, "help", "score").status == run_in(folder, "schema", "workload").status == 0


def test_a_published_site_is_linked_from_rules(tmp_path: Path) -> None:
    (tmp_path / "whichcompute.toml").write_text('documents = "https://docs.example.org/{version}"\n')
    done = run_in(tmp_path, "rules", "show", "lambda.gpu-required")
    assert f"page: https://docs.example.org/{VERSION}/docs/rules/lambda.gpu-required.html\n" in done.out
    assert "documents" in run_in(tmp_path, "config", "show").out
    (tmp_path / "whichcompute.toml").unlink()
    assert "page: " not in run_in(tmp_path, "rules", "show", "lambda.gpu-required").out
