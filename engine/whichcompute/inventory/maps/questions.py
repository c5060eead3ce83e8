"""What a map leaves unsure, as a few questions: what is in doubt, units that were guessed, columns left unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from whichcompute.base.errors import shown
from whichcompute.inventory.maps import cores, sizes
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled
from whichcompute.inventory.maps.titles import columns_of, nearly, split
from whichcompute.inventory.maps.values import tables
from whichcompute.knowledge.descriptors import DESCRIPTORS

MOST = 3
_FIELDS = ("vcpus", "memory_mb", "os", "environment", "stored_data_gb")
_COUNTING = ("vcpus", "cores", "processors")  # what titles may count in place of vCPUs
_UNITS = ("mb", "gb", "tb")
_READABLE = 0.5
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one descriptor: by answer the column that is then read (None: none); `default` keeps the map."""

    field: str
    text: str
    options: Mapping[str, Column | None]
    default: str


def unsure(settled: Settled, sample: Sample) -> list[Question]:
    """The questions whose answers matter most, at most three."""
    found = {question.field: question for question in _all(settled, sample)}
    return list(found.values())[:MOST]


def answered(settled: Settled, question: Question, answer: str) -> Settled:
    """The map after an answer to a question; what was assumed about its columns is settled."""
    asked = {f"'{shown(name)}'" for column in question.options.values() if column for name in column.names}
    notices = tuple(notice for notice in settled.notices if not any(name in notice for name in asked))
    bound = settled.map
    if answer != question.default:
        chosen = question.options[answer]
        others = tuple(column for column in bound.columns if column.descriptor != question.field)
        bound = replace(bound, columns=(*others, chosen) if chosen else others)
    return replace(settled, map=bound, notices=notices)


def _all(settled: Settled, sample: Sample) -> Iterator[Question]:
    known = {column.descriptor: column for column in settled.map.columns}
    for field in _FIELDS:
        column = known.get(field)
        if column is None:
            yield from _unread(settled.map, sample, field)
        elif field == cores.FIELD and field in settled.doubts:
            yield from _counting(settled, sample, column)
        elif field in sizes.SIZED and column.sources and (_guessed(column) or field in settled.doubts):
            yield _unit(sample, settled.map, column)


def _unread(bound: BoundMap, sample: Sample, field: str) -> Iterator[Question]:
    """Whether a column whose title says so among other words is the one; or in which unit it is."""
    table = field if field in tables() else ""
    kinds = _COUNTING if field == cores.FIELD else (field,)
    for title in (title for find in (columns_of, nearly) for kind in kinds for title in find(sample.titles, kind)):
        column = Column(field, (title,), unit=split(title)[1], table=table)
        if sample.readable(bound, replace(column, unit="b" if field in sizes.SIZED else "")) < _READABLE:
            continue
        if field in sizes.SIZED and not column.unit and sample.bare(bound, title):
            yield _unit(sample, bound, column, read=False)
        else:
            text = f"is column '{shown(title)}'{_examples(sample, bound, title)} {_meaning(field)}?"
            yield Question(field, text, {"yes": column, "no": None}, "no")
        return


def _unit(sample: Sample, bound: BoundMap, column: Column, *, read: bool = True) -> Question:
    title = column.sources[0]
    options: dict[str, Column | None] = {unit: replace(column, unit=unit) for unit in _UNITS}
    if column.unit not in _UNITS and column.unit:
        options[column.unit] = column
    default = (column.unit or "mb") if read else "none"
    is_read = f"column '{shown(title)}'{_examples(sample, bound, title)}, read as {_meaning(column.descriptor)}"
    text = f"in which unit is {is_read}, or none if it is something else?"
    return Question(column.descriptor, text, {**options, "none": None}, default)


def _counting(settled: Settled, sample: Sample, column: Column) -> Iterator[Question]:
    """Whether processors are the total of cores, or each of them has several."""
    per = [*columns_of(sample.titles, "cores_per_processor"), *columns_of(sample.titles, "cores")]
    whole = [*columns_of(sample.titles, "processors"), *columns_of(sample.titles, "sockets")]
    if not per or not whole:
        return
    product = Column(column.descriptor, (whole[0],), times_if_known=(per[0],))
    names = f"'{shown(whole[0])}' x '{shown(per[0])}'"
    text = f"is '{shown(column.sources[0])}' the total of vCPUs, or is it the product {names}?"
    yield Question(column.descriptor, text, {"total": column, "product": product}, "total")


def _guessed(column: Column) -> bool:
    return bool(column.unit) and not split(column.sources[0])[1] and column.sources != (column.descriptor,)


def _meaning(field: str) -> str:
    return f"{field} ({DESCRIPTORS[field].meaning.partition(':')[0].rstrip('.')})"


def _examples(sample: Sample, bound: BoundMap, title: str) -> str:
    cells = sample.of(bound, title).unique(maintain_order=True).head(_EXAMPLES)
    return f" ({', '.join(map(shown, cells))})" if len(cells) else ""
