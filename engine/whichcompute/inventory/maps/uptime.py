"""Machines that have run for a week without interruption are servers, not jobs: by an uptime, or by when they started.

The day of an export is not known; the newest start in the list is the earliest that it can be.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import columns_of
from whichcompute.inventory.maps.values import DAY, day_of

FIELD = "kind"
_WEEK = timedelta(days=7)
_READABLE = 0.5
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y")
_TITLES = {"uptime": "", "uptime_days": "d", "uptime_hours": "h", "uptime_seconds": "s"}


def of_uptime(bound: BoundMap, sample: Sample) -> Column | None:
    """How `kind` follows from how long machines have run; None if no column says so."""
    for title, unit in ((title, unit) for what, unit in _TITLES.items() for title in columns_of(sample.titles, what)):
        column = Column(FIELD, (title,), unit=unit, table="uptime", hint=True, rule=_rule(title))
        if sample.typed(bound, column)[0].is_not_null().any():
            return column
    for title in columns_of(sample.titles, "started"):
        cells = sample.of(bound, title)
        days = {name: read for name in _FORMATS if (read := _days(cells, name)) is not None}
        if len(days) == 1:
            ((name, newest),) = days.items()
            since = (name, (max(newest, date.min + _WEEK) - _WEEK).isoformat())
            return Column(FIELD, (title,), since=since, values={"*": "server"}, hint=True, rule=_rule(title))
    return None


def _rule(title: str) -> str:
    return f"a machine that has run for a week is a server, by '{shown(title)}'"


def _days(cells: pl.Series, name: str) -> date | None:
    """The newest day of cells in a format; None unless all that are dates have it."""
    dated = cells.filter(cells.str.contains(DAY))
    days = pl.select(day_of(pl.lit(dated), name)).to_series()
    newest = days.max()
    most = len(dated) > _READABLE * len(cells) and not days.null_count()
    return newest if most and isinstance(newest, date) else None
