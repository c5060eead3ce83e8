from __future__ import annotations

import pytest

from whichcompute.base.entries import EntryError
from whichcompute.inventory.maps import entry_parts


def test_a_numbered_column_is_one_for_each_number() -> None:
    found = entry_parts.sources(["Name", "Tag {n}"])
    assert found[:3] == ("Name", "Tag 1", "Tag 2") and len(found) == len(set(found))


def test_a_name_means_all_words_of_the_vocabulary() -> None:
    found = entry_parts.words(["@off", "Halted"])
    assert "halted" in found and "poweredoff" in found and not any(word.startswith("@") for word in found)


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (4, "4"), ("On", "On")])
def test_a_bare_value_is_the_text_of_a_cell(value: object, text: str) -> None:
    assert entry_parts.cell(value) == text


def test_a_day_has_its_format() -> None:
    assert entry_parts.since(["%Y-%m-%d", "2026-01-31"]) == ("%Y-%m-%d", "2026-01-31")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (entry_parts.texts, 4),
        (entry_parts.texts, ["a", 4]),
        (entry_parts.words, {"a": 1}),
        (entry_parts.since, ["%Y-%m-%d", "31.1.2026"]),
        (entry_parts.meanings, {"/a(/": "b"}),
    ],
)
def test_a_part_of_another_form_is_refused(read: object, value: object) -> None:
    with pytest.raises(EntryError):
        read(value)
