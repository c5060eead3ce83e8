"""The command line as a user meets it: output, errors, exit status."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from whichcompute import __version__
from whichcompute.cli import _COMMANDS
from whichcompute.knowledge import statements

POLICY = """
name = "company policy"
service = "lightsail"
[[rule]]
id = "lightsail.not-in-production"
effect = "exclude"
when = ["environment == 'production'"]
because = "Policy 7 keeps production off Lightsail."
sources = ["house-policy"]
[[source]]
key = "house-policy"
title = "Cloud policy 7"
kind = "judgement"
"""


def test_the_version_and_the_help_of_every_command(run: Run) -> None:
    assert run("--version").out == f"whichcompute {__version__}\n"
    top = run("--help").out
    for name in _COMMANDS:
        assert name in top
        shown = run(name, "--help")
        assert shown.status == 0 and "Usage: " in shown.out


@pytest.mark.parametrize("args", [[], ["rules"]], ids=["the command", "a group of commands"])
def test_without_a_command_the_help_is_readable(run: Run, args: list[str]) -> None:
    done = run(*args)
    text = done.out + done.err
    assert "Usage: " in text and "\\n" not in text and len(text.splitlines()) > 10


def test_help_shows_what_the_option_shows(run: Run) -> None:
    assert run("help").out == run("--help").out
    assert run("help", "rules", "check").out == run("rules", "check", "--help").out
    assert run("-V").out == run("score", "-V").out == run("--version").out


def test_a_group_lists_its_commands_whole_and_names_them_when_one_is_not_known(run: Run) -> None:
    listed = run("rules", "--help").out
    assert "..." not in listed.partition("Commands:")[2] and "or with rule packs applied" in " ".join(listed.split())
    missed = run("facts", "shw", "lambda.max_duration")
    assert missed.status == 2 and "no such command 'shw' (did you mean show?)" in missed.err
    assert "commands: list, show, check" in run("help", "facts", "zzzz").err


def test_an_unknown_fact_is_answered_with_near_ones(run: Run) -> None:
    done = run("facts", "show", "lambda.maxduration")
    assert done.status == 2 and "did you mean lambda.max_duration" in done.err and len(done.err) < 300


@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_folder_without_a_workload_says_what_can_be_read(run: Run, command: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run(command, tmp_path / "empty")
    said = " ".join((done.out + done.err).split())
    assert done.status == 1 and "No file of a known format was found" in said and "`whichcompute scan --help`" in said


def test_global_options_may_be_given_before_and_after_the_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(POLICY)
    rule = ["rules", "show", "lightsail.not-in-production"]
    before = run("--rules", tmp_path / "ours.toml", "--as-of", "2026-11-23", *rule)
    assert before.status == 0
    assert run(*rule, "--as-of", "2026-11-23", "--rules", tmp_path / "ours.toml") == before
    assert run("rules", "--rules", tmp_path / "ours.toml", *rule[1:], "--as-of", "2026-11-23") == before


def test_quiet_leaves_results_and_errors(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    loud, quiet = run("score", tmp_path / "in.csv", "-o", "-"), run("score", tmp_path / "in.csv", "-o", "-", "-q")
    assert loud.err and not quiet.err and loud.out == quiet.out
    assert "no such file" in run("-q", "recommend", tmp_path / "nowhere.json").err


@pytest.mark.parametrize(
    ("names", "status"),
    [("undecided", 1), ("none, undecided", 1), ("close,none", 0)],
    ids=["the decision", "in a list", "others"],
)
def test_fail_on_ends_with_1_on_the_decisions_it_names(run: Run, tmp_path: Path, names: str, status: int) -> None:
    (tmp_path / "in.csv").write_text("workload_id,kind,os\nx,,linux\n")
    done = run("recommend", "-", "--fail-on", names, stdin="{}")
    assert done.status == status and done.out
    assert run("score", tmp_path / "in.csv", "-o", "-", "--fail-on", names).status == status


def test_the_formats_of_a_recommendation(run: Run) -> None:
    fields = ["recommend", "--set", "kind=website"]
    assert run(*fields, "--format", "json") == run(*fields, "--json")
    assert "| Service | Verdict |" in run(*fields, "--format", "markdown").out


def test_a_recommendation_as_csv_is_the_row_that_a_scoring_writes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "kind,invocations_per_month,fixed_price,workload_id\nwebsite,2000000,true,a\x07b\n"
    )
    fields = ["--set", "kind=website", "--set", "invocations_per_month=2M", "--set", "fixed_price=yes"]
    for options in ([], ["--free-tier"]):
        given = run("recommend", *fields, "--set", "workload_id=a\x07b", "--format", "csv", *options).out
        scored = run("score", tmp_path / "in.csv", "-o", "-", *options).out
        (row,), (expected,) = (list(csv.DictReader(text.splitlines())) for text in (given, scored))
        assert float(row.pop("invocations_per_month")) == float(expected.pop("invocations_per_month"))
        assert row.pop("workload_id") == "a\\x07b" and expected.pop("workload_id")
        assert row == expected


@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv"])
def test_what_is_printed_goes_to_a_file_as_it_is(run: Run, tmp_path: Path, form: str) -> None:
    fields, file = ["recommend", "--set", "kind=website", "--format", form, "--fail-on", "undecided"], tmp_path / "out"
    done = run(*fields, "-o", file)
    assert done.out == "" and done.err == f"Result: {file}\n"
    printed = run(*fields)
    assert (file.read_text(), done.status) == (printed.out, printed.status)
    assert run(*fields, "-o", "-") == printed


def test_a_result_is_written_with_the_other_files_or_not_at_all(run: Run, tmp_path: Path) -> None:
    fields, file = ["recommend", "--set", "kind=website", "-o", tmp_path / "out.md"], tmp_path / "record.md"
    done = run(*fields, "--adr", tmp_path / "none" / "record.md")
    assert (done.status, done.out, list(tmp_path.iterdir())) == (2, "", [])
    assert "is used for two outputs" in run(*fields, "--adr", tmp_path / "out.md").err
    assert run(*fields, "--adr", file).status == 0 and file.exists()
    assert run(*fields, "--force").status == 0


@pytest.mark.parametrize(
    "args",
    [
        ["recommend", "--set", "kind=website", "--adr"],
        ["recommend", "--set", "kind=website", "--output"],
        ["recommend", "--set", "kind=event_handler", "--set", "invocations_per_month=1000", "--chart"],
        ["ask", "--save"],
        ["train", "--cases", "cases.csv", "--out"],
    ],
    ids=lambda args: args[0] + args[-1],
)
def test_nothing_that_exists_is_overwritten(run: Run, tmp_path: Path, args: list[str]) -> None:
    file = tmp_path / {"--out": "there", "--chart": "there.svg", "--adr": "there.md"}.get(args[-1], "there.txt")
    kept = file / "note" if args[0] == "train" else file
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("mine")
    done = run(*args, file)
    assert done.status == 2 and f"{kept}: exists" in done.err and "--force" in done.err
    assert kept.read_text() == "mine" and done.out == ""


def test_force_overwrites(run: Run, tmp_path: Path) -> None:
    (tmp_path / "adr.md").write_text("mine")
    done = run("recommend", "--set", "kind=website", "--adr", tmp_path / "adr.md", "--force")
    assert done.status == 0 and (tmp_path / "adr.md").read_text().startswith("# Where to run the website")


def test_json_holds_no_character_that_changes_the_order_of_a_text(run: Run) -> None:
    printed = run("recommend", "--set", "kind=website", "--set", "workload_id=a\u202eb", "--json").out
    assert "\u202e" not in printed and json.loads(printed)["workload"]["workload_id"] == "a\u202eb"


def test_one_workload_in_words_and_as_json(run: Run) -> None:
    fields = ["--set", "kind=event_handler", "--set", "max_duration_s=12s", "--set", "state=stateless"]
    words, data = run("recommend", *fields), json.loads(run("recommend", *fields, "--json").out)
    assert data["service"] == "lambda"
    assert words.out.startswith("AWS Lambda") and "\x1b" not in words.out
    assert "Missing answers that could change this or its cost" in words.out


def test_a_file_and_options_over_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_text("kind: batch_job\nmax_duration_s: 2h\nos: beos\n")
    data = json.loads(run("recommend", path, "--set", "os=linux", "--set", "gpus=", "--json").out)
    assert data["workload"] == {"kind": "batch_job", "max_duration_s": 7200, "os": "linux"}


@pytest.mark.parametrize(
    ("args", "stdin", "words"),
    [
        (["recommend"], "", ["FILE", "--set"]),
        (["recommend", "-"], "{", ["standard input", "JSON"]),
        (["recommend", "-"], '{"os": "beos", "memory_mb": -5}', ["beos", "windows", "-5"]),
        (["recommend", "-"], '{"runtme": "x"}', ["runtme"]),
        (["recommend", "--set", "os"], "", ["--set os=VALUE"]),
        (["recommend", "/nowhere.json"], "", ["/nowhere.json: no such file", "whichcompute init", "--set"]),
        (["recommend", "/"], "", ["directory"]),
        (["recomend"], "", ["recommend"]),
        (["help", "recomend"], "", ["recommend"]),
        (["help", "score", "x"], "", ["score", "x"]),
        (["recommend", "--set", "os=linux", "--fail-on", "never"], "", ["never", "undecided, close, none"]),
        (["recommend", "--set", "os=linux", "--what-if", "os=any", "--format", "markdown"], "", ["markdown", "json"]),
        (["recommend", "--set", "os=linux", "--path-to", "lambda", "--format", "csv"], "", ["csv", "json"]),
        (["--as-of", "yesterday", "facts", "list"], "", ["yesterday", "YYYY-MM-DD"]),
        (["--rules", "/nowhere.toml", "recommend", "-"], "{}", ["/nowhere.toml"]),
        (["--model", "/nowhere", "recommend", "-"], "{}", ["/nowhere"]),
        (["facts", "show", "lambda.nothing"], "", ["lambda.nothing", "`whichcompute facts list` lists them"]),
        (["rules", "show", "lambda.nothing"], "", ["lambda.nothing"]),
        (["schema", "nothing"], "", ["workload", "recommendation"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value)[:20],
)
def test_wrong_use_is_one_clear_message_and_status_2(run: Run, args: list[str], stdin: str, words: list[str]) -> None:
    done = run(*args, stdin=stdin)
    assert done.status == 2 and done.out == ""
    assert all(word in done.err for word in words), done.err


def test_a_users_pack_rules_out_and_is_named(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "ours.toml"
    pack.write_text(POLICY)
    assert run("rules", "check", pack).status == 0
    done = run("--rules", pack, "recommend", "-", stdin='{"environment": "production", "kind": "website"}')
    words = " ".join(done.out.split())
    assert "Policy 7 keeps production off Lightsail" in words and "Cloud policy 7" in words
    assert "pack     company policy" in run("--rules", pack, "rules", "show", "lightsail.not-in-production").out


def test_a_hostile_pack_is_refused_before_anything_of_it_runs(run: Run, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    pack = tmp_path / "pack.toml"
    pack.write_text(POLICY.replace("environment == 'production'", f"__import__('os').system('touch {mark}') == 1"))
    checked, used = run("rules", "check", pack), run("--rules", pack, "recommend", "-", stdin="{}")
    assert checked.status == 1 and used.status == 2 and not mark.exists()
    assert "lightsail.not-in-production" in checked.out and "not a condition" in used.err


def test_the_rule_layer_can_be_read(run: Run) -> None:
    listed = run("rules", "list", "--service", "lambda", "--effect", "exclude").out.splitlines()
    assert any(
        line.startswith("lambda.duration-exceeds-limit ") and "maximum duration is above 15 min" in line
        for line in listed
    )
    shown = run("rules", "show", "lambda.duration-exceeds-limit").out
    assert all(word in shown for word in ("when", "because", "remedy", "source", "fires", "lambda.max_duration"))
    assert run("rules", "check").status == 0
    coverage = run("rules", "coverage")
    assert coverage.status == 0 and len(re.findall(r"^S\d+", coverage.out, re.MULTILINE)) == len(statements.load())


def test_facts_can_be_read_and_go_stale(run: Run) -> None:
    shown = run("facts", "show", "lambda.max_duration").out
    assert "900 s" in shown and "300 s" in shown and "read on" in shown and "in force" in shown
    assert "lambda.memory_max" in run("facts", "list", "--service", "lambda").out
    assert run("--as-of", "2026-11-23", "facts", "check").status == 0
    later = run("--as-of", "2028-11-23", "facts", "check", "--strict")
    assert later.status == 1 and "stale: lambda.max_duration" in later.out


def test_as_of_uses_the_facts_of_that_day(run: Run) -> None:
    args = ["recommend", "--set", "max_duration_s=600", "--json"]
    status = {v["service"]: v["status"] for v in json.loads(run("--as-of", "2018-01-01", *args).out)["verdicts"]}
    assert status["lambda"] == "ruled_out"
    status = {v["service"]: v["status"] for v in json.loads(run(*args).out)["verdicts"]}
    assert status["lambda"] != "ruled_out"


@pytest.mark.parametrize("name", ["workload", "recommendation"])
def test_the_schemas_are_json_schema(run: Run, name: str) -> None:
    document = json.loads(run("schema", name).out)
    assert document["properties"] and document["$schema"].startswith("https://json-schema.org")


@pytest.mark.parametrize("command", ["facts list", "--quiet score rows.csv -o -"])
def test_a_closed_output_pipe_is_no_error(tmp_path: Path, command: str) -> None:
    (tmp_path / "rows.csv").write_text("name,vcpus,memory_mb\n" + "a,2,4096\n" * 5_000)  # more than a pipe holds
    piped = f"set -o pipefail; {sys.executable} -m whichcompute {command} | head -1"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)


def test_the_region_option_sets_prices_and_a_region_of_the_workload_wins(run: Run) -> None:
    asked = ["recommend", "--set", "kind=web_api", "--json"]
    there = json.loads(run("--region", "ap-east-2", *asked).out)
    assert there["workload"]["region"] == "ap-east-2"
    assert any("No prices of ap-east-2 are known" in note for note in there["notes"])
    ours = json.loads(run(*asked, "--set", "region=us-east-1", "--region", "AP-East-2").out)
    assert ours["workload"]["region"] == "us-east-1"
    wrong = run(*asked, "--region", "mars")
    assert wrong.status == 2 and "'mars' is not an AWS Region; allowed: af-south-1, " in wrong.err


@pytest.mark.parametrize(
    ("given", "help_"),
    [
        ("database=postgres", "no such field (did you mean relational_database?)"),
        ("memory=4", "no such field (did you mean memory_mb?)"),
        ("Requests_per_day=900", "no such field (did you mean invocations_per_month?)"),
        ("visitors=1000", "no such field; `whichcompute schema workload` lists all"),
    ],
    ids=["a word of one", "nearly one", "another word for one", "like none"],
)
def test_a_field_that_does_not_exist_is_answered_with_those_that_do(run: Run, given: str, help_: str) -> None:
    done = run("recommend", "--set", given)
    assert done.status == 2 and help_ in done.err
