from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from whichcompute.base.entries import EntryError, entries_of, read_entries, read_entry
from whichcompute.base.errors import DataError, FactError


def _even(value: Any) -> int:
    if value % 2:
        raise EntryError(f"'{value}' must be even")
    return int(value)


@dataclass(frozen=True)
class Part:
    name: str
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Whole:
    id: str
    tags: tuple[str, ...]
    share: float = 0.0
    count: int | None = None
    on: bool = False
    day: date | None = None
    parts: tuple[Part, ...] = ()
    free: tuple[dict[str, Any], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    even: Annotated[int, _even] = 0


GOOD: dict[str, Any] = {"id": "x", "tags": ["t"]}


def test_an_entry_becomes_what_its_class_says() -> None:
    table = {**GOOD, "share": 1, "count": 3, "on": True, "day": date(2026, 1, 1), "parts": [{"name": "p", "kind": "b"}]}
    more = {"free": [{"anything": 1}], "names": {"a": "b"}, "even": 4}
    assert read_entry({**table, **more}, Whole) == Whole(
        "x", ("t",), 1, 3, True, date(2026, 1, 1), (Part("p", "b"),), ({"anything": 1},), {"a": "b"}, 4
    )
    assert read_entry(GOOD, Whole) == Whole("x", ("t",))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": 3}, "id: '3' must be a text"),
        ({"id": ""}, "id: must not be empty"),
        ({"id": " "}, "id: must not be empty"),
        ({"tags": []}, "tags: must not be empty"),
        ({"tags": "t"}, "tags: 't' must be a list of texts"),
        ({"tags": [1]}, r"tags: '\[1\]' must be a list of texts"),
        ({"share": True}, "share: 'True' must be a number"),
        ({"share": float("inf")}, "share: 'inf' must be a number"),
        ({"count": 1.5}, "count: '1.5' must be a whole number"),
        ({"on": 1}, "on: '1' must be true or false"),
        ({"day": "2026-01-01"}, "day: '2026-01-01' must be a date such as"),
        ({"parts": [1]}, "parts: .* must be a list of tables"),
        ({"parts": [{"kind": "a"}]}, "parts: name: is missing"),
        ({"parts": [{"name": "p", "kind": "c"}]}, "parts: kind: 'c'; allowed: a, b"),
        ({"parts": [{"name": "p", "kind": []}]}, r"parts: kind: '\[\]'; allowed: a, b"),
        ({"free": [1]}, "free: .* must be a list of tables"),
        ({"names": 1}, "names: '1' must be a table"),
        ({"names": {"a": 1}}, "names: '1' must be a text"),
        ({"even": 3}, "even: '3' must be even"),
        ({"surprise": 1}, "surprise: unknown; allowed: id, tags"),
        ({"sur\x1bprise": 1}, r"sur\\x1bprise: unknown"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_named_with_what_is_allowed(change: dict[str, Any], said: str) -> None:
    with pytest.raises(EntryError, match=f"^{said}"):
        read_entry({**GOOD, **change}, Whole)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"id": "x"}, r"f.toml: whole must be a list of tables, written \[\[whole\]\]"),
        ([GOOD, 1], "f.toml: whole must be a list of tables"),
        ([GOOD, {"id": "y"}], "f.toml: whole y: tags: is missing"),
        ([GOOD, {}], "f.toml: whole 2: id: is missing"),
    ],
    ids=["a table", "a number", "named by its key", "named by its number"],
)
def test_a_list_of_entries_is_refused_with_its_file(entries: object, said: str) -> None:
    with pytest.raises(FactError, match=said):
        read_entries(entries, Whole, "whole", "f.toml", FactError, "id")
    assert read_entries([GOOD], Whole, "whole", "f.toml", FactError, "id") == [Whole("x", ("t",))]


@dataclass(frozen=True)
class Small:
    name: str


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[other]]\nname = 'a'\n", "small must be a list of tables, written [[small]]"),
        ("[[small]]\nname = 'a'\n[[small]]\nname = 'a'\n", "small a: is duplicated"),
        ("[[small]]\nnme = 'a'\n", "small 1: nme: unknown; allowed: name"),
    ],
)
def test_the_entries_of_a_file_are_there_and_each_once(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "small.toml"
    path.write_text(text)
    with pytest.raises(DataError) as error:
        entries_of(path, "small", Small, "name")
    assert str(error.value) == f"{path}: {said}"
