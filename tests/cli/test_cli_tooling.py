"""The GitHub Action and the pre-commit hook, by running what they run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
TEMPLATE = "Resources:\n  Job:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: 880, Runtime: python3.12}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a function near a limit, and the command on the path."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "template.yml").write_text(TEMPLATE)
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "whichcompute"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m whichcompute "$@"\n')
    command.chmod(0o755)
    return tmp_path / "code"


def run(command: list[str], folder: Path, **variables: str) -> int:
    path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path, **variables}, timeout=120).returncode


@pytest.mark.parametrize(("fail_on", "status"), [("margin", 1), ("limit", 0), ("", 0)])
def test_the_action(repository: Path, fail_on: str, status: int) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = next(step for step in action["runs"]["steps"] if step["name"] == "Check")
    assert "${{" not in step["run"], "text of a workflow must not become part of the script"
    files = {"SARIF": "out.sarif", "COMMENT": "out.md", "GITHUB_STEP_SUMMARY": "summary.md"}
    script = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    (repository / "more").mkdir()
    assert run(script, repository, PATHS="more\ntemplate.yml\n", FAIL_ON=fail_on, **files) == status
    assert '"2.1.0"' in (repository / "out.sarif").read_text()
    assert "| workload |" in (repository / "summary.md").read_text()


def test_the_action_reports_only_what_is_new_since_a_baseline(repository: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = next(step for step in action["runs"]["steps"] if step["name"] == "Check")
    accept = ["bash", "-c", "whichcompute check template.yml --format json > accepted.json"]
    assert run(accept, repository) == 0
    files = {"SARIF": "out.sarif", "COMMENT": "out.md", "BASELINE": "accepted.json"}
    script = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    assert run(script, repository, PATHS="template.yml", FAIL_ON="margin", **files) == 0


def test_the_action_reports_before_a_configuration_fails(repository: Path) -> None:
    """What the configuration of a project fails on must not keep the reports from being written."""
    (repository / "whichcompute.toml").write_text('[fail_on]\ncheck = ["margin"]\n')
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = next(step for step in action["runs"]["steps"] if step["name"] == "Check")
    files = {"SARIF": "out.sarif", "COMMENT": "out.md", "GITHUB_STEP_SUMMARY": "summary.md"}
    script = ["bash", "-e", "-o", "pipefail", "-c", step["run"]]
    assert run(script, repository, PATHS="template.yml", FAIL_ON="margin", **files) == 1
    assert "| workload |" in (repository / "summary.md").read_text()
    assert run(script, repository, PATHS="absent.yml", FAIL_ON="", **files) == 2


def test_the_hook(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert run([*hook["entry"].split(), *hook["args"]], repository) == 0
    assert run([*hook["entry"].split(), "--fail-on=margin", "."], repository) == 1
    wanted = re.compile(hook["files"])
    names = ["a/template.yaml", "main.tf", "main.tofu", "prod.tfvars", "web/Dockerfile", "Procfile", "fly.toml"]
    names += [
        "a.crontab",
        "cron.d/x.cron",
        "task.json.tpl",
        ".ebextensions/a.config",
        "zappa_settings.toml",
        "a.tfstate",
        "a.service.in",
        "cron.d/x",
    ]
    assert all(map(wanted.search, names))
    assert not wanted.search("src/main.py")
