"""Drafts a map for an inventory: what is read without one, written out, so that it can be edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from whichcompute.base.errors import printable
from whichcompute.base.words import wrap
from whichcompute.inventory.maps.entry_parts import UNSETTLED
from whichcompute.inventory.maps.instances import SIZED, by_type
from whichcompute.inventory.maps.mapping import BoundMap, Column, Skip
from whichcompute.inventory.maps.paths import base, normal
from whichcompute.inventory.maps.questions import Question
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled
from whichcompute.inventory.maps.titles import columns_of
from whichcompute.inventory.maps.values import power_states
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_WIDTH = 100
_MANY = 20  # words that a skip may list
_NAMES = ("sources", "unit_from", "times", "times_if_known", "over", "plus", "column")  # the parts that name columns
_LEFT_OUT = ("descriptor", "rule", "guessed")
_TEXTS = ("always", "because", "prefix")


def draft(name: str, settled: Settled, sample: Sample, open_questions: list[Question]) -> str:
    """The settled map in YAML; what is unsure and the columns without a match are listed in comments."""
    header, bound = sample.header, settled.map
    titles = {normal(title): title for title in reversed(header)}
    lines = [f"# Map for {printable(name)}. Each entry names a descriptor and its column. Edit it, then run:"]
    lines += ["#   whichcompute score INVENTORY -o OUT --map THIS_FILE"]
    lines += [f"# Check: {printable(notice)}" for notice in settled.notices]
    if bound.id is not None:
        lines += [f"ids: [{_quoted(header[bound.id])}]"]
    lines += ["columns:", *(_entry(_open(column, bound), titles) for column in bound.columns)]
    if not bound.columns:
        lines += ["  # No column resembles a descriptor. Write, for example:", "  # memory_mb: {from: RAM, unit: GB}"]
    lines += [*_skipped(_occurring(bound, sample), titles), *_unsure(open_questions, titles)]
    lines += ["", *_left(bound, header)]
    for power in columns_of(header, "power_state")[:1] if not bound.skips else ():
        lines += ["#", "# skip:", f"#   - {{column: {_quoted(power)}, values: [poweredOff], because: powered off}}"]
    return "\n".join([*lines, ""])


def unused(bound: BoundMap, header: Sequence[str]) -> list[str]:
    """The titles of the columns that neither name a row nor are read or skipped by."""
    used = {base(name) for column in bound.columns for name in column.names}
    used |= {base(skip.column) for skip in bound.skips}
    return [title for at, title in enumerate(header) if normal(title) not in used and at != bound.id]


def _left(bound: BoundMap, header: tuple[str, ...]) -> Iterator[str]:
    """The columns that are not used and the descriptors that remain unknown, as comments."""
    left = unused(bound, header)
    known = {column.descriptor for column in bound.columns}
    unknown = [field for field in DECIDING if field not in known]
    for what, names in (("Columns not used", map(_quoted, left)), ("Descriptors still unknown", unknown)):
        yield from wrap(f"# {what}: {', '.join(names) or 'none'}", _WIDTH, hang="#   ", break_words=False)


def _unsure(open_questions: list[Question], titles: Mapping[str, str]) -> Iterator[str]:
    for question in open_questions:
        yield f"  # Unsure: {printable(question.text)}"
        for answer, column in question.options.items():
            if column is not None and answer != question.default:
                yield f"  #   {answer}: {_entry(column, titles).strip()}"


def _open(column: Column, bound: BoundMap) -> Column:
    """The column, its unit left to the values where its cells name several."""
    return replace(column, unit=UNSETTLED) if column.descriptor in bound.beside else column


def _entry(column: Column, titles: Mapping[str, str]) -> str:
    """One entry of `columns`, as `parse_preset` reads it: the parts that differ from what they are without an entry."""
    parts = _parts(column, Column(column.descriptor), titles)
    if column.descriptor in SIZED and column.values == by_type(column.descriptor):
        parts = {"instance_type" if key == "values" else key: text for key, text in parts.items()}
        parts["instance_type"] = "true"
    return f"  {column.descriptor}: {_written(parts)}  # {DESCRIPTORS[column.descriptor].meaning}"


def _parts(entry: Column | Skip, usual: Column | Skip, titles: Mapping[str, str]) -> dict[str, str]:
    """The parts of an entry that differ from the usual ones, as they are written."""
    return {
        part.metadata.get("key", part.name): _part(part.name, getattr(entry, part.name), titles)
        for part in fields(entry)
        if part.name not in _LEFT_OUT and getattr(entry, part.name) != getattr(usual, part.name)
    }


def _written(parts: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{key}: {text}' for key, text in parts.items())}}}"


def _part(name: str, value: Any, titles: Mapping[str, str]) -> str:
    if name in _NAMES:
        return _names((value,) if isinstance(value, str) else value, titles)
    if isinstance(value, Mapping):
        return _written({_text(given): _text(meant) for given, meant in value.items()})
    if isinstance(value, tuple):
        lists = {words: f"@{states}" for states, words in power_states().items()}
        return f"[{', '.join(map(_text, [lists[value]] if value in lists else value))}]"
    return (
        _text(value)
        if name in _TEXTS or value == UNSETTLED
        else repr(value)
        if isinstance(value, float)
        else str(value).lower()
    )


def _names(names: tuple[str, ...], titles: Mapping[str, str]) -> str:
    quoted = [_quoted(titles.get(normal(name), name)) for name in names]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _occurring(bound: BoundMap, sample: Sample) -> tuple[Skip, ...]:
    """The skips, of words that only may occur those that do."""
    found = []
    for skip in bound.skips:
        cells = frozenset(sample.of(bound, skip.column).str.to_lowercase())
        named = skip.values in power_states().values() or len(skip.values) < _MANY
        values = skip.values if named else tuple(word for word in skip.values if word in cells)
        found += [replace(skip, values=values)] if values or skip.prefix or skip.unless else []
    return tuple(found)


def _skipped(skips: tuple[Skip, ...], titles: Mapping[str, str]) -> Iterator[str]:
    """The entries of `skip`."""
    if skips:
        yield "skip:"
    yield from (f"  - {_written(_parts(skip, Skip(''), titles))}" for skip in skips)


def _quoted(column: str) -> str:
    return _text(printable(column))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
