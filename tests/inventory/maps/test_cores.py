from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.cores import counted
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import general_map
from whichcompute.recommender.columns.typed import type_columns


@pytest.mark.parametrize(
    ("header", "rows", "vcpus", "doubtful"),
    [
        ("CPUs", ["4", "8"], [4, 8], False),
        ("CPU Model|Cores", ["Xeon|4", "Xeon|8"], [4, 8], False),
        ("Processors|Cores|Logical Processors", ["2|8|16", "1|4|8"], [16, 8], False),
        ("Sockets|Cores per socket", ["2|4", "1|8"], [8, 8], False),
        ("CPUs|Sockets|Cores p/s", ["8|2|4", "4|1|4"], [8, 4], False),
        ("Total CPUs|Cores Per CPU|Threads Per Core", ["1|4|1", "4|1|1"], [4, 4], False),
        ("CPUs|Cores per CPU", ["4|2", "8|4"], [4, 8], True),
        ("CPUs|Cores per CPU", ["4|1", "8|1"], [4, 8], False),
        ("CPUs|Cores", ["2|16", "1|8"], [16, 8], False),
        ("CPUs|Cores", ["2|3", "1|8"], [6, 8], False),
        ("CPUs|Cores", ["8|4", "16|8"], [8, 16], False),
        ("CPUs|Cores", ["8|4", "2|8"], [8, 2], True),
        ("Prozessoren|Kerne", ["2|16"], [16], False),
        ("Number of sockets", ["2"], [], False),
        ("CPU speed|CPU type|Cores used", ["2400|2|4"], [], False),
    ],
)
def test_vcpus_are_never_multiplied_on_a_guess(
    header: str, rows: list[str], vcpus: list[float], doubtful: bool
) -> None:
    names = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], schema=[str(at) for at in range(len(names))], orient="row")
    bound = general_map(names).bind(names)
    found = counted(bound, Sample(cells, names, points={}))
    assert bool(found.doubt) == doubtful
    if found.column is None:
        assert not vcpus
    else:
        bound = type(bound)("", (found.column,), (), bound.at, None)
        assert type_columns(bound.fields(cells).select("vcpus")).frame["vcpus"].to_list() == vcpus


def test_sockets_alone_are_said() -> None:
    cells = pl.DataFrame({"0": ["2"]})
    found = counted(general_map(["Sockets"]).bind(["Sockets"]), Sample(cells, ("Sockets",), points={}))
    assert found.said == "column 'Sockets' is not read: it counts sockets, and no column counts cores"
