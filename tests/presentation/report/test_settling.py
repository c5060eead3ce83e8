from __future__ import annotations

from tests.recommender.columns.frames import typed_frame
from whichcompute import Engine
from whichcompute.presentation.report.settling import settling


def test_fields_are_added_one_by_one_and_settle_ever_more(engine: Engine) -> None:
    rows = typed_frame([{}, {"os": "linux"}, {"memory_mb": 2048.0}])
    found = settling(engine.columns, rows, 30, ["os", "kind", "packaging", "max_duration_s"])
    assert [len(each.fields) for each in found] == [1, 2, 3]
    assert found[1].fields[:1] == found[0].fields
    assert all(0 <= each.rows <= each.of == 30 for each in found)


def test_nothing_open_needs_nothing(engine: Engine) -> None:
    assert settling(engine.columns, typed_frame([{}]).clear(), 0, ["os"]) == []


def test_the_same_rows_give_the_same_figures(engine: Engine) -> None:
    rows = typed_frame([{"os": "linux", "vcpus": float(n)} for n in range(20)])
    columns = engine.columns
    assert settling(columns, rows, 20, ["kind", "gpus"]) == settling(columns, rows, 20, ["kind", "gpus"])
