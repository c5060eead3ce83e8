from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from whichcompute.inventory.maps.values import OTHER_PROCESSOR, by_pattern, by_value, number, plain_number, tables
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
        *((name, "other") for name in ("FortiAnalyzer-VM64 v7", "PanOS 10", "F5 BIG-IP", "HP-UX 11i", "Cisco IOS XE")),
        *(
            (name, "linux")
            for name in ("OL8", "Oracle Linux Server 8.6", "rhel8_64Guest", "ubuntu64Guest", "amazonlinux2_64Guest")
        ),
        *(
            (name, "linux")
            for name in ("vmwarePhoton64Guest", "other3xLinux64Guest", "centos7_64Guest", "sles12_64Guest")
        ),
        *((name, "windows") for name in ("windows9Server64Guest", "Win2019", "winNetEnterpriseGuest", "W2K12R2")),
        *((name, "") for name in ("Linux, Windows", "non-Windows", "otherGuest64")),
    ],
)
def test_systems_of_tools_are_known(cell: str, value: str) -> None:
    assert each(by_pattern(pl.col("cell"), "os"), cell) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((name, "production") for name in ("DR", "prod-eu", "Produktion", "PRD01", "live", "Disaster Recovery")),
        *(
            (name, "dev_test")
            for name in ("UAT", "Staging", "LAB", "Training", "sandbox", "non-prod", "Entwicklung", "preprod")
        ),
        ("Production", "production"),
        ("PRD", "production"),
        ("pre-production", "dev_test"),
        ("QA", "dev_test"),
        ("?", "?"),
    ],
)
def test_environments_are_known_by_name(cell: str, value: str) -> None:
    assert each(by_pattern(pl.col("cell"), "environment"), cell) == value


def test_every_table_gives_values_of_its_descriptor() -> None:
    read = {"product_role": "product_class", "web_role": "protocol", "uptime": "kind"}
    for name, patterns in tables().items():
        if name == OTHER_PROCESSOR:  # its values are names for people
            assert all(pattern.value for pattern in patterns)
            continue
        choices = ("true",) if name == "some" else DESCRIPTORS[read.get(name, name)].choices
        assert {pattern.value for pattern in patterns} <= {*choices, ""}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("16,384", "16384"), ("1,234,567.5 MB", "1234567.5 MB"), ("16,5", "16,5"), ("1,23,4", "1,23,4"), ("lots", "lots")],
)
def test_thousands_are_normalised(cell: str, expected: str) -> None:
    assert each(plain_number(pl.col("cell")), cell) == expected


@pytest.mark.parametrize(("cell", "expected"), [(" 1,024 ", 1024.0), ("2.5", 2.5), ("x", None), ("", None)])
def test_numbers_in_cells(cell: str, expected: float | None) -> None:
    assert each(number(pl.col("cell")), cell) == expected


def test_values_stand_for_cells_in_any_case() -> None:
    assert each(by_value(pl.col("cell"), {"Yes": "true"}), " YES ") == "true"
    assert each(by_value(pl.col("cell"), {"Yes": "true"}), "perhaps") == "perhaps"
    assert each(by_value(pl.col("cell"), {"Prod": "production", "prod": "production"}), "PROD") == "production"


def test_a_key_between_slashes_is_a_pattern_for_the_whole_cell() -> None:
    values = {r"/(\d+)x(\d+)/": "${2}MB", "8x9": "plain", "*": ""}
    found = [each(by_value(pl.col("cell"), values), cell) for cell in ("2X4", "8x9", "2x4x6", "/")]
    assert found == ["4MB", "plain", "", ""]


def test_a_regular_expression_of_a_map_ignores_case_as_its_plain_values_do() -> None:
    values = {"/REST API.*/": "web_api", "/nightly (\\w+)/": "${1}"}
    assert each(by_value(pl.col("cell"), values), "Rest API for orders") == "web_api"
    assert each(by_value(pl.col("cell"), values), "Nightly ETL") == "etl"


_ADDED = """
import resource, polars as pl
from whichcompute.inventory.maps.values import total
cells = pl.DataFrame({str(at): ["1", "32 GB", "size=8G", None] for at in range(400)})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sums = cells.select(total([pl.col(name) for name in cells.columns], "GB", "gb").alias("sum")).to_series()
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, sums.to_list())
"""


def test_many_columns_are_added_in_little_memory() -> None:
    ran = subprocess.run([sys.executable, "-c", _ADDED], capture_output=True, text=True, check=True)
    megabytes, sums = ran.stdout.split(" ", 1)
    assert sums.strip() == "['400.0GB', '12800.0GB', '3200.0GB', None]"
    assert int(megabytes) < 100
