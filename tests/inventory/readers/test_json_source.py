from __future__ import annotations

import io
import json

import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers import json_source
from whichcompute.inventory.readers.batch import Batch
from whichcompute.inventory.readers.json_source import JsonSource

ROWS = [
    b'{"kind":"website","memory_mb":1.50,"note":"x"}',
    b"",
    b'{"kind":null,"memory_mb":"2GB","gpus":true}',
    b"[1]",
    b'{"memory_mb":NaN}',
    b'{"kind":1',
    b"{}",
]


def batches(data: bytes, wanted: tuple[int, ...]) -> tuple[JsonSource, list[Batch]]:
    source = JsonSource(io.BytesIO(data), "x.jsonl")
    return source, [source.split(piece, wanted) for piece in source.pieces()]


@pytest.mark.parametrize("wanted", [(0, 1), (0, 1, 2, 3)], ids=["some columns", "all columns"])
def test_values_become_text_and_bad_lines_rejects(wanted: tuple[int, ...]) -> None:
    source, (batch,) = batches(b"\n".join(ROWS), wanted)
    assert source.columns == ("kind", "memory_mb", "note", "gpus")
    assert [row[:2] for row in batch.cells.rows()] == [("website", "1.50"), (None, "2GB"), (None, None)]
    assert batch.lines.tolist() == [1, 3, 7]
    assert [reject.line for reject in batch.rejects] == [4, 5, 6]
    reasons = [reject.troubles[0].reason for reject in batch.rejects]
    assert [reason.split(":")[0] for reason in reasons] == ["not a JSON object", "not JSON", "not JSON"]
    assert [reject.code for reject in batch.rejects] == ["not-an-object", "not-json", "not-json"]


def test_a_cell_is_the_same_whichever_columns_are_wanted_and_whatever_stands_beside_it() -> None:
    lines = [
        '{"kind":"server","vcpus":1.50,"gpus":1,"x":0}',
        '{"kind":1,"vcpus":true,"gpus":0.5,"x":0}',
    ]
    for data in ("\n".join(lines).encode(), "\n".join(reversed(lines)).encode()):
        for wanted in ((0, 1, 2), (0, 1, 2, 3)):
            _, (batch,) = batches(data, wanted)
            assert sorted(row[:3] for row in batch.cells.rows()) == [("1", "true", "0.5"), ("server", "1.50", "1")]
            assert batch.raw is not None and sorted(batch.raw) == sorted(lines)


def test_a_key_with_two_values_is_rejected_with_the_whole_line() -> None:
    twice = b'{"kind":"website","kind":"server"}'
    _, (batch,) = batches(b'{"kind":"website","kind":"website"}\n' + twice, (0,))
    assert batch.cells.rows() == [("website",)]
    (trouble,) = batch.rejects[0].troubles
    assert trouble.value == twice.decode() and "key 'kind' is duplicated, with different values" in trouble.reason
    with pytest.raises(InventoryError, match="key 'kind' is duplicated, with different values"):
        JsonSource(io.BytesIO(b"[" + twice + b"]"), "x.json")


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b'{"kind":"website","kind":"server"}', "key 'kind' is duplicated, with different values"),
        (b'{"kind":"website","note":"cut \\ud83d"}', "half of a character"),
        (b'{"kind":"website","vcpus":NaN}', "NaN is not JSON"),
        (b'{"kind":"website",}', "Expecting property name"),
        (b'{"kind":"website","disks":[1' + b"0" * 5000 + b"]}", "more digits than can be read"),
    ],
)
def test_a_first_line_that_cannot_be_read_rejects_itself_alone(bad: bytes, says: str) -> None:
    source, (batch,) = batches(bad + b'\n{"kind":"server","note":"whole"}\n', (0, 1))
    assert batch.cells.rows() == [("server", "whole")]
    (reject,) = batch.rejects
    assert reject.line == 1 and reject.code == "not-json" and says in reject.troubles[0].reason
    with pytest.raises(InventoryError, match=says):
        JsonSource(io.BytesIO(bad), "x.jsonl")


