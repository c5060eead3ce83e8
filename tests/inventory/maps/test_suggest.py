from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.inventory.conftest import Scorer
from whichcompute.inventory import suggestion
from whichcompute.inventory.maps.mapping import Column, ColumnMap
from whichcompute.inventory.maps.presets import read_map
from whichcompute.inventory.maps.questions import unsure
from whichcompute.inventory.maps.sample import Sample
from whichcompute.inventory.maps.settle import Settled, settle
from whichcompute.inventory.maps.suggest import draft
from whichcompute.inventory.maps.titles import general_map


def drafted(header: list[str], *rows: list[str]) -> str:
    cells = pl.DataFrame(list(rows), schema={str(at): pl.String for at in range(len(header))}, orient="row")
    sample = Sample(cells, tuple(header), points={})
    settled = settle(general_map(header).bind(header), sample)
    return draft("x.csv", settled, sample, unsure(settled, sample))


def test_lists_in_comments_are_wrapped() -> None:
    comments = [line for line in drafted([f"column number {at}" for at in range(40)]).splitlines() if line[:1] == "#"]
    assert len(comments) > 10
    assert max(map(len, comments)) <= 100


@pytest.mark.parametrize(
    ("column", "entry"),
    [
        ("Memory (GB)", "memory_mb: {from: 'Memory (GB)', unit: gb}"),
        ("memory_mb", "memory_mb: {from: 'memory_mb'}"),
        ("Operating System", "os: {from: 'Operating System', table: os}"),
        ("vCPUs", "vcpus: {from: 'vCPUs'}"),
        ("max duration [s]", "max_duration_s: {from: 'max duration [s]', unit: s}"),
    ],
)
def test_columns_that_look_like_a_descriptor_are_drafted(column: str, entry: str) -> None:
    assert f"  {entry}" in drafted(["Owner", column])


def test_the_draft_is_a_map_that_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(drafted(["Host", "Memory (GB)", "CPUs", "It's an 'odd' name", "OS"]))
    assert {column.descriptor for column in read_map(file).columns} == {"memory_mb", "vcpus", "os", "packaging"}


def test_every_column_is_used_once_and_the_others_are_named() -> None:
    text = drafted(["Memory", "memry", "Colour"])
    assert text.count("memory_mb: {from") == 1
    assert "# Columns not used: 'memry', 'Colour'" in text


def test_a_header_without_likenesses_gets_an_example() -> None:
    assert "# memory_mb: {from: RAM, unit: GB}" in drafted(["Colour"])


def test_values_decide_about_units_ids_and_rows_to_skip() -> None:
    text = drafted(
        ["HOST_NAME", "Power State", "Memory", "CPU_COUNT"], ["h1", "On", "16", "4"], ["h2", "Off", "32", "8"]
    )
    assert "ids: ['HOST_NAME']" in text
    assert "memory_mb: {from: 'Memory', unit: gb}" in text
    assert "- {column: 'Power State', values: ['@off'], because: 'not running'}" in text
    assert "# Check: column 'Memory' names no unit; read in GB, as its values suggest" in text


def test_what_is_unsure_is_a_comment_with_the_entry_to_choose() -> None:
    text = drafted(["Name", "Alloc Memory"], ["a", "4096"], ["b", "8192"])
    assert "  # Unsure: is column 'Alloc Memory' (4096, 8192) memory_mb" in text or "in which unit" in text
    assert "  #   gb: memory_mb: {from: 'Alloc Memory', unit: gb}" in text


LISTS = {
    "titles and units": "Server name,# of CPUs,RAM (GB),OS,Power State\na,4,16,Windows Server,On\nb,2,8,RHEL 9,Off\n",
    "guessed units": "VM;CPUs;Memory;Disk;Guest OS\na;4;65.536;200;Debian\nb;2;8.192;100;Debian\n",
    "products": "Name,Total CPUs,Cores Per CPU,RAM\na,1,4,4\nb,2,1,8\n",
    "instance types": "instance_id,Instance Type,Name\ni-1,m5.large,a\ni-2,c5.xlarge,b\n",
    "custom types": "name,machine type\na,n2-custom-4-8192\nb,e2-medium\n",
    "a known tool": "VM,Powerstate,CPUs,Memory,Template\na,poweredOn,4,8192,False\nb,poweredOff,2,4096,True\n",
    "Lambda": "function_name,runtime,memory_size,timeout,code_size\nf,python3.12,512,30,524288\ng,nodejs20.x,128,3,9\n",
    "our terms": "workload_id,kind,memory_mb,state\na,website,512,stateless\nb,server,1024,session\n",
    "another state": "id,state,vcpus,memory_mb\na,running,2,4096\nb,stopped,2,8192\n",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_draft_used_unedited_reads_what_is_read_without_a_map(scorer: Scorer, text: str) -> None:
    scorer(text.encode(), "plain.csv", values=True)
    (scorer.folder / "map.yaml").write_text(suggestion(str(scorer.folder / "in.csv")))
    scorer(text.encode(), "mapped.csv", values=True, map_file="map.yaml")
    plain, mapped = (pl.read_csv(scorer.folder / name, infer_schema=False) for name in ("plain.csv", "mapped.csv"))
    assert sorted(mapped.columns) == sorted(plain.columns)
    assert mapped.select(plain.columns).equals(plain)


@pytest.mark.parametrize(
    ("title", "cells", "entries"),
    [
        ("Uptime (days)", ("12", "2"), ["plus: 'Disk 2 (GB)'", "unit: d, table: uptime, hint: true"]),
        ("PowerOn", ("2026-01-01", "2026-02-01"), ["plus: 'Disk 2 (GB)'", "since: ['%Y-%m-%d', '2026-01-25']"]),
    ],
)
def test_disks_and_uptime_are_written_so_that_they_are_read_again(
    tmp_path: Path, title: str, cells: tuple[str, str], entries: list[str]
) -> None:
    header = ["VM", "CPUs", "Disk 1 (GB)", "Disk 2 (GB)", title]
    text = drafted(header, *([f"vm{at}", "4", "50", "100", cell] for at, cell in enumerate(cells)))
    assert [entry for entry in entries if entry not in text] == []
    (tmp_path / "map.yaml").write_text(text)
    found = read_map(tmp_path / "map.yaml")
    assert {column.descriptor for column in found.columns} == {"vcpus", "stored_data_gb", "packaging", "kind"}


def test_a_long_path_is_written_in_full(tmp_path: Path) -> None:
    path = "spec$.jobTemplate.spec.template.spec.containers[main].resources.limits['nvidia.com/gpu']"
    column = Column("gpus", (path,))
    sample = Sample(pl.DataFrame({"0": ["{}"]}), ("spec",), points={})
    bound = ColumnMap("m", (column,)).bind(("spec",))
    (tmp_path / "map.yaml").write_text(draft("x.json", Settled(bound), sample, []))
    assert read_map(tmp_path / "map.yaml").columns[0].sources == (path,)


def test_a_draft_lists_the_devices_that_occur_and_no_column_that_does_not(scorer: Scorer) -> None:
    (scorer.folder / "in.csv").write_text("Name,Type,OS,CPUs\na,Server,Debian,4\nb,Printer,,\nc,Server,Debian,2\n")
    text = suggestion(str(scorer.folder / "in.csv"))
    assert "values: ['printer']" in text and "Powerstate" not in text
    (scorer.folder / "in.csv").write_text("Name,Type,OS,CPUs\na,Server,Debian,4\nc,Server,Debian,2\n")
    assert "skip:" not in suggestion(str(scorer.folder / "in.csv"))
