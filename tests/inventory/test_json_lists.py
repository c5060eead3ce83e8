"""Lists of machines in JSON: objects within rows, and lists beside them, end to end."""

from __future__ import annotations

import json

import polars as pl
import pytest

from tests.inventory.conftest import Scorer, read_values


@pytest.mark.parametrize(
    "document",
    [
        '{"kind": "discovery", "servers": [{"name": "a", "vcpu": 4, "ramGib": 16, "os": {"raw": "Debian 12"}}]}',
        '{"servers": [{"name": "a", "hardware": {"cpu_cores": 4, "memory_gb": 16}, "os": {"name": "Debian 12"}}]}',
        '{"name": "a", "hardware": {"cpu_cores": 4, "memory_gb": 16}, "os": {"name": "Debian 12"}}\n' * 2,
    ],
    ids=["rows in a list of one line", "objects in rows", "JSON Lines"],
)
def test_objects_in_json_are_read_by_the_titles_within(scorer: Scorer, document: str) -> None:
    (scorer.folder / "in.json").write_text(document)
    scorer("in.json", values=True)
    assert read_values(scorer, "vcpus", "memory_mb", "os")[0] == ["4.0", "16384.0", "linux"]


def test_of_objects_in_json_only_what_was_read_is_shown_as_unreadable(scorer: Scorer) -> None:
    (scorer.folder / "in.json").write_text(
        '[{"name": "a", "hardwareProfile": {"vmSize": "Standard_D2s_v3"}, "storageProfile": {},'
        ' "tags": {"Environment": "School", "Owner": "o"}}]'
    )
    (trouble,) = scorer("in.json").tally.unread
    assert (trouble.column, trouble.value) == ("tags", "School")


def test_what_is_left_of_a_json_document_is_said(scorer: Scorer) -> None:
    (scorer.folder / "in.json").write_text('{"vms": [{"name": "a", "vcpus": 2}], "nets": [{"cidr": "10.0.0.0/8"}]}')
    scorer("in.json")
    assert any("1 object in other lists of the document not read" in text for text in scorer.said)


MARKED = {"a": "1.024", "b": "512,5", "c": "65.536"}
GERMAN = [{"name": name, "CPUs": "4", "RAM (MB)": cell} for name, cell in MARKED.items()]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("in.json", json.dumps(GERMAN)),
        ("in.jsonl", "\n".join(map(json.dumps, GERMAN))),
        ("in.yaml", "".join(f'- {{name: {row["name"]}, RAM (MB): "{row["RAM (MB)"]}"}}\n' for row in GERMAN)),
    ],
)
def test_marks_of_numbers_in_texts_are_decided_by_the_column(scorer: Scorer, name: str, text: str) -> None:
    (scorer.folder / name).write_text(text)
    scorer(name, values=True)
    assert read_values(scorer, "memory_mb") == [["1024.0"], ["512.5"], ["65536.0"]]
    assert f"{name}: column 'RAM (MB)': a point separates thousands, a comma decimals" in {
        said.rpartition("/")[2] for said in scorer.said
    }


@pytest.mark.parametrize(("cells", "read"), [([65.536, 8.192], [65.536, 8.192]), (["65.536", 2.5], [65.536, 2.5])])
def test_numbers_in_json_have_a_decimal_point(scorer: Scorer, cells: list[object], read: list[float]) -> None:
    (scorer.folder / "in.json").write_text(json.dumps([{"name": "a", "Disk (GB)": cell, "vCPUs": 2} for cell in cells]))
    scorer("in.json", values=True)
    assert read_values(scorer, "stored_data_gb") == [[str(each)] for each in read]
    assert any("there are texts such as 1.024" in said for said in scorer.said) == (type(cells[0]) is str)


def test_marks_in_texts_of_parquet_are_decided_by_the_column(scorer: Scorer) -> None:
    pl.DataFrame({"Name": ["a", "b"], "CPUs": [4.0, 2.0], "RAM (MB)": ["65.536", "512,5"]}).write_parquet(
        scorer.folder / "in.parquet"
    )
    scorer("in.parquet", values=True)
    assert read_values(scorer, "vcpus", "memory_mb") == [["4.0", "65536.0"], ["2.0", "512.5"]]


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["65.536", "512,5", "1.024"], [["65536.0"], ["512.5"], ["1024.0"]]),
        ([65.536, 512.5, 1024], [["65.536"], ["512.5"], ["1024.0"]]),
    ],
    ids=["texts", "numbers"],
)
def test_marks_of_texts_within_objects_are_decided_by_all_of_them(
    scorer: Scorer, cells: list[object], read: list[list[str]]
) -> None:
    rows = [{"name": f"m{at}", "hw": {"vcpus": 2, "memory_mb": cell}} for at, cell in enumerate(cells)]
    (scorer.folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    scorer("in.jsonl", values=True)
    assert read_values(scorer, "memory_mb") == read


def test_numbers_beside_such_texts_within_objects_are_in_doubt(scorer: Scorer) -> None:
    rows = [{"name": str(cell), "hw": {"vcpus": 2, "memory_mb": cell}} for cell in ("1.024", 512.5)]
    (scorer.folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    scorer("in.jsonl", values=True)
    assert any("there are texts such as 1.024" in said for said in scorer.said)


@pytest.mark.parametrize(("size", "read"), [("65.536", None), (65.536, "66.536"), ("65.5", "66.5")])
def test_a_list_with_a_text_that_may_be_thousands_has_no_sum(scorer: Scorer, size: object, read: str | None) -> None:
    row = {"name": "a", "vcpus": 2, "disks": [{"size_gb": size}, {"size_gb": 1}]}
    (scorer.folder / "in.jsonl").write_text(json.dumps(row))
    scorer("in.jsonl", values=True)
    assert read_values(scorer, "stored_data_gb") == [[read]]
