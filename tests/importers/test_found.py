from __future__ import annotations

from whichcompute.importers.found import Draft, Findings, Scan
from whichcompute.importers.nodes import Node


def draft() -> Draft:
    return Draft("a", "f.yml", 1, "Test")


def test_a_better_founded_value_replaces_a_weaker_one() -> None:
    one = draft()
    one.hint("memory_mb", 1, Node("1", 2), "a", "guess")
    one.derive("memory_mb", 2, Node("2", 3), "b", "rule")
    one.take("memory_mb", 3, Node("3", 4), "c")
    one.take("memory_mb", 4, Node("4", 5), "d")
    found = one.finished()
    assert [(v.value, v.how, v.line) for v in found.values] == [(3, "given", 4)] and not found.hints


def test_an_uncertain_value_is_a_hint() -> None:
    one = draft()
    one.take("memory_mb", 512, Node("512", 2, certain=False), "a")
    found = one.finished()
    assert not found.values and found.hints[0].how == "hint" and found.need == {"workload_id": "a"}


def test_a_value_that_the_field_cannot_have_is_a_remark() -> None:
    one = draft()
    one.take("cpu_architecture", "sparc", Node("sparc", 2), "arch")
    assert not one.finished().values and "sparc" in one.finished().remarks[0]


def test_names_are_safe_to_print() -> None:
    findings = Findings("f")
    findings.draft("a\x1b[31m", 1, "Test")
    findings.leave_out("b\n", 1, "reason")
    assert "\x1b" not in findings.drafts[0].finished().workload_id and "\n" not in findings.left_out[0].name
    assert repr(Scan((), (), (), ())) == "<Scan of 0 files: 0 workloads>"
    assert repr(Scan((), (), (), ("a.tf",))) == "<Scan of 1 file: 0 workloads>"
