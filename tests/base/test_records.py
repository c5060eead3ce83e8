from __future__ import annotations

import copy
import json
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from whichcompute.base.records import Record


@dataclass(frozen=True)
class Part(Record):
    name: str
    read_on: date | None = None


@dataclass(frozen=True)
class Whole(Record):
    parts: tuple[Part, ...]
    by_name: dict[str, Part]
    share: float


WHOLE = Whole((Part("a", date(2026, 11, 23)), Part("b")), {"c": Part("ü")}, 0.5)
DUMPED: dict[str, Any] = {
    "parts": [{"name": "a", "read_on": "2026-11-23"}, {"name": "b", "read_on": None}],
    "by_name": {"c": {"name": "ü", "read_on": None}},
    "share": 0.5,
}


def test_a_record_gives_itself_out_as_json() -> None:
    assert WHOLE.model_dump() == DUMPED
    assert json.loads(WHOLE.model_dump_json()) == json.loads(WHOLE.model_dump_json(indent=2)) == DUMPED
    assert WHOLE.model_dump_json().startswith('{"parts":[{"name":"a",')


def test_a_schema_can_be_made_of_it_that_takes_it_back_and_nothing_more() -> None:
    adapter = TypeAdapter(Whole)
    assert adapter.validate_python(DUMPED) == WHOLE
    with pytest.raises(ValidationError, match="surprise"):
        adapter.validate_python({**DUMPED, "surprise": 1})


def test_equal_records_are_interchangeable_and_cannot_be_changed() -> None:
    part = Part("a")
    assert part == Part(name="a", read_on=None) and hash(part) == hash(Part("a"))
    with pytest.raises(FrozenInstanceError):
        part.name = "b"


def test_a_misspelt_field_is_refused() -> None:
    with pytest.raises(TypeError, match="nam"):
        Part(nam="a")


class Source:
    """Counts how often each of its parts is worked out."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> str:
        self.asked.append(name)
        return f"the {name}"


@dataclass(frozen=True)
class Pair(Record):
    first: str
    second: str


def test_a_deferred_field_is_worked_out_once_and_only_when_it_is_read() -> None:
    source = Source()
    pair = Pair.deferred(source, first="known")
    assert pair.first == "known" and source.asked == []
    assert [pair.second, pair.second] == ["the second"] * 2 and source.asked == ["second"]
    with pytest.raises(AttributeError, match="'Pair' object has no attribute 'third'"):
        _ = pair.third


def test_a_deferred_record_is_equal_copied_pickled_and_dumped_like_any_other() -> None:
    whole = Pair("known", "the second")

    def deferred() -> Pair:
        return Pair.deferred(Source(), first="known")

    assert deferred() == whole and repr(deferred()) == repr(whole) and deferred().model_dump() == whole.model_dump()
    assert pickle.loads(pickle.dumps(deferred())) == copy.deepcopy(deferred()) == replace(deferred()) == whole
