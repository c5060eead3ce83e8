"""Small files of each tool in their real headers (preset_files.toml), and in other languages (languages.toml)."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.inventory.conftest import Scorer
from whichcompute.inventory import Outcome
from whichcompute.inventory.maps.presets import presets

FILES, IN_LANGUAGES = (
    tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))["file"]
    for name in ("preset_files", "languages")
)


@pytest.mark.parametrize("file", FILES, ids=[file["name"] for file in FILES])
def test_a_file_of_the_tool_is_recognised_and_read(scorer: Scorer, file: dict[str, Any]) -> None:
    outcome = _scored(scorer, file)
    assert outcome.map.name == file["preset"]


@pytest.mark.parametrize("file", IN_LANGUAGES, ids=[file["name"] for file in IN_LANGUAGES])
def test_a_file_in_another_language_is_read(scorer: Scorer, file: dict[str, Any]) -> None:
    _scored(scorer, file)


def _scored(scorer: Scorer, file: dict[str, Any]) -> Outcome:
    """Scores a file, and holds every row against what must be read of it."""
    name = f"in.{file.get('suffix', 'csv')}"
    (scorer.folder / name).write_text(file["text"].lstrip("\n"), "utf-8")
    outcome = scorer(name, values=True)
    assert outcome.tally.rejects == 0
    with (scorer.folder / "out.csv").open(newline="", encoding="utf-8") as out:
        assert [_read(row) for row in csv.DictReader(out)] == file["rows"]
    return outcome


def _read(row: dict[str, str]) -> dict[str, Any] | str:
    """What was read of a row, numbers as numbers; of a row that is skipped, why."""
    if row["decision"] == "skipped":
        return row["reasons"].removeprefix("skipped: ")
    filled = {name.removeprefix("read_"): cell for name, cell in row.items() if name.startswith("read_") and cell}
    return {name: _value(cell) for name, cell in filled.items()}


def _value(cell: str) -> object:
    if cell in ("true", "false"):
        return cell == "true"
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell


def test_every_preset_has_a_file_here() -> None:
    assert {file["preset"] for file in FILES} == set(presets())


def test_every_preset_names_where_its_columns_come_from() -> None:
    assert [name for name, preset in presets().items() if not preset.seen_in] == []


def test_what_roles_indicate_is_noted_and_can_be_left_out(scorer: Scorer) -> None:
    listed = b"InstanceId,InstanceType,PlatformDetails\ni-1,m5.large,Windows with SQL Server Web\n"
    scorer(listed, values=True)
    (row,) = csv.DictReader(scorer.read("out.csv").decode().splitlines())
    assert row["read_product_class"] == "database"
    cost = (
        "No cost of a managed database: it needs the price of 'SQL Server, or an engine that is not relational' in "
        "us-east-1.; "
    )
    said = "product_class = database is derived from 'Windows with SQL Server Web' (PlatformDetails)"
    assert row["notes"] == f"{cost}{said}"
    notice = "product_class of 1 row is derived from 'PlatformDetails'; --no-roles leaves that out"
    assert any(notice in said for said in scorer.said)
    scorer(listed, values=True, roles=False)
    (row,) = csv.DictReader(scorer.read("out.csv").decode().splitlines())
    assert "read_product_class" not in row
    assert row["notes"] == ""


def test_roles_of_any_inventory_indicate_products(scorer: Scorer) -> None:
    listed = "Hostname,OS,vCPU,RAM (GB),Rolle\na,Windows,4,16,SQL Server\nb,Linux,2,8,Webserver\nc,Linux,2,8,Druck\n"
    scorer(listed.encode(), values=True)
    rows = list(csv.DictReader(scorer.read("out.csv").decode().splitlines()))
    assert [(row["read_product_class"], row["read_protocol"]) for row in rows] == [
        ("database", ""),
        ("", "http"),
        ("", ""),
    ]
    assert rows[2]["notes"] == ""
    assert rows[0]["read_packaging"] == "machine_image"
