from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from whichcompute import Engine, InventoryError, Workload, WorkloadError, recommend, score
from whichcompute.base.errors import WhichcomputeError
from whichcompute.recommender.columns import RESULTS

pd = pytest.importorskip("pandas")
pa = pytest.importorskip("pyarrow")

ROWS: list[dict[str, Any]] = [
    {"name": "a", "kind": "event_handler", "max_duration_s": "12 s", "state": "stateless", "high_availability": True},
    {"name": "b", "kind": None, "max_duration_s": None, "state": "persistent", "high_availability": None},
    {"name": "c", "kind": "batch_job", "max_duration_s": "2h", "state": None, "high_availability": False},
]


Kind = Enum("Kind", {"SITE": "website"}, type=str)  # not a StrEnum: str() of it is not its value


BAD = {"name": "bad", "kind": "webiste", "max_duration_s": "1h", "state": "stateless", "high_availability": None}
MAKE: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "polars": pl.DataFrame,
    "pandas": lambda rows: pd.DataFrame(rows, index=[f"row {at}" for at in range(len(rows))]),
    "pyarrow": pa.Table.from_pylist,
    "records": list,
}
LIBRARIES = list(MAKE)


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """A frame of any kind as rows, with every sort of nothing as None."""
    rows = frame
    if isinstance(frame, pl.DataFrame):
        rows = frame.to_dicts()
    elif isinstance(frame, pa.Table):
        rows = frame.to_pylist()
    elif not isinstance(frame, list):
        rows = frame.to_dict("records")
    return [{k: None if not isinstance(v, str | bool) and pd.isna(v) else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_same_kind_comes_back_with_the_results_that_recommend_gives(library: str) -> None:
    given = MAKE[library](ROWS)
    scored = score(given)
    assert type(scored) is type(given)
    for row, source in zip(rows_of(scored), ROWS, strict=True):
        result = recommend({name: value for name, value in source.items() if name != "name"})
        assert {name: row[name] for name in source} == source
        assert list(row) == [*source, *RESULTS]
        assert row["decision"] == result.decision and row["confidence"] == round(result.confidence, 4)
        assert row["recommended_service"] == (None if result.decision == "undecided" else result.service)


@pytest.mark.parametrize("library", LIBRARIES)
def test_rows_that_cannot_be_read_are_set_aside_with_the_reason(library: str) -> None:
    given = MAKE[library]([ROWS[0], BAD, ROWS[2]])
    scored, rejects = score(given, rejects=True)
    assert type(scored) is type(rejects) is type(given)
    assert [row["name"] for row in rows_of(scored)] == ["a", "c"]
    (reject,) = rows_of(rejects)
    assert (reject["row"], reject["column"], reject["value"]) == (1, "kind", "webiste")
    assert "did you mean website?" in reject["reason"]
    with pytest.raises(WorkloadError, match="row 1"):
        score(given)


@pytest.mark.parametrize("library", LIBRARIES)
def test_scoring_again_replaces_the_results_and_leaves_the_rest(library: str) -> None:
    once = score(MAKE[library](ROWS))
    assert rows_of(score(once)) == rows_of(once)


def test_index_types_and_columns_of_other_names_stay_as_they_are() -> None:
    given = pd.DataFrame(
        {"kind": pd.Categorical(["website", "web_api"]), "when": pd.to_datetime(["2026-01-01", None]), 7: [1, 2]},
        index=pd.Index(["x", "y"], name="key"),
    )
    before = given.copy()
    scored = score(given)
    pd.testing.assert_frame_equal(given, before)
    pd.testing.assert_frame_equal(scored[list(given.columns)], given)
    assert scored["confidence"].dtype == float


def test_a_column_that_mixes_numbers_and_text_is_read_cell_by_cell() -> None:
    rows = [{"max_duration_s": 12}, {"max_duration_s": "15 min"}, {"max_duration_s": True}, {}]
    scored, rejects = score(rows, rejects=True)
    assert len(scored) == 3 and rejects[0]["row"] == 2
    frame = pd.DataFrame({"max_duration_s": [901, "15m", None]}, dtype=object)
    assert ["lambda" in out for out in score(frame)["ruled_out"]] == [True, False, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_duration_s", timedelta(minutes=20)),
        ("max_duration_s", np.timedelta64(1200 * 10**9, "ns")),
        ("max_duration_s", pd.Timedelta("20min")),
        ("memory_mb", Decimal("512.5")),
        ("memory_mb", Decimal("NaN")),
        ("memory_mb", Fraction(1025, 2)),
        ("memory_mb", np.int64(512)),
        ("kind", Kind["SITE"]),
        ("autoscaling", np.bool_(True)),
        ("memory_mb", timedelta(minutes=5)),
        ("memory_mb", date(2026, 1, 1)),
        pytest.param("memory_mb", 10**5000, id="beyond all floats"),
        ("max_duration_s", np.timedelta64("NaT")),
    ],
)
@pytest.mark.parametrize("way", ["records", "pandas", "beside text"])
def test_a_cell_of_another_type_is_read_as_recommend_reads_it(field: str, value: Any, way: str) -> None:
    row = {"kind": "web_api", "typical_duration_s": 1, field: value}
    rows: Any = [row, {"kind": "web_api", field: "n/a"}] if way == "beside text" else [row]
    frame = pd.DataFrame(rows).astype({field: object}) if way == "pandas" else rows
    try:
        expected = recommend(row)
    except WorkloadError:
        with pytest.raises(WorkloadError, match=field):
            score(frame)
        return
    found = score(frame)
    first = found.iloc[0].to_dict() if way == "pandas" else found[0]
    assert first["confidence"] == round(expected.confidence, 4)
    assert first["plausible_services"].split(";")[0] == expected.service


def test_workloads_and_generators_are_rows_too() -> None:
    scored = score(iter([Workload(kind="web_api"), Workload(gpus=4)]))
    assert [("lambda" in row["ruled_out"]) for row in scored] == [False, True]


@pytest.mark.parametrize("library", LIBRARIES)
def test_no_rows_and_no_values_are_no_error(library: str) -> None:
    assert rows_of(score(MAKE[library](ROWS[:0]))) == []
    assert [row["decision"] for row in rows_of(score(MAKE[library]([{"description": "a note"}])))] == ["undecided"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_frame_without_any_field_of_a_workload_is_refused(library: str) -> None:
    with pytest.raises(InventoryError, match=r"none of the columns .*: Memory \(GB\), vCPU; rename them"):
        score(MAKE[library]([{"Memory (GB)": 4, "vCPU": 2}]))


def test_missing_values_of_pandas_and_numpy_are_unknown_in_every_way_in() -> None:
    known = {"kind": "web_api", "memory_mb": 2048.0}
    for missing in (math.nan, np.float64("nan"), pd.NA, pd.NaT, None):
        row = {**known, "language": missing, "vcpus": missing}
        assert recommend(row).model_dump() == recommend(known).model_dump()
        (scored,), (same,) = score([row]), score([known])
        assert {name: scored[name] for name in RESULTS} == {name: same[name] for name in RESULTS}


def test_what_offers_the_arrow_interface_comes_back_as_polars() -> None:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pl.DataFrame({"kind": ["website"]}).__arrow_c_stream__(requested_schema)

    assert isinstance(score(Stream()), pl.DataFrame)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("w.csv", "whichcompute score w.csv -o scored.csv"),
        (Path("w.csv"), "polars.read_csv('w.csv')"),
        ({"kind": "website"}, "call recommend() for one workload"),
        (None, "not NoneType"),
        ([1], "row 0: int '1'; each row must be a mapping of fields"),
        (pd.Series({"kind": "website"}), "not Series"),
    ],
    ids=["text", "path", "mapping", "nothing", "numbers", "series"],
)
def test_what_is_no_frame_is_answered_with_what_to_do(data: object, words: str) -> None:
    with pytest.raises(InventoryError) as caught:
        score(data)
    assert words in str(caught.value)


