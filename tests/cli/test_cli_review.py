"""Decision records, workload files and completion on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.rule_packs import rule
from whichcompute.knowledge.descriptors import DESCRIPTORS


def test_a_record_is_written_once_and_reviewed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "0001-site.md"
    write = ["recommend", "-", "--adr", path]
    text = '{"workload_id": "site", "kind": "event_handler", "max_duration_s": 12}'
    assert run(*write, stdin=text).status == 0
    assert run(*write, stdin=text).status == 2
    done = run("review", tmp_path, "--fail-on", "changed")
    assert done.status == 0 and "site" in done.out and done.out.startswith("same")
    text = path.read_text().replace('"answer": "lambda"', '"answer": "batch"')
    text = text.replace("- Deciders: to be named", "- Deciders: Ada, Grace")
    path.write_text(text.replace("## Decision\n", "## Decision\n\nAgreed in the board of 3 March.\n"))
    done = run("review", tmp_path, "--fail-on", "changed", "--write", "--as-of", "2026-11-23")
    assert done.status == 1 and "batch" in done.out and done.out.startswith("changed")
    successor = (tmp_path / "0001-site-2026-11-23.md").read_text()
    assert "- Supersedes: 0001-site.md\n" in successor and "- Deciders: Ada, Grace\n" in successor
    assert "Kept from 0001-site.md:\n\nAgreed in the board of 3 March.\n" in successor
    again = run("review", tmp_path, "--fail-on", "changed", "--write", "--as-of", "2026-11-23")
    assert again.status == 0 and "old       " in again.out and "superseded by 0001-site-2026-11-23.md" in again.out
    (tmp_path / "0001-site-2026-11-23.md").write_text("Notes of somebody.\n")
    assert run("review", tmp_path, "--write", "--as-of", "2026-11-23").status == 2


def test_a_record_that_replaces_another_says_what_has_changed(run: Run, tmp_path: Path) -> None:
    path, pack = tmp_path / "0001.md", tmp_path / "pack.toml"
    pack.write_text(rule("lambda.policy-9", "max_duration_s > 5s"))
    assert run("recommend", "-", "--adr", path, stdin='{"kind": "event_handler", "max_duration_s": 12}').status == 0
    assert run("--rules", pack, "review", tmp_path, "--write", "--as-of", "2026-11-23").status == 0
    successor = (tmp_path / "0001-2026-11-23.md").read_text()
    because = "This replaces 0001.md. Rules or the classifier have changed. AWS Lambda is ruled out: Not here.\n"
    assert because in successor.partition("## Options")[0] and "replaces" not in path.read_text()


def test_a_folder_with_damaged_records_only_ends_with_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("```json whichcompute\n{\n```\n")
    done = run("review", tmp_path)
    assert done.status == 1 and "a.md:" in done.out
    assert run("review", tmp_path / "nowhere").status == 2


def test_the_workload_file_has_every_field_and_is_read_back(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "workload.yaml"
    assert run("init", path).status == 0
    assert all(f"\n{name}:\n" in path.read_text() for name in DESCRIPTORS)
    assert "based on 0 answers" in run("recommend", path).out
    done = run("init", path)
    assert done.status == 2 and "--force" in done.err
    assert run("init", path, "--force").status == 0
    assert run("init", "-").out == path.read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_command(run: Run, shell: str) -> None:
    script = run("completion", shell).out
    assert f"_WHICHCOMPUTE_COMPLETE={shell}_complete" in script
    assert "COMP_WORDBREAKS=" not in script
