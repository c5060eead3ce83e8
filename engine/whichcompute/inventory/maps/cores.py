"""Which columns count vCPUs: logical processors, cores, processors or sockets; never multiplied on a guess.

A product is taken only where titles or values say what is counted: sockets with cores per socket, or processors that
cannot be a total, as their number is not a multiple of the cores of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from whichcompute.base.errors import shown
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.titles import columns_of, split

FIELD = "vcpus"
_THREAD = "thread"
KINDS = ("vcpus", "cores", "processors", "sockets", "cores_per_processor")
_READABLE = 0.5
_PARTS = 8  # containers may have a quarter or an eighth of a vCPU


@dataclass(frozen=True, slots=True)
class Counted:
    """The column that counts vCPUs (None: none does), what was assumed, and what remains in doubt ('': nothing)."""

    column: Column | None
    said: str = ""
    doubt: str = ""


def counted(bound: BoundMap, sample: Sample) -> Counted:
    """The column of vCPUs by titles and values."""
    found = {kind: _first(bound, sample, columns_of(sample.titles, kind)) for kind in KINDS}
    logical, cores, processors, sockets, per = (found[kind] for kind in KINDS)
    if logical and not _threads_of_a_core(bound, sample, logical, cores or processors):
        return Counted(Column(FIELD, (logical,)))
    if sockets and per and not (processors or cores):
        return Counted(_product(sockets, per, "sockets x cores per socket"))
    if processors and per:
        return _processors(bound, sample, processors, per, sockets)
    whole = processors or sockets
    if cores and whole:
        return _cores(bound, sample, cores, whole)
    if cores or processors:
        return Counted(Column(FIELD, (cores or processors,)))
    said = f"column '{shown(sockets)}' is not read: it counts sockets, and no column counts cores" if sockets else ""
    return Counted(None, said)


def _threads_of_a_core(bound: BoundMap, sample: Sample, logical: str, whole: str) -> bool:
    """Whether a column `Threads` counts those of one core: they are fewer than the cores in a row."""
    named = bool(whole) and split(logical)[0] == _THREAD
    return named and bool(_pairs(bound, sample, logical, whole).filter(pl.col("one") < pl.col("other")).height)


def _first(bound: BoundMap, sample: Sample, titles: list[str]) -> str:
    """The first of these columns that holds numbers; '' if none does."""
    return next((title for title in titles if _counts(bound, sample, Column(FIELD, (title,)))), "")


def _counts(bound: BoundMap, sample: Sample, column: Column) -> bool:
    """Whether most cells of a column are numbers of vCPUs: whole ones or eighths, which shares of use rarely are."""
    values = sample.typed(bound, column)[0].drop_nulls()
    whole = (values * _PARTS % 1 == 0).sum() if len(values) else 0
    return whole >= _READABLE * len(values) and sample.readable(bound, column) >= _READABLE


def _product(whole: str, per: str, rule: str) -> Column:
    return Column(FIELD, (whole,), times_if_known=(per,), rule=rule)


def _pairs(bound: BoundMap, sample: Sample, one: str, other: str) -> pl.DataFrame:
    numbers = [sample.typed(bound, Column(FIELD, (title,)))[0] for title in (one, other)]
    return pl.DataFrame({"one": numbers[0], "other": numbers[1]}).drop_nulls().filter(pl.col("other") > 0)


def _processors(bound: BoundMap, sample: Sample, processors: str, per: str, sockets: str) -> Counted:
    """Processors beside cores per processor: the processors are the total unless that is impossible."""
    pairs = _pairs(bound, sample, processors, per)
    if pairs.filter(pl.col("one") % pl.col("other") != 0).height:
        said = f"'{shown(processors)}' x '{shown(per)}': '{shown(processors)}' cannot be the total of cores"
        return Counted(_product(processors, per, "processors x cores of each"), said)
    several = pairs.filter(pl.col("other") > 1).height and not sockets
    doubt = f"'{shown(processors)}' may count processors of several cores; it is read as the total" if several else ""
    return Counted(Column(FIELD, (processors,)), doubt=doubt)


def _cores(bound: BoundMap, sample: Sample, cores: str, whole: str) -> Counted:
    """Cores beside processors or sockets: the larger is the total, or both are in doubt."""
    pairs = _pairs(bound, sample, cores, whole)
    more = pairs.filter(pl.col("one") > pl.col("other")).height
    fewer = pairs.filter(pl.col("one") < pl.col("other")).height
    if more and not fewer:
        if pairs.filter(pl.col("one") % pl.col("other") != 0).height:
            said = f"'{shown(whole)}' x '{shown(cores)}': '{shown(cores)}' cannot be the total of cores"
            return Counted(_product(whole, cores, "processors x cores of each"), said)
        said = f"'{shown(cores)}' is read as the total of cores, '{shown(whole)}' as the number of processors"
        return Counted(Column(FIELD, (cores,)), said)
    if fewer:
        doubt = f"'{shown(whole)}' and '{shown(cores)}' both may count vCPUs; '{shown(whole)}' is read"
        return Counted(Column(FIELD, (whole,)), doubt=doubt if more else "")
    return Counted(Column(FIELD, (cores,)))
