"""Lists of machines as people and tools write them, each with a trap: what must be read of them, end to end."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.inventory.conftest import Scorer, read_values
from tests.inventory.workbooks import book, write
from whichcompute.base.errors import NothingRead

SIZES = ("vcpus", "memory_mb")
A, B = [4.0, 16384.0], [2.0, 8192.0]
LISTS: dict[str, tuple[str, list[list[float | None]]]] = {
    "points for thousands": ("Name;CPUs;Memory\na;4;16.384\nb;2;8.192\n", [A, B]),
    "commas for thousands in tabs": ("Name\tCPUs\tMemory\na\t4\t16,384\nb\t2\t8,192\n", [A, B]),
    "blanks for thousands": ("Nom;CPU;Mémoire (Mo)\na;4;16 384\nb;2;8 192\n", [A, B]),
    "decimal commas": ("Name;Kerne;RAM (GB)\na;4;16,0\nb;2;8,0\n", [A, B]),
    "GB without a word": ("Name,CPUs,Memory\na,4,16\nb,2,8\n", [A, B]),
    "units in cells": ("Name,CPUs,Memory\na,4 cores,16 GB\nb,2 vCPU,8192MB\n", [A, B]),
    "bytes": ("Name,Processors,MemoryStartupBytes\na,4,17179869184\nb,2,8589934592\n", [A, B]),
    "kilobytes": ("Name,vCPUs,Memory KB\na,4,16777216\nb,2,8388608\n", [A, B]),
    "a row of units": ("Name,CPUs,Memory\n,,GB\na,4,16\nb,2,8\n", [[None, None], A, B]),
    "a row of totals": ("Name,CPUs,RAM (GB)\na,4,16\nb,2,8\nTotal,6,24\n", [A, B, [6.0, 24576.0]]),
    "sep": ("sep=;\nName;CPUs;RAM (GB)\na;4;16\nb;2;8\n", [A, B]),
    "#TYPE": ('#TYPE VirtualMachine\n"Name","NumCpu","MemoryGB"\n"a","4","16"\n"b","2","8"\n', [A, B]),
    "titles above": ("Our machines,,\nas of,November,\n,,\nServer,CPUs,RAM (GB)\na,4,16\nb,2,8\n", [A, B]),
    "a surplus empty cell": ("Name,CPUs,RAM (GB)\na,4,16,\nb,2,8,\n", [A, B]),
    "zeros of what is not known": ("Name,OS,CPUs,RAM (GB)\na,Linux,4,16\nb,Linux,0,0\n", [A, [None, None]]),
    "short rows": ("Name,CPUs,RAM (GB),Owner\na,4,16\nb,2,8\n", [A, B]),
    "sockets and cores": ("Name,Sockets,Cores per socket,RAM (GB)\na,2,2,16\nb,1,2,8\n", [A, B]),
    "processors and logical processors": ("Name,CPUs,Logical processors,RAM (GB)\na,2,4,16\nb,1,2,8\n", [A, B]),
    "total of cores": ("Name,CPUs,Total cores,RAM (GB)\na,2,4,16\nb,1,2,8\n", [A, B]),
    "usage beside size": ("Name,CPU usage %,vCPU,Memory used (GB),Memory (GB)\na,3,4,9,16\nb,5,2,7,8\n", [A, B]),
    "facts of Ansible": (
        "ansible_hostname,ansible_processor_vcpus,ansible_memtotal_mb,ansible_distribution\na,4,16384,Ubuntu\nb,2,8192,RedHat\n",
        [A, B],
    ),
    "views of Configuration Manager": (
        "Name0,Caption0,NumberOfLogicalProcessors0,TotalPhysicalMemory0\n"
        "a,Microsoft Windows Server 2016 Standard,4,16777216\nb,Microsoft Windows Server 2019 Standard,2,8388608\n",
        [A, B],
    ),
    "titles with bars": (
        "Name,CPU|Number of virtual CPUs,Memory|Total Capacity (KB)\na,4,16777216\nb,2,8388608\n",
        [A, B],
    ),
    "ligatures in French": ("Nom;Nombre de cœurs;Mémoire (Go)\na;4;16\nb;2;8\n", [A, B]),
    "components in French": ("Nom;Composants - Mémoire;vCPU\na;16384;4\nb;8192;2\n", [A, B]),
    "provisioned": (
        "Node Name,Provisioned CPU Cores,Provisioned Memory (GB),Peak Memory (GB)\na,4,16,9\nb,2,8,2\n",
        [A, B],
    ),
    "three decimals without CPUs": ("Name,MemoryGB\na,16.000\nb,8.000\n", [[None, 16384.0], [None, 8192.0]]),
    "a table in Markdown": ("| Server | vCPU | RAM (GB) |\n|---|---|---|\n| a | 4 | 16 |\n| b | 2 | 8 |\n", [A, B]),
    "a table with borders": (
        "+------+-------+----------+\n| Name | vCPUs | RAM (GB) |\n+------+-------+----------+\n"
        "| a    |     4 |       16 |\n| b    |     2 |        8 |\n+------+-------+----------+\n",
        [A, B],
    ),
    "a table of PowerShell": (
        "\nName PowerState Num CPUs MemoryGB\n---- ---------- -------- --------\n"
        "a    PoweredOn  4        16.000\nb    PoweredOn  2        8.000\n\n",
        [A, B],
    ),
    "nothing known of one": ("Name,CPUs,RAM (GB)\na,4,16\nb,n/a,k.A.\n", [A, [None, None]]),
    "spanish": ("Servidor;Núcleos;Memoria RAM (GB)\na;4;16\nb;2;8\n", [A, B]),
    "portuguese": ("Servidor;Processadores;Memória (GB)\na;4;16\nb;2;8\n", [A, B]),
    "french": ("Serveur;Nb de coeurs;Mémoire vive (Go)\na;4;16,0\nb;2;8,0\n", [A, B]),
    "spanish titles and marks": ("Nombre del servidor;Núcleos CPU;Memoria (MB)\na;4;16.384\nb;2;8.192\n", [A, B]),
    "chinese": (
        "虚拟机,操作系统,状态,内存,CPU\na,CentOS 7,运行中,16384 MB ,4 vCPU(s) \nb,Debian,已停止,8192 MB,2核\n",
        [A, B],
    ),
    "japanese": ("ホスト名,OS,CPUコア数,メモリ(GB),環境\na,RHEL 8,4,16,本番\nb,RHEL 8,2,8,開発\n", [A, B]),
    "korean": ("서버명,운영체제,CPU 코어,메모리(GB)\na,RHEL 8,4코어,16\nb,RHEL 8,2코어,8\n", [A, B]),
    "portuguese titles and marks": ("Nome do servidor;Núcleos;Memória RAM (MB)\na;4;16.384\nb;2;8.192\n", [A, B]),
    "types of earlier generations": ("id,Instance Type\na,m4.xlarge\nb,t2.large\n", [A, B]),
    "sizes of Azure VMs": (
        'SEP=,\nNAME,STATUS,SIZE,DISKS,\n"a","Running","Standard_D4s_v3","5"\n"b","Running","Standard_B2ms","4"\n',
        [A, B],
    ),
    "titles with points": ("name,hardware.cpu_cores,hardware.memoryGb\na,4,16\nb,2,8\n", [A, B]),
    "instance types in a column of another title": (
        "target_machine_name,target_machine_sku\na,Standard_D4s_v3\nb,Standard_D2s_v3\n",
        [A, B],
    ),
    "instance types of which one is unknown": ("id,Instance Type\na,m5.xlarge\nb,m5.lage\n", [A, [None, None]]),
    "threads of one core": ("name,cpus,sockets,cores,threads,ram_mb\na,4,1,4,1,16384\nb,2,1,2,1,8192\n", [A, B]),
    "threads in all": ("name,cores,threads,ram_mb\na,2,4,16384\nb,1,2,8192\n", [A, B]),
    "instance types": ("id,Instance Type\na,m5.xlarge\nb,m5.large\n", [A, B]),
}


@pytest.mark.parametrize(("text", "sizes"), LISTS.values(), ids=LISTS)
def test_sizes_are_read_whatever_the_form(scorer: Scorer, text: str, sizes: list[list[float | None]]) -> None:
    outcome = scorer(text.encode(), values=True)
    assert read_values(scorer, *SIZES) == [[None if value is None else str(value) for value in row] for row in sizes]
    assert not outcome.tally.rejects
    assert not outcome.doubts


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        ("Name,CPUs,RAM (GB)\na,4,16\nTotal,4,16\n", 1),
        ("Name,CPUs,RAM (GB)\na,4,16\nName,CPUs,RAM (GB)\nb,2,8\n", 1),
        ("Name,CPUs,Memory\n,,GB\na,4,16\n", 1),
        ("Name,CPUs,RAM (GB),Power State\na,4,16,On\nb,2,8,Ausgeschaltet\nc,2,8,Suspended\n", 2),
        ("Hostname,CPUs,RAM (GB),Status\na,4,16,active\nb,2,8,Decommissioned\n", 1),
        ("Hostname,CPUs,RAM (GB),lifecycle_state\na,4,16,active\nb,2,8,retired\n", 1),
        ("Hostname,CPUs,RAM (GB),Status,Lifecycle\na,4,16,running,planned\nb,2,8,running,retired\n", 1),
        ("Hostname,CPUs,RAM (GB),Status\na,4,16,online\nb,2,8,maintenance\nc,2,8,offline\n", 1),
        ("Name,CPUs,RAM (GB),Template\na,4,16,WAHR\nb,2,8,FALSCH\n", 1),
        ("Hostname,OS,Device type\na,Linux,Server\nb,,Printer\nc,IOS,switch\nd,Windows 11,Laptop\n", 3),
        ("虚拟机,CPU,内存(GB),状态\na,4,16,运行中\nb,2,8,已停止\n", 1),
        ("Name,OS,CPUs,RAM (GB)\n,,,\na,Linux,4,16\n", 1),
    ],
)
def test_rows_that_are_no_workloads_get_no_service(scorer: Scorer, text: str, skipped: int) -> None:
    outcome = scorer(text.encode())
    assert outcome.tally.skips.total() == skipped
    assert outcome.tally.count == text.count("\n") - 1


@pytest.mark.parametrize(("kind", "machine"), [("physical", True), ("Container", False)])
def test_a_list_of_containers_and_machines_says_of_no_row_how_it_is_packaged(
    scorer: Scorer, kind: str, machine: bool
) -> None:
    outcome = scorer(f"Hostname,Host Type,OS,CPUs,RAM (GB)\na,web,Linux,4,16\nb,{kind},Linux,2,4\n".encode())
    assert any(column.descriptor == "packaging" for column in outcome.map.columns) is machine


@pytest.mark.parametrize(
    "header", ["instanceName,currentInstanceType,current_vcpus", "node,maxcpu,maxmem,cpus,maxdisk"]
)
def test_a_list_of_machines_without_rows_has_its_columns(scorer: Scorer, header: str) -> None:
    assert scorer(f"{header}\n".encode()).tally.count == 0
    assert any("a header and no rows below it" in notice for notice in scorer.said)
    assert (scorer.folder / "out.csv").read_text().startswith(header)


def test_a_title_of_two_names_is_each_of_them(scorer: Scorer) -> None:
    scorer(b"Name,OS,CPUs,Rolle / Anwendung\na,Linux,4,PostgreSQL Datenbank\n", values=True)
    assert read_values(scorer, "product_class", "vcpus") == [["database", "4.0"]]
    scorer(b"Name,OS,CPU / RAM (GB)\na,Linux,4 / 16\n", values=True)
    assert read_values(scorer, "vcpus", "memory_mb") == [[None, None]]


@pytest.mark.parametrize(
    ("header", "cells", "field", "value"),
    [
        ("Name,Platform", "a,Linux", "os", "linux"),
        ("serv_name,serv_os", "a,Windows 2016 Standard", "os", "windows"),
        ("Name,OS,Umgebung", "a,Debian,Produktion", "environment", "production"),
        ("Name,OS,App environment", "a,Debian,UAT", "environment", "dev_test"),
        ("VM,CPUs,guestid", "a,2,centos7_64Guest", "packaging", "machine_image"),
        ("Name,Guest,State", "a,Debian GNU/Linux 11 (64-bit),poweredOn", "os", "linux"),
        ("Name,Instance type,Availability zone", "a,t3.small,eu-west-1b", "region", "eu-west-1"),
        ("Name,OS,Availability zone", "a,Linux,2", "region", None),
        ("Name,OS,Flavor", "a,Linux,m1.small", "memory_mb", None),
        ("Name,vCPU,DdrivesizeGB,EdrivesizeGB", "a,2,10,20", "stored_data_gb", "30.0"),
        ("Name,Disk (GB)", "a,100", "stored_data_gb", "100.0"),
        ("Name,Disk 1 (GB),Disk 2 (GB),Disk 3 (GB)", "a,50,200,", "stored_data_gb", "250.0"),
        ("Name,C: drive,D: drive", "a,60 GB,1 TB", "stored_data_gb", "1084.0"),
        ("Name,OS disk (GB),Data disk (GB)", "a,60,n/a", "stored_data_gb", "60.0"),
        ("Name,OS disk (GB),Data disk (GB)", "a,60,40\nb,60,see notes", "stored_data_gb", "100.0"),
        ("Name,vCPU,Disk 1 (GB),Disk 2 (TB)", "a,2,50,1", "stored_data_gb", None),
        ("Name,Total disk (GB),Disk 1 (GB)", "a,100,50", "stored_data_gb", "100.0"),
        ("Name,vCPU,Disk 1 (GB),Disk 2 (GB)", "a,2,50,see SAN\nb,2,50,see SAN", "stored_data_gb", None),
        ("Name,vCPU,Disks", "a,2,12", "stored_data_gb", None),
        ("Name,vCPU,Number of disks,Disk size", "a,2,2,50", "stored_data_gb", None),
        ("Name,CPU,RAM (GB)", "a,0.0361,16\nb,0.0149,8", "vcpus", None),
        ("Name,CPU,RAM (GB)", "a,0.25,16\nb,0.5,8", "vcpus", "0.25"),
        ("Hostname,OS_Name", "a,Debian", "packaging", "machine_image"),
        ("Server,OS,VM size", "a,2012-R2-Datacenter,Standard_E4as_v4", "os", "windows"),
        ("Server,OS,DB Rel/Ver", "a,Windows,SQL 2014 SP2 (12.0.5000.0)", "product_class", "database"),
        ("NOME,SISTEMA OPERACIONAL,TAMANHO", "a,Linux,Standard_B2s", "memory_mb", "4096.0"),
        ("Name,vCPU,Disks (GB)", "a,2,100 500", "stored_data_gb", None),
        ("Name,OS,CPU cores,RAM (GB)", "a,RHEL 8,4,16", "packaging", "machine_image"),
        ("Name,OS,CPU cores,RAM (GB),Container image", "a,RHEL 8,4,16,shop/api:1", "packaging", None),
        ("Name,OS,CPU cores,RAM (GB),Uptime", "a,RHEL 8,4,16,21 days", "kind", "server"),
        ("Server name,memory_mb,os", "a,512,linux", "packaging", None),
        ("Name,CPUs,Number of disks", "a,2,100", "stored_data_gb", None),
        ("os,static_ip", "linux,10.0.0.1\nlinux,10.0.0.2\nlinux,10.0.0.3", "static_ip", None),
        ("os,region", "linux,westeurope", "region", None),
        ("Hostname,Cores,RAM", "a,4,16 GB", "packaging", "machine_image"),
        ("Name,Cores,RAM", "a,4,16 GB", "packaging", None),
        ("VM,CPUs,Provisioned (GB)", "a,4,40", "stored_data_gb", "40.0"),
        ("Name,OS,Instance name", "a,Debian,m5.large", "memory_mb", None),
        ("Name,OS,current_config,target_config", "a,Debian,m5.large,m5.xlarge", "memory_mb", None),
        ("VM,Provisioned Source Size Bytes", "a,161061273600", "stored_data_gb", "150.0"),
        ("Name,OS,Machine type", "a,Debian,e2-standard-4", "memory_mb", "16384.0"),
        ("Name,OS,Machine type", "a,Debian,https://www.googleapis.com/p/machineTypes/n1-standard-2", "vcpus", "2.0"),
    ],
)
def test_titles_and_values_decide_together(
    scorer: Scorer, header: str, cells: str, field: str, value: str | None
) -> None:
    scorer(f"{header}\n{cells}\n".encode(), values=True)
    assert read_values(scorer, field)[0] == [value]


def test_a_total_is_named_in_the_first_column_or_in_that_of_the_names(scorer: Scorer) -> None:
    outcome = scorer(b"Agency,Server name,OS,Cores\nHealth,h1,AIX,4\nHealth,h2,AIX,8\nTotal,,,12\n")
    assert outcome.tally.skips == {"a total or a repeated header, not a workload": 1}


def test_cells_of_a_row_of_units_are_not_counted_as_unreadable(scorer: Scorer) -> None:
    outcome = scorer(b"Name,CPU,Memory\n,count,GB\na,4,16\nb,2,8\n", strict=True)
    assert (outcome.tally.unread.total(), outcome.tally.rejects) == (0, 0)
    assert outcome.tally.skips == {"a row of units": 1}


def test_disks_in_a_list_are_added(scorer: Scorer) -> None:
    (scorer.folder / "in.json").write_text(
        '[{"name": "a", "vcpus": 2, "disks": [{"id": 0, "size_gb": 50}, {"id": 1, "size_gb": 200}]},'
        ' {"name": "b", "vcpus": 2, "disks": [{"id": 0, "size_gb": 100}]}]'
    )
    scorer("in.json", values=True)
    assert read_values(scorer, "stored_data_gb") == [["250.0"], ["100.0"]]


def test_an_implausible_column_is_a_note_in_every_row(scorer: Scorer) -> None:
    outcome = scorer(b"Name,CPUs,Memory (MB)\na,4,16\nb,2,8\n")
    notes = pl.read_csv(scorer.folder / "out.csv")["notes"].to_list()
    said = "'Memory (MB)' may have another unit: half of its values are at most 12 MB"
    assert outcome.doubts == (said,)
    assert all(said in note for note in notes)


def test_a_unit_that_excel_shows_is_read(scorer: Scorer, tmp_path: Path) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1">'
        '<numFmt numFmtId="170" formatCode="0&quot; GB&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    rows = (
        '<row><c t="str"><v>VM</v></c><c t="str"><v>Memory</v></c></row>'
        '<row><c t="str"><v>a</v></c><c s="1"><v>16</v></c></row>'
    )
    book(tmp_path / "x.xlsx", rows, {"xl/styles.xml": styles})
    scorer("x.xlsx", values=True)
    assert read_values(scorer, "memory_mb") == [["16384.0"]]


def test_disks_that_cannot_all_be_read_are_unknown_and_named(scorer: Scorer) -> None:
    scorer(b"Name,OS disk (GB),Data disk (GB)\na,60,40\nb,60,see notes\n", values=True)
    frame = pl.read_csv(scorer.folder / "out.csv")
    assert frame["read_stored_data_gb"].to_list() == [100.0, None]
    cost = (
        "No cost of Amazon EC2: it needs Linux or Windows, and memory_mb, vcpus or gpus, a kind that runs all month, "
        "or invocations_per_month and a duration.; "
    )
    assert frame["notes"][1] == f"{cost}OS disk (GB), Data disk (GB): '60, see notes' cannot be read"


def test_a_file_without_a_header_says_so_by_its_line(scorer: Scorer) -> None:
    with pytest.raises(NothingRead):
        scorer(b"\nweb01,4,8192\ndb01,8,32768\n")
    said = "line 2 is read as the header, but '4' and '8192' are no title; if the file has no header, put a line with"
    assert any(said in text for text in scorer.said)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("VM,Powerstate,Disk,Capacity MiB,OS according to the configuration file", "the list of disks or partitions"),
        ("VM,Powerstate,NIC label,OS according to the configuration file", "the list of network adapters"),
        ("Host,Cluster,# CPU,# VMs,# vCPUs", "the list of hosts"),
    ],
)
def test_a_list_of_a_tool_that_holds_no_machines_is_not_scored(scorer: Scorer, header: str, what: str) -> None:
    cells = ",".join("4" for _ in header.split(","))
    with pytest.raises(NothingRead, match=f"is {what} of RVTools"):
        scorer(f"{header}\n{cells}\n".encode())


@pytest.mark.parametrize(
    "text",
    ["Name,State$.Name,VM?Template=yes,CPUs\na,on,no,4\n", "a$.b,os?x=y,CPUs\n1,linux,4\n"],
)
def test_titles_that_look_like_paths_are_titles(scorer: Scorer, text: str) -> None:
    scorer(text.encode(), values=True)
    assert read_values(scorer, "vcpus") == [["4.0"]]


def test_two_sites_on_two_sheets_are_one_inventory(scorer: Scorer, tmp_path: Path) -> None:
    header = ["Server", "CPUs", "RAM (GB)"]
    write(tmp_path / "x.xlsx", {"Cover": [["ACME"]], "Rome": [header, ["a", 4, 16]], "Oslo": [header, ["b", 2, 8]]})
    scorer("x.xlsx", values=True)
    assert read_values(scorer, *SIZES) == [["4.0", "16384.0"], ["2.0", "8192.0"]]
    assert pl.read_csv(scorer.folder / "out.csv")["sheet"].to_list() == ["Rome", "Oslo"]


def test_a_state_that_sets_rows_aside_is_said_to_do_so(scorer: Scorer) -> None:
    scorer(b"Name,OS,State\na,Linux,running\nb,Linux,stopped\n")
    assert any("'state' is not read as a state: it sets rows aside" in text for text in scorer.said)


def test_a_system_that_ec2_cannot_run_stays_where_it_is(scorer: Scorer) -> None:
    systems = ("AIX 7.2", "Solaris 10 (SPARC)", "HP-UX 11i", "z/OS 2.4", "FreeBSD 13", "Ubuntu 22.04")
    rows = "".join(f"host{at},{name},4,16\n" for at, name in enumerate(systems))
    outcome = scorer(f"hostname,os,vcpu,memory gb\n{rows}".encode())
    found = pl.read_csv(scorer.read("out.csv"))
    assert found["outside"].to_list() == [*["keep"] * 4, "ec2;keep", "ec2"]
    assert found["monthly_cost_usd"].is_null().to_list() == [*[True] * 5, False]
    kept = "Its operating system runs on {} only, which AWS does not offer: it stays where it is until it is replaced"
    assert found["notes"][:4].to_list() == [
        kept.format(each) for each in ("IBM Power", "SPARC", "Itanium or PA-RISC", "IBM Z")
    ]
    assert not any("where it is" in (note or "") for note in found["notes"][4:])
    for reasons in found["reasons"][:4]:
        assert reasons.startswith("for: none.operating-system-not-on-aws; not lambda: ")
    assert outcome.tally.places == {("keep", "none"): 4, ("ec2", "none"): 2}


def test_a_title_may_explain_itself_in_brackets(scorer: Scorer) -> None:
    scorer(b"Server,Anzahl CPUs (vCPU),Arbeitsspeicher (RAM),Disk (OS)\na,4,16 GB,80\nb,2,8 GB,80\n", values=True)
    assert read_values(scorer, *SIZES) == [["4.0", "16384.0"], ["2.0", "8192.0"]]


def test_memory_beside_fractions_of_cpus_may_be_a_share_of_use(scorer: Scorer) -> None:
    outcome = scorer(b"hostname,cpu,memory\na,12.4,45.1\nb,89.1,95.0\nc,9.3,51.7\n")
    assert "'memory' may be a usage in percent too: no value is above 100" in outcome.doubts


def test_shares_of_use_are_no_sizes(scorer: Scorer) -> None:
    with pytest.raises(NothingRead):
        scorer(b"Server,CPU %,Memory (%),Disk %\na,12,44,70\nb,4,22,50\n")
