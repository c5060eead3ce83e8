from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import Value


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=6))
def test_rows_name_the_places_of_recommend(engine: Engine, rows: list[dict[str, Value]]) -> None:
    outside = engine.columns.results(typed_frame(rows))["outside"]
    for row, places in zip(rows, outside, strict=True):
        assert places == ";".join(place.id for place in engine.recommend(row).outside)


def test_the_product_comes_before_the_instance(engine: Engine) -> None:
    rows: list[dict[str, Value]] = [
        {"os": "linux", "product_class": "database", "memory_mb": 32768.0},
        {"kind": "event_handler", "max_duration_s": 10.0},
    ]
    database, function = engine.columns.results(typed_frame(rows))["outside"]
    assert database.split(";")[0] == "managed_database" and function == ""
