from __future__ import annotations

import pytest

from whichcompute.inventory.maps.titles import columns_of, general_map, known, nearly, split
from whichcompute.knowledge.descriptors import DESCRIPTORS


@pytest.mark.parametrize(
    ("title", "words", "unit"),
    [
        ("RAM (GiB)", "ram", "gb"),
        ("# of vCPUs", "vcpu", ""),
        ("CPU_COUNT", "cpu", ""),
        ("Arbeitsspeicher in MB", "arbeitsspeicher", "mb"),
        ("RAM_allocated_gb", "ram", "gb"),
        ("MemoryGB", "memory", "gb"),
        ("Mémoire vive (Go)", "memoire vive", "gb"),
        ("Total disk capacity MiB", "disk", "mb"),
        ("CPU.NumberOfLogicalCores", "cpu logical core", ""),
        ("guestId", "guest id", ""),
        ("ID", "id", ""),
        ("memorysize", "memory", ""),
        ("gbdisk", "disk", "gb"),
        ("cpucount", "cpu", ""),
        ("totaldiskgb", "disk", "gb"),
        ("physicalmemory", "physical memory", ""),
        ("StartupRAMinMB", "ram", "mb"),
        ("memoryinmb", "memory", "mb"),
        ("VMOS", "os", ""),
        ("Festplattenkapazität (GB)", "festplatten", "gb"),
        ("guestos", "os", ""),
        ("vCPU(s)", "vcpu", ""),
        ("Aantal vCPU's", "vcpu", ""),
        ("OSname", "os name", ""),
        ("Quantité totale RAM", "ram", ""),
        ("VMName", "name", ""),
        ("memory-in-gbs", "memory", "gb"),
        ("Memory (GBs)", "memory", "gb"),
        ("ホスト メモリ", "host memory", ""),
        ("diskfree", "disk free", ""),
        ("kubernetes", "kubernete", ""),
        ("DdrivesizeGB", "drive", "gb"),
        ("内存(GB)", "memory", "gb"),
        ("CPU核数", "cpu core", ""),
        ("メモリ容量 (MB)", "memory", "mb"),
        ("운영체제", "operating system", ""),
        ("内存使用率", "memory used", ""),
        ("no" * 5_000 + "x", "no" * 5_000 + "x", ""),
    ],
)
def test_a_title_is_split_into_words_and_unit(title: str, words: str, unit: str) -> None:
    assert split(title) == (words, unit)


def test_titles_name_fields_or_what_rows_have() -> None:
    assert {name for name in known() if name not in DESCRIPTORS} == {
        *("power_state", "template", "role", "id", "instance_type", "image", "device_type"),
        *("started", "uptime", "uptime_days", "uptime_hours", "uptime_seconds"),
        *("cores", "processors", "sockets", "cores_per_processor"),
    }


def test_columns_come_in_order_of_preference() -> None:
    assert columns_of(["Thread count", "Owner", "vCPUs"], "vcpus") == ["vCPUs", "Thread count"]


def test_the_order_of_words_says_nothing() -> None:
    assert columns_of(["core_cpu", "hw_cpu_logical"], "cores") == ["core_cpu"]
    assert columns_of(["hw_cpu_logical"], "vcpus") == ["hw_cpu_logical"]


def test_a_count_is_no_amount() -> None:
    assert columns_of(["Number of disks", "# of disks", "diskcount", "Disk size"], "stored_data_gb") == ["Disk size"]


def test_titles_may_have_other_words_that_do_not_change_them() -> None:
    header = ["app_environment", "Guest OS", "Environment owner", "OS license", "Colour"]
    assert nearly(header, "environment") == ["app_environment"]
    assert nearly(header, "os") == []


def test_the_id_of_a_guest_is_its_operating_system_and_names_no_row() -> None:
    header = ["guest_id", "VM ID", "name"]
    assert columns_of(header, "os") == ["guest_id"]
    assert columns_of(header, "id") == ["name", "VM ID"]


def test_the_names_and_numbers_of_functions_are_no_roles() -> None:
    header = ["Nombre de la función", "Number of services"]
    assert [column for column in general_map(header).columns if column.hint] == []
    assert [column.sources for column in general_map(["Función"]).columns if column.hint] == [("Función",)] * 2


@pytest.mark.parametrize("title", ["Rollen", "Server Rollen", "Serverrollen", "Funktionen", "Server roles", "Rôles"])
def test_roles_may_be_several(title: str) -> None:
    assert columns_of([title], "role") == [title]


def test_a_column_named_like_a_field_counts_for_more_than_a_usual_title() -> None:
    bound = general_map(["RAM", "memory_mb"]).bind(["RAM", "memory_mb"])
    assert [column.sources for column in bound.columns] == [("memory_mb",)]


def test_of_very_many_columns_only_some_are_tried() -> None:
    header = [f"OS environment {at}" for at in range(5_000)]
    assert len(nearly(header, "os")) == len(nearly(header, "environment")) == 20
    assert len(columns_of(["RAM"] * 5_000, "memory_mb")) == 20


def test_a_header_of_very_many_titles_is_read_once() -> None:
    header = [*(f"c{at}" for at in range(30_000)), "Memory (GB)"]
    split.cache_clear()
    found = {column.descriptor: column.names for column in general_map(header).columns}
    assert found["memory_mb"] == ("Memory (GB)",)
    assert split.cache_info().misses <= len(header) + 1_000  # those of the terms themselves
