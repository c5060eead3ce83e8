"""`whichcompute scan` and `whichcompute check`, as a user meets them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.conftest import Run

COMPOSE = (
    "services:\n  api:\n    image: example/api:1\n    ports: ['8080:8080']\n"
    "    environment: {PASSWORD: hush-hush-1}\n    deploy: {resources: {limits: {cpus: '0.5', memory: 512M}}}\n"
)
SAM = (
    "Transform: AWS::Serverless-2016-10-31\nResources:\n  Job:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    "      Runtime: python3.12\n      Timeout: 880\n      MemorySize: 512\n"
    "      Events: {T: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}\n"
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "docker-compose.yml").write_text(COMPOSE)
    (folder / "template.yaml").write_text(SAM)
    return folder


def test_scan_writes_an_inventory_that_score_reads(run: Run, repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.csv"
    done = run("scan", repository, "-o", out)
    assert done.status == 0 and "2 workloads" in done.err and done.out == ""
    with out.open(newline="") as file:
        rows = {row["workload_id"]: row for row in csv.DictReader(file)}
    assert float(rows["api"]["memory_mb"]) == 512 and rows["Job"]["kind"] == "scheduled_task"
    scored = run("score", out, "-o", tmp_path / "scored.csv")
    assert scored.status == 0 and "2 rows read, 2 written" in scored.err


def test_scan_overwrites_nothing_unasked(run: Run, repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    assert run("scan", repository, "-o", out).status == 0 and json.loads(out.read_text())["workloads"]
    refused = run("scan", repository, "-o", out)
    assert refused.status == 2 and "--force" in refused.err
    assert run("scan", repository, "-o", out, "--force").status == 0
    assert run("scan", repository, "-o", tmp_path / "x.xml").status == 2
    assert run("scan", tmp_path / "nowhere").status == 2


@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_file_that_cannot_be_read_alone_ends_with_status_1(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_lambda_function" "f" {\n  timeout = (\n')
    alone = run(command, tmp_path)
    assert alone.status == 1 and "Not read" in alone.out + alone.err
    (tmp_path / "docker-compose.yml").write_text(COMPOSE)
    assert run(command, tmp_path).status == 0


@pytest.mark.parametrize("command", ["scan", "check"])
def test_a_folder_without_a_file_of_a_known_format_ends_with_status_1(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")
    (tmp_path / "pipeline.yml").write_text("steps: [build, test]\n")
    empty = run(command, tmp_path)
    assert empty.status == 1 and "No file of a known format was found" in empty.out + empty.err
    (tmp_path / "t.yml").write_text("Resources: {Files: {Type: AWS::S3::Bucket}}\n")
    read = run(command, tmp_path)  # what it declares needs no compute, which is a result
    assert read.status == 0 and "No workload was found" in read.out + read.err


@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif"])
def test_check_in_every_format_without_secrets(run: Run, repository: Path, form: str) -> None:
    done = run("check", repository, "--format", form)
    assert done.status == 0 and "template.yaml" in done.out and "hush-hush-1" not in done.out + done.err
    if form in ("json", "sarif"):
        assert json.loads(done.out)


def test_check_fails_on_what_it_is_asked_to(run: Run, repository: Path) -> None:
    assert run("check", repository, "--fail-on", "limit,none").status == 0
    assert run("check", repository, "--fail-on", "limit,margin").status == 1
    wrong = run("check", repository, "--fail-on", "everything")
    assert wrong.status == 2 and "limit" in wrong.err


def test_a_baseline_leaves_only_what_is_new(run: Run, repository: Path, tmp_path: Path) -> None:
    accepted = tmp_path / "accepted.json"
    accepted.write_text(run("check", repository, "--format", "json").out)
    template = repository / "template.yaml"
    template.write_text("# moved by a line\n" + SAM)
    same = run("check", repository, "--baseline", accepted, "--fail-on", "margin")
    assert same.status == 0 and "Job  " not in same.out and "without anything new" in same.err
    assert "No workload" not in same.out
    (repository / "broken.tf").write_text("resource {")
    assert run("check", repository, "--baseline", accepted).status == 0
    template.write_text(SAM.replace("  Job:", "  Other:"))
    assert run("check", repository, "--baseline", accepted, "--fail-on", "margin").status == 1
    accepted.write_text("[]")
    wrong = run("check", repository, "--baseline", accepted)
    assert wrong.status == 2 and "accepted.json" in wrong.err