@pytest.mark.parametrize("given", ["w.yaml", Path("w.yaml"), None, 3], ids=["text", "path", "nothing", "number"])
def test_what_is_no_workload_is_answered_with_what_to_do(given: Any) -> None:
    with pytest.raises(WhichcomputeError) as caught:
        recommend(given)
    assert "allowed: a mapping" in str(caught.value) or "whichcompute recommend w.yaml" in str(caught.value)


def test_an_unknown_form_of_reasons_is_refused() -> None:
    with pytest.raises(WorkloadError, match="explain = 'fulll': allowed: none, short, full"):
        score(ROWS, explain="fulll")


def test_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["website", "web_api"]], columns=["kind", "kind"])
    with pytest.raises(InventoryError, match="more than once"):
        score(frame)


def test_nothing_is_imported_that_nobody_brought() -> None:
    source = Path(sys.modules["whichcompute.engine.frames"].__file__ or "").read_text()
    assert "import pandas" not in source and "import pyarrow" not in source


def test_an_engine_scores_alike(engine: Engine) -> None:
    assert engine.score(ROWS) == score(ROWS)


def test_a_portfolio_of_a_frame_is_that_of_the_file(tmp_path: Path) -> None:
    api = {"kind": "web_api", "protocol": "http", "vcpus": 1.0, "memory_mb": 2048.0, "packaging": "container"}
    rows = [{**api, "environment": "production", "peak_concurrency": 60.0, "autoscaling": True}] * 12
    inventory, out, sums = (tmp_path / name for name in ("in.jsonl", "out.csv", "sums.json"))
    inventory.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    engine = Engine.default()
    engine.score_inventory(str(inventory), str(out), notify=lambda _: None, portfolio=str(sums))
    found = engine.portfolio(rows)
    assert json.loads(sums.read_text()) == json.loads(found.model_dump_json())
    assert found.workloads == found.priced == 12 and found.low < found.expected < found.high
    for parts in (found.rests_on, found.by_service):
        assert sum(parts.values()) == pytest.approx(found.expected)
    assert found.load_balancers is not None and found.load_balancers.shared_usd < found.load_balancers.usd
    assert found.savings_plan is not None and [quota.region for quota in found.quotas] == ["us-east-1"]


def test_a_portfolio_of_nothing_is_empty() -> None:
    found = Engine.default().portfolio([{"description": "a note"}])
    assert (found.workloads, found.priced, found.expected) == (1, 0, 0) and found.savings_plan is None
