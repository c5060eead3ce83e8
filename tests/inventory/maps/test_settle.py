from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.cells import read_fields
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled, settle, types_of
from whichcompute.inventory.maps.titles import general_map


def settled(header: str, *rows: str) -> tuple[Settled, dict[str, object]]:
    """The map of a small table, cells between `|`, and what it reads of the first row."""
    names = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], schema=[str(at) for at in range(len(names))], orient="row")
    found = settle(general_map(names).bind(names), Sample(cells, names, points={}))
    typed = read_fields(found.map.fields(cells).drop(cells.columns))[0].frame.row(0, named=True)
    return found, {name: value for name, value in typed.items() if value is not None}


@pytest.mark.parametrize(
    ("header", "rows", "read"),
    [
        ("CPUs|Memory", ["4|16", "8|32"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory", ["4|16384", "8|32768"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory", ["4|17179869184"], {"vcpus": 4.0, "memory_mb": 16384.0}),
        ("CPUs|Memory (GB)", ["4|65.536"], {"vcpus": 4.0, "memory_mb": 65.536 * 1024}),
        ("CPUs|Memory (GB)", ["4|1.024"], {"vcpus": 4.0, "memory_mb": 1024.0 * 1024}),
        ("CPUs|Memory", ["|GB", "4|16"], {}),
        ("CPU|RAM", ["8 cores|16GB"], {"vcpus": 8.0, "memory_mb": 16384.0}),
        ("Name|MemoryStartupBytes", ["a|536870912"], {"memory_mb": 512.0}),
        ("Prozessoren|Arbeitsspeicher in MB", ["4|65.536"], {"vcpus": 4.0, "memory_mb": 65536.0}),
        ("vCPU|Disk (GB)", ["2|100"], {"vcpus": 2.0, "stored_data_gb": 100.0}),
        ("vCPU|Disk", ["2|100"], {"vcpus": 2.0, "stored_data_gb": 100.0}),
        ("vCPU|Disk", ["2|102400"], {"vcpus": 2.0, "stored_data_gb": 100.0}),
        ("vCPU|Disk", ["2|2"], {"vcpus": 2.0}),
        ("vCPU|disk_size", ["2|32G"], {"vcpus": 2.0, "stored_data_gb": 32.0}),
        ("vCPU|Number of disks|# of memory modules", ["2|100|4"], {"vcpus": 2.0}),
        ("vCPU|Memory used (MB)|CPU speed (MHz)", ["2|2048|2400"], {"vcpus": 2.0}),
        (
            "serv_os|serv_u_environment",
            ["Windows 2016 Standard|Training"],
            {"os": "windows", "environment": "dev_test", "packaging": "machine_image"},
        ),
        (
            "id|instance type",
            ["a|m5.large"],
            {
                "vcpus": 2.0,
                "memory_mb": 8192.0,
                "gpus": 0.0,
                "cpu_architecture": "x86_64",
                "packaging": "machine_image",
            },
        ),
        (
            "VM|CPUs|Memory|Guest OS",
            ["a|4|16|Debian 12"],
            {"vcpus": 4.0, "memory_mb": 16384.0, "os": "linux", "packaging": "machine_image"},
        ),
        ("CPU|RAM GiB", ["Intel Xeon|8"], {"memory_mb": 8192.0}),
        (
            "vcpus|Betriebssystem|Umgebung",
            ["2|Windows Server 2019|Produktion"],
            {"vcpus": 2.0, "os": "windows", "environment": "production"},
        ),
    ],
)
def test_values_decide_with_the_title(header: str, rows: list[str], read: dict[str, object]) -> None:
    assert settled(header, *rows)[1] == read


def test_a_column_of_another_meaning_is_not_read_and_sets_rows_aside() -> None:
    found, read = settled("id|state|vcpus", "a|running|2", "b|stopped|2")
    assert read == {"vcpus": 2.0}
    assert [skip.column for skip in found.map.skips if skip.because == "not running"] == ["state"]
    assert any("'state' is not read" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("header", "rows", "meaning"),
    [
        ("region", ["westeurope", "centralindia"], "region"),
        ("protocol", ["HTTPS over MPLS"], "protocol"),
        ("environment", ['{"Variables": {"A": "1"}}'], "environment"),
        ("static_ip", ["10.0.0.1", "10.0.0.2", "10.0.0.3"], "static_ip"),
        ("memory_mb", ["see notes", "see notes", "ask Ann"], "memory_mb"),
    ],
)
def test_own_names_are_not_taken_for_granted(header: str, rows: list[str], meaning: str) -> None:
    found, read = settled(header, *rows)
    assert read == {}
    assert found.notices == (f"column '{header}' is not read: most cells, such as '{rows[0]}', are no {meaning}",)


def test_regions_of_other_clouds_leave_open_where_to_run() -> None:
    found, read = settled("region", "Europe (Ireland)", "westeurope", "europe-west2")
    assert read == {"region": "eu-west-1"}
    assert found.notices == ()


def test_an_instance_type_gives_the_sizes_that_are_missing() -> None:
    header, row = "hostname|vcpu|size", "a|4|m5.xlarge"
    assert settled(header, row)[1] == {
        "vcpus": 4.0,
        "memory_mb": 16384.0,
        "gpus": 0.0,
        "cpu_architecture": "x86_64",
        "packaging": "machine_image",
    }


def test_what_has_an_operating_system_and_an_address_is_a_machine() -> None:
    assert settled("Nom|OS|IP", "a|CentOS 7|10.0.0.1")[1] == {"os": "linux", "packaging": "machine_image"}
    assert settled("Nom|OS", "a|CentOS 7")[1] == {"os": "linux"}
    assert settled("Server name/IP|OS", "a|CentOS 7")[1] == {"os": "linux", "packaging": "machine_image"}


@pytest.mark.parametrize(
    ("header", "rows", "title"),
    [
        ("Name|vCPUs", ["Standard_D2s_v3|2", "Standard_B2s|2", "Standard_X9|9"], "Name"),
        ("Provider|Flavor|CPU", ["o|m5.large|2", "o|m5.xlarge|4", "o|t2.micro|1"], "Flavor"),
        ("VMSize|CPUCore|SizeAPI", ["A0|1|Basic_A0", "D3|4|Standard_D3", "GS1|2|Standard_GS1"], "SizeAPI"),
        ("Name|Type", ["a|m5.large", "b|m5.xlarge", "c|t2.micro"], ""),
        ("Type|Count", ["m5.large|3", "m5.large|4", "t2.micro|1"], ""),
        ("Application|Type", ["crm|m5.large", "shop|m5.xlarge", "mail|t2.micro"], ""),
        ("Name|Size", ["m5.large|large", "m5.xlarge|extra large", "z9.huge|huge"], "Name"),
    ],
)
def test_a_list_of_instance_types_is_told_from_one_of_machines(header: str, rows: list[str], title: str) -> None:
    columns = tuple(header.split("|"))
    cells = pl.DataFrame([row.split("|") for row in rows], orient="row", schema=[str(at) for at in range(len(columns))])
    assert types_of(Sample(cells, columns, points={})) == title


def test_rows_that_are_no_workloads_are_set_aside() -> None:
    found, _ = settled("VM|CPUs|RAM", "|#|GB", "a|4|16", "VM|CPUs|RAM", "Total|4|16")
    cells = pl.DataFrame(
        {"0": ["", "a", "vm", "Summe:", "totalview"], "1": [""] * 5, "2": ["GB", "16", "RAM", "16", "8"]}
    )
    assert found.map.skipped(cells) is not None
    assert [reason and reason.split(",")[0] for reason in found.map.skipped(cells)] == [
        "a row of units",
        None,
        "a total or a repeated header",
        "a total or a repeated header",
        None,
    ]


@pytest.mark.parametrize(("title", "aside"), [("#name", True), ("name", False)])
def test_comments_are_set_aside_where_the_header_is_one_too(title: str, aside: bool) -> None:
    bound, _ = settled(f"{title}|vcpus", "a|2", "#b|4")
    assert any(skip.because == "a comment, not a workload" for skip in bound.map.aside) == aside


def test_a_column_of_ones_own_is_read_though_some_cells_are_not() -> None:
    assert settled("kind", "website", "websit")[1] == {"kind": "website"}


def test_rows_are_named_by_a_column_whose_cells_differ() -> None:
    assert settled("Scope|Node Name|vcpus", "p|a|1", "p|b|1")[0].map.id == 1
    assert settled("vcpus|os", "1|linux", "2|linux")[0].map.id is None  # a quantity names no row


@pytest.mark.parametrize(("row", "doubtful"), [("4|4", False), ("4|8", True)])
def test_a_column_twice_is_read_once_and_said(row: str, doubtful: bool) -> None:
    found, read = settled("vcpus|VCPUs", row)
    assert read == {"vcpus": 4.0}
    assert found.notices[-1].startswith("columns 'vcpus' and 'VCPUs' both match vcpus; the first is read")
    assert bool(found.doubts) == doubtful


@pytest.mark.parametrize(("header", "row"), [("memory_mb", "4"), ("vcpus", "2400"), ("stored_data_gb", "188930")])
def test_implausible_columns_are_said(header: str, row: str) -> None:
    found, _ = settled(header, row)
    assert list(found.doubts) == [header]


def test_all_that_is_in_doubt_about_a_field_is_said() -> None:
    found, _ = settled("kind|memory_mb|Memory_MB", "website|1|2")
    assert "the first is read, and their values differ; " in found.doubts["memory_mb"]
