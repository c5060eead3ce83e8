from __future__ import annotations

import json

import pytest

from whichcompute.inventory.readers.json_document import named_rows, read, rows_of

ROW = {"a": 1}


@pytest.mark.parametrize(
    "document",
    [
        [ROW],
        [[ROW]],
        {"items": [ROW]},
        {"kind": "x", "data": {"list": [ROW], "ids": ["a", "b"]}},
        {"Results": [json.dumps(ROW)]},
        {"Reservations": [{"Groups": [{"x": 1}, {"x": 2}], "Instances": [ROW]}]},
        ROW,
    ],
    ids=["array", "array of arrays", "object", "object in an object", "text", "named by a preset", "one row"],
)
def test_the_rows_of_a_document_are_found(document: object) -> None:
    assert rows_of(document) == [ROW]


def test_all_lists_at_a_path_are_joined() -> None:
    document = {"Reservations": [{"Instances": [{"a": 1}, {"a": 2}]}, {"Instances": []}, {"Instances": [{"a": 3}]}]}
    assert named_rows(document) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_a_path_without_rows_names_none() -> None:
    assert named_rows({"Reservations": []}) == []
    assert named_rows({"Reservations": [{"Instances": ["i-1"]}]}) == []


def test_a_broken_text_stays_a_text() -> None:
    assert rows_of(["{broken"]) == ["{broken"]


def test_documents_may_follow_one_another() -> None:
    assert read(' {"a": 1}\n') == {"a": 1}
    assert read('{\n"a": 1\n}\n{\n"a": 2\n}\n') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["", " ", "{", '{"a": NaN}', "[1] x"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)