def test_half_of_a_character_in_an_array_rejects_its_row_alone() -> None:
    source, (batch,) = batches(
        b'[{"kind":"website","note":"cut \\ud83d"}, {"kind":"server","note":"\xc3\xa9"}]', (0, 1)
    )
    assert batch.cells.rows() == [("server", "\u00e9")]
    assert "half of a character" in batch.rejects[0].troubles[0].reason


def test_numbers_within_a_cell_stay_numbers() -> None:
    _, (batch,) = batches(b'{"n": 1.50, "disks": [{"gb": 10, "ssd": true}]}\n', (0, 1))
    assert batch.cells.rows() == [("1.50", '[{"gb": 10, "ssd": true}]')]


def test_small_blocks_read_the_same_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "BLOCK", 60)
    _, found = batches(b"\n".join([ROWS[0], b"", ROWS[0], ROWS[0]]), (0, 1))
    assert [line for batch in found for line in batch.lines] == [1, 3, 4]


def test_a_key_that_appears_late_is_not_dropped_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "_SAMPLE", 1)
    _, (batch,) = batches(b'{"kind":"website"}\n{"kind":"server","os":"linux"}\n', (0,))
    assert batch.lines.tolist() == [1]
    assert "key 'os'" in batch.rejects[0].troubles[0].reason
    assert batch.rejects[0].code == "unknown-key"


def test_own_cells_are_those_of_the_line() -> None:
    source, (batch,) = batches(ROWS[0], (0, 1))
    assert source.own_cells(batch, [0]) == [("website", "1.50", "x")]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"[1]\n[2]\n", b"not json\n"])
def test_what_holds_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(InventoryError, match="the first rows hold no JSON object"):
        JsonSource(io.BytesIO(data), "x.jsonl")


def test_a_line_without_end_is_refused() -> None:
    source = JsonSource(io.BytesIO(b'{"a":1}\n{"b":"' + b"x" * (18 << 20)), "x.jsonl")
    with pytest.raises(InventoryError, match="line 2: longer than"):
        list(source.pieces())


@pytest.mark.parametrize(
    "text",
    [b'[\n {"a": 1},\n {"b": "x"}\n]', b'{\n "Functions": [{"a": 1}, {"b": "x"}]\n}', b'[[{"a": 1}], [{"b": "x"}]]'],
)
def test_an_array_is_read_as_its_objects(text: bytes) -> None:
    source = JsonSource(io.BytesIO(text), "x.json")
    (piece,) = source.pieces()
    batch = source.split(piece, [0, 1])
    assert source.columns == ("a", "b")
    assert batch.cells.rows() == [("1", None), (None, "x")]


def test_a_key_of_the_last_row_is_a_column_too() -> None:
    assert JsonSource(io.BytesIO(b'{"a": 1}\n{"a": 2, "b": 3}\n'), "x.jsonl").columns == ("a", "b")


def test_a_key_that_comes_too_late_is_rejected_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_source, "_SAMPLE", 1)
    _, (batch,) = batches(b'{"kind":"website"}\n{"kind":"server","extra":1.50}\n', (0,))
    assert [reject.troubles[0].value for reject in batch.rejects] == ['{"extra": "1.50"}']


DEEP = '{"a":' * 5000 + "}"


@pytest.mark.parametrize("cell", ["{x}", "{", '{"a": }', DEEP], ids=["braces", "open", "broken", "deep"])
def test_a_text_in_braces_is_a_text(cell: str) -> None:
    line = json.dumps({"kind": "website", "note": cell}).encode()
    source, (batch,) = batches(line, (0, 1))
    assert source.columns == ("kind", "note") and not batch.rejects
    assert batch.cells.row(0) == ("website", cell)
