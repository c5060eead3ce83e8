from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.importers.checking import Check
from whichcompute.presentation.check import markdown_check, render_check, scan_lines, summary

TEMPLATE = """Resources:
  Job:
    Type: AWS::Lambda::Function
    Properties: {Timeout: 880, MemorySize: 512, Runtime: python3.12}
  "x|<script>":
    Type: AWS::Lambda::Function
    Properties: {Timeout: 5, Runtime: python3.12}
  Authorizer: {Type: 'AWS::Lambda::Function', Properties: {}}
"""


@pytest.fixture
def result(engine: Engine, tmp_path: Path) -> Check:
    (tmp_path / "t.yml").write_text(TEMPLATE)
    (tmp_path / "b.yml").write_text("services: [\n")
    return engine.check(tmp_path)


def test_the_text_says_services_margins_and_places(result: Check) -> None:
    text = render_check(result)
    assert "Job  t.yml:2" in text and "little margin" in text and "t.yml:4" in text
    assert "Not workloads" in text and "Authorizer" in text and "Not read" in text
    assert summary(result).startswith("2 workloads in 2 files: 1 has little margin")


def test_the_summary_speaks_of_one_and_of_several(engine: Engine, tmp_path: Path) -> None:
    function = "  F%d: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 88%d}}\n"
    (tmp_path / "t.yml").write_text("Resources:\n" + function % (1, 1) + function % (2, 2))
    assert "2 have little margin" in summary(engine.check(tmp_path))


def test_markdown_escapes_what_files_say(result: Check) -> None:
    text = markdown_check(result)
    assert "| workload | declared |" in text and "<script>" not in text and "x\\|" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1
    assert "`](<https://x.org/docs/rules/lambda." in markdown_check(result, "https://x.org")


def test_markdown_lists_what_is_suppressed_with_its_reason(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text("# whichcompute: ignore margin: split in <October>\n" + TEMPLATE)
    assert "suppressed" not in markdown_check(engine.check(tmp_path))
    (tmp_path / "t.yml").write_text(TEMPLATE.replace("  Job:", "  # whichcompute: ignore margin: by <October>\n  Job:"))
    text = markdown_check(engine.check(tmp_path))
    assert "<summary>1 suppressed problem</summary>" in text and "October" in text and "<October>" not in text


def test_a_scan_in_lines(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text(TEMPLATE)
    lines = scan_lines(engine.scan(tmp_path))
    assert lines[0].startswith("2 workloads with") and "Authorizer" in lines[1]


def test_every_answer_comes_with_its_reason_and_a_place_outside_with_its_name(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(
        "services: {db: {image: 'postgres:16', volumes: ['data:/var/lib/postgresql/data']}}\nvolumes: {data: }\n"
    )
    result = engine.check(tmp_path)
    (database,) = result.workloads
    assert database.recommended == "none" and "managed database" in database.why.lower()
    for text in (render_check(result, width=1000), markdown_check(result)):
        assert "managed database" in text.lower()


def test_findings_come_first_and_with_what_helps(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text(
        "Resources:\n"
        "  Fine: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 5, MemorySize: 512, Runtime: python3.12}}\n"
        "  Near: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 880}}\n"
        "  Broken: {Type: 'AWS::Lambda::Function', Properties: {MemorySize: 20480}}\n"
    )
    result = engine.check(tmp_path)
    text, page = render_check(result, width=1000), markdown_check(result)
    assert [text.index(f"{name}  t.yml") for name in ("Broken", "Near", "Fine")] == sorted(
        text.index(f"{name}  t.yml") for name in ("Broken", "Near", "Fine")
    )
    (limit,) = [problem for problem in result.problems if problem.outcome == "limit"]
    assert limit.remedy and limit.remedy in text
    assert page.index("Near") < page.index("<summary>1 workload without a finding</summary>") < page.index("Fine")


def test_a_baseline_without_news_says_so(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "t.yml").write_text(TEMPLATE)
    before = tmp_path / "accepted"
    before.write_text(engine.check(tmp_path).model_dump_json())
    assert summary(engine.check(tmp_path, baseline=before)) == "Nothing new: 2 workloads as in the baseline."


def test_remarks_on_values_are_shown(result: Check) -> None:
    assert "remark: MemorySize is not set" in render_check(result, width=1000)
