from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.cells import read_fields
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import settle
from whichcompute.inventory.maps.titles import general_map


def kinds_of(header: str, cells: list[str], machine: str = "VM") -> list[object] | None:
    """What `kind` is read as from a column of a list of machines; None if it is not read."""
    names = (machine, "CPUs", "Guest OS" if machine == "VM" else "OS", header)
    frame = pl.DataFrame(
        [[f"a{at}", "4", "Debian 12", cell] for at, cell in enumerate(cells)], ["0", "1", "2", "3"], orient="row"
    )
    bound = settle(general_map(names).bind(names), Sample(frame, names, points={})).map
    if "kind" not in {column.descriptor for column in bound.columns}:
        return None
    return read_fields(bound.fields(frame).drop(frame.columns))[0].frame["kind"].to_list()


@pytest.mark.parametrize(
    ("header", "cells", "kinds"),
    [
        (
            "Uptime",
            ["12 days, 3:04", "6 days", "", "45j 3h", "8 Tage", "3 weeks"],
            ["server", None, None] + ["server"] * 3,
        ),
        ("Uptime", ["12.03:45:10", "0.23:10:00", "06:12:00"], ["server", None, None]),
        ("Uptime (days)", ["6", "7", "120"], [None, "server", "server"]),
        ("Uptime seconds", ["604799", "604800", "9999999"], [None, "server", "server"]),
        ("Uptime hours", ["100", "168"], [None, "server"]),
        ("PowerOn", ["2026/03/01 10:00:00", "2026/03/20 10:00:00", "2026/03/14 23:00:00"], ["server", None, None]),
        ("Last boot", ["01.03.2026 10:00", "20.03.2026 10:00", ""], ["server", None, None]),
        ("LaunchTime", ["2026-03-01T10:00:00Z", "2026-03-20T10:00:00Z"], ["server", None]),
        ("Last reboot", ["03/25/2026", "01/02/2026"], [None, "server"]),
        ("Last reboot", ["03/04/2026", "01/02/2026"], None),
        ("PowerOn", ["0001-01-03", "0001-01-01"], [None, "server"]),
        ("PowerOn", ["0001-01-03", "never", "never"], None),
        ("Uptime", ["99.99 %", "100 %"], None),
        ("Uptime", [" 19:23:25 up 260 days, 18:51,  0 users", "19:23:21 up 1 day, 10:10"], ["server", None]),
        ("Launch time", ["24-10-2024 12:05", "01-01-2024 12:00"], [None, "server"]),
        ("Launch time", ["10-24-2024 12:05", "01-01-2024 12:00"], [None, "server"]),
        ("Launch time", ["03-04-2024", "01-02-2024"], None),
    ],
)
def test_a_machine_that_has_run_for_a_week_is_a_server(
    header: str, cells: list[str], kinds: list[str | None] | None
) -> None:
    assert kinds_of(header, cells) == kinds


def test_a_list_of_other_things_says_nothing() -> None:
    assert kinds_of("Uptime", ["12 days"], "Workload") is None
