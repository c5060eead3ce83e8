"""Lists of machines in which something is missing or named oddly: what is unknown is said, and why."""

from __future__ import annotations

from io import BytesIO

import polars as pl
import pytest

from tests.inventory.conftest import Scorer, read_values
from whichcompute.base.errors import NothingRead
from whichcompute.inventory.readers.csv_source import CsvSource
from whichcompute.presentation.scoring import summary_lines


def test_a_row_says_by_which_uptime_it_is_a_server_whatever_names_the_unit(scorer: Scorer) -> None:
    scorer(b"ServerName,OSName,UptimeDays\na,Windows Server 2022,58\nb,Windows Server 2019,2\n")
    notes = pl.read_csv(scorer.folder / "out.csv")["notes"].to_list()
    assert "kind = server is derived from '58' (UptimeDays)" in notes[0]
    assert "is derived from" not in notes[1]


@pytest.mark.parametrize("titles", ["Platte C;Platte D", "Disk C (GB);Disk D (GB)", "C Drive Size GB;D Drive Size GB"])
def test_the_drive_d_is_not_all_disks(scorer: Scorer, titles: str) -> None:
    scorer(f"Servername;vCPU;RAM (GB);{titles}\na;4;16;80;200\nb;2;8;80;400\n".encode(), values=True)
    assert read_values(scorer, "stored_data_gb") == [["280.0"], ["480.0"]]


def test_the_summary_names_columns_without_any_value(scorer: Scorer) -> None:
    lines = [*summary_lines(scorer(b"Name,OS,vCPU,RAM GB,Disk GB\na,linux,0,0,10\nb,windows,0,0,x\n"))]
    assert "  empty or 0 in every row, so unknown: 'RAM GB' and 'vCPU'" in lines
    assert not any("so unknown" in line for line in summary_lines(scorer(b"Name,OS,vCPU\na,linux,0\nb,windows,2\n")))


def test_what_is_unknown_for_another_reason_is_not_called_empty(scorer: Scorer) -> None:
    ec2 = b"InstanceId,InstanceType,Tenancy,State\ni-1,m5.large,default,running\ni-2,m5.large,default,running\n"
    azure = (
        b"target_machine_name,target_region,target_machine_sku\na,eastus,Standard_D4s_v3\nb,eastus,Standard_D2s_v3\n"
    )
    for text in (ec2, azure):
        assert not any("so unknown" in line for line in summary_lines(scorer(text)))


def test_a_region_alone_decides_nothing(scorer: Scorer) -> None:
    with pytest.raises(NothingRead):
        scorer(b"resource_id,region,monthly_cost\nvol-1,us-east-1,45\ni-2,us-west-2,350\n")


def test_a_type_that_is_not_known_is_said_to_be_one(scorer: Scorer) -> None:
    outcome = scorer(b"Instance ID,Instance Type,State\ni-1,m5.large,running\ni-2,zz9.large,running\n")
    assert [(each.value, each.reason) for each in outcome.tally.unread] == [
        ("zz9.large", "no instance type whose size is known")
    ]


@pytest.mark.parametrize("rows", ["a,45,62\nb,12,33\nc,88,91\nd,7,25\n", "a,3,45\nb,97,12\nc,50,60\nd,100,99\n"])
def test_whole_percents_are_in_doubt(scorer: Scorer, rows: str) -> None:
    doubts = "; ".join(scorer(f"hostname,cpu,memory\n{rows}".encode()).doubts)
    assert "'cpu' may be a usage in percent" in doubts and "'memory' may be a usage in percent too" in doubts


@pytest.mark.parametrize(
    "rows",
    ["a,4,15\nb,8,31\nc,16,62\nd,2,7\n", "a,9,16\nb,4,8\nc,16,64\nd,8,32\n", "a,48,96\nb,36,72\nc,40,80\nd,6,12\n"],
)
def test_sizes_as_systems_report_them_are_in_no_doubt(scorer: Scorer, rows: str) -> None:
    assert not scorer(f"hostname,cpu,memory\n{rows}".encode()).doubts


JAPANESE = "ホスト名,OS,CPU数,メモリ(GB),ディスク(GB),環境\n"
JAPANESE += "ウェブ,Windows Server 2019,4,16,100,本番\n表示,CentOS 7,2,8,50,開発\n"
CHINESE = "主机名,操作系统,CPU,内存(GB),磁盘(GB)\n网站,CentOS 7,4,16,100\n数据,Windows Server 2016,2,8,50\n"
KOREAN = "호스트명,운영체제,CPU,메모리(GB),디스크(GB)\n웹,CentOS 7,4,16,100\n디비,Windows Server 2016,2,8,50\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gbk"), (KOREAN, "cp949")],
)
def test_lists_from_east_asia_are_read_in_their_encoding(scorer: Scorer, text: str, encoding: str) -> None:
    scorer(text.encode(encoding), values=True)
    assert read_values(scorer, "vcpus", "memory_mb", "stored_data_gb") == [
        ["4.0", "16384.0", "100.0"],
        ["2.0", "8192.0", "50.0"],
    ]
    assert next(iter(pl.read_csv(scorer.folder / "out.csv").iter_rows()))[0] == text.splitlines()[1].split(",")[0]
    assert "not UTF-8 text: read as" in scorer.said[0]


def test_a_character_may_lie_in_two_blocks() -> None:
    rows = "".join(f"表示{at},CentOS 7,2,8,50,開発\n" for at in range(50))
    text = JAPANESE + rows
    for block in range(150, 160):  # bytes of a block: one of these ends within a character
        source = CsvSource(BytesIO(text.encode("cp932")), "in.csv", block)
        read_back = b"".join(piece.data for piece in source.pieces())
        assert read_back.decode() == text.partition("\n")[2]


IMAGES = "Canonical:UbuntuServer:18.04-LTS:latest", "MicrosoftWindowsServer:WindowsServer:2019-Datacenter:latest"


@pytest.mark.parametrize("title", ["image", "ImageName", "Image Reference"])
def test_the_image_of_a_machine_names_its_system(scorer: Scorer, title: str) -> None:
    rows = "".join(f"{at},Standard_D2s_v3,{image}\n" for at, image in enumerate(IMAGES))
    scorer(f"name,size,{title}\n{rows}".encode(), values=True)
    assert read_values(scorer, "os", "vcpus") == [["linux", "2.0"], ["windows", "2.0"]]


def test_the_image_of_a_container_names_no_system(scorer: Scorer) -> None:
    scorer(b"node,image,cpus,memory_mb\nn1,ubuntu:22.04,2,4096\nn2,alpine:3,1,512\n", values=True)
    assert read_values(scorer, "os", "packaging") == [[None, None], [None, None]]
    scorer(b"task,image,instance type\nt1,mcr.microsoft.com/dotnet/aspnet:8.0,m5.large\n", values=True)
    assert read_values(scorer, "os", "vcpus") == [[None, "2.0"]]


def test_the_address_of_a_disk_names_no_system(scorer: Scorer) -> None:
    scorer(b"VMName,VMSize,osDiskUri\na,Standard_B2s,https://store.blob.core.windows.net/disks/a.vhd\n", values=True)
    assert read_values(scorer, "os", "vcpus") == [[None, "2.0"]]


def test_other_text_stays_windows_1252(scorer: Scorer) -> None:
    scorer("Nom;Système;Mémoire (Go);vCPU\né;Windows 2019;16;4\n".encode("cp1252"), values=True)
    assert scorer.said[0].endswith("not UTF-8 text: read as Windows-1252 (Latin-1)")
    assert read_values(scorer, "memory_mb", "os") == [["16384.0", "windows"]]
