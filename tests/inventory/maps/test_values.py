from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.values import by_pattern, by_value, normalise, number, plain_number, tables
from whichcompute.knowledge.descriptors import DESCRIPTORS


def each(expr: pl.Expr, cell: str) -> object:
    return pl.DataFrame({"cell": [cell]}).select(expr).item()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Microsoft Windows Server 2019 (64-bit)", "windows"),
        ("Win2k12", "windows"),
        ("Red Hat Enterprise Linux 8 (64-bit)", "linux"),
        ("Ubuntu Linux (64-bit)", "linux"),
        ("Other 3.x or later Linux (64-bit)", "linux"),
        ("CentOS 7", "linux"),
        ("amzn2", "linux"),
        ("SUSE Linux Enterprise 15", "linux"),
        ("Oracle Solaris 11", "other"),
        ("FreeBSD 13", "other"),
        ("Darwin Kernel 21", "other"),
        ("AIX 7.2", "other"),
        ("Other (32-bit)", ""),
        ("unknown", ""),
        ("BeOS", "BeOS"),
        ("linux", "linux"),
    ],
)
def test_systems_are_known_by_name_and_others_left_alone(cell: str, value: str) -> None:
    assert each(by_pattern(pl.col("cell"), "os"), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Production", "production"),
        ("PRD", "production"),
        ("pre-production", "dev_test"),
        ("QA", "dev_test"),
        ("?", "?"),
    ],
)
def test_environments_are_known_by_name(cell: str, value: str) -> None:
    assert each(by_pattern(pl.col("cell"), "environment"), cell) == value


def test_every_table_is_for_a_choice_and_gives_its_values() -> None:
    for name, patterns in tables().items():
        assert {pattern.value for pattern in patterns} <= {*DESCRIPTORS[name].choices, ""}


@pytest.mark.parametrize(
    ("cell", "decimal_comma", "expected"),
    [
        ("16,384", False, "16384"),
        ("1,234,567.5 MB", False, "1234567.5 MB"),
        ("16,5", False, "16,5"),
        ("1,23,4", False, "1,23,4"),
        ("16,5", True, "16.5"),
        ("1.234,5GB", True, "1234.5GB"),
        ("16,384", True, "16.384"),
        ("1.5", True, "1.5"),
        ("lots", True, "lots"),
    ],
)
def test_separators_are_mended_by_the_rule_for_the_file(cell: str, decimal_comma: bool, expected: str) -> None:
    assert each(plain_number(pl.col("cell"), decimal_comma=decimal_comma), cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [(" 1,024 ", 1024.0), ("2.5", 2.5), ("x", None), ("", None)])
def test_numbers_in_cells(cell: str, expected: float | None) -> None:
    assert each(number(pl.col("cell")), cell) == expected


def test_values_stand_for_cells_in_any_case() -> None:
    assert each(by_value(pl.col("cell"), {"Yes": "true"}), " YES ") == "true"
    assert each(by_value(pl.col("cell"), {"Yes": "true"}), "perhaps") == "perhaps"


def test_only_rules_for_the_descriptor_mend_its_cells() -> None:
    cells = pl.DataFrame({"value": ["16,384", "Windows 10"]})
    assert normalise("memory_mb", cells).to_list() == ["16384", "Windows 10"]
    assert normalise("os", cells).to_list() == ["16,384", "windows"]
    assert normalise("kind", cells).to_list() == ["16,384", "Windows 10"]
