from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.questions import MOST, Question, answered, unsure
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled, settle
from whichcompute.inventory.maps.titles import general_map


def asked(header: str, *rows: str) -> tuple[Settled, list[Question]]:
    names = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], schema=[str(at) for at in range(len(names))], orient="row")
    sample = Sample(cells, names, points={})
    settled = settle(general_map(names).bind(names), sample)
    return settled, unsure(settled, sample)


@pytest.mark.parametrize(
    ("header", "rows", "field", "said", "default", "options"),
    [
        (
            "Name|Memory",
            ["a|16", "b|32"],
            "memory_mb",
            "in which unit is column 'Memory' (16, 32)",
            "gb",
            "mb gb tb none",
        ),
        ("Name|RAM foo GB", ["a|16"], "memory_mb", "is column 'RAM foo GB' (16) memory_mb", "no", "yes no"),
        ("Name|CPU_Targeted", ["a|4"], "vcpus", "is column 'CPU_Targeted' (4) vcpus", "no", "yes no"),
        ("Name|Disk", ["a|2"], "stored_data_gb", "in which unit is column 'Disk' (2)", "none", "mb gb tb none"),
        ("CPUs|Cores per CPU", ["4|2"], "vcpus", "is 'CPUs' the total of vCPUs", "total", "total product"),
    ],
)
def test_what_is_unsure_is_asked(
    header: str, rows: list[str], field: str, said: str, default: str, options: str
) -> None:
    _, (question,) = asked(header, *rows)
    assert question.field == field
    assert question.text.startswith(said)
    assert question.default == default
    assert list(question.options) == options.split()


@pytest.mark.parametrize("header", ["vcpus|max_duration_s", "vCPU|RAM (GB)", "Owner|Colour"])
def test_what_is_sure_is_not_asked(header: str) -> None:
    assert not asked(header, "4|16", "8|32")[1]


def test_no_more_is_asked_than_three() -> None:
    header = "CPUs|Cores per CPU|Memory|Disk|Server OS foo|App environment bar"
    assert len(asked(header, "4|2|16|100|x|y")[1]) <= MOST


def test_an_answer_changes_the_map_and_the_default_does_not() -> None:
    settled, (question,) = asked("Name|Memory", "a|16", "b|32")
    assert answered(settled, question, "gb").map is settled.map
    assert [column.unit for column in answered(settled, question, "mb").map.columns] == ["mb"]
    assert not answered(settled, question, "none").map.columns


def test_what_was_answered_is_no_assumption_any_more() -> None:
    settled, (question, *_) = asked("Name|Memory|state", "a|16|ok", "b|32|ok")
    assert [notice.split(" ")[1] for notice in settled.notices] == ["'state'", "'Memory'"]
    assert [notice.split(" ")[1] for notice in answered(settled, question, "mb").notices] == ["'state'"]
