from __future__ import annotations

import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.inventory.readers.printed import LARGEST, as_csv

GCLOUD = b"""NAME     ZONE           MACHINE_TYPE   PREEMPTIBLE  STATUS
gitea    us-central1-a  e2-medium                   RUNNING
wsfc-dc  us-central1-c  n1-standard-2  true         TERMINATED
"""
NARROW = b"NAME ZONE           MACHINE_TYPE  STATUS\na    us-central1-a  e2-medium     RUNNING\n"
BORDERS = b"+----+-------+\n| ID | Name  |\n+----+-------+\n| 1  | a, b  |\n+----+-------+\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (GCLOUD, ["NAME,ZONE,MACHINE_TYPE,PREEMPTIBLE,STATUS", "gitea,us-central1-a,e2-medium,,RUNNING"]),
        (NARROW, ["NAME,ZONE,MACHINE_TYPE,STATUS", "a,us-central1-a,e2-medium,RUNNING"]),
        (BORDERS, ["", "ID,Name", "", '1,"a, b"']),
        (
            "┌----┬--------┐\n│ id │ status │\n├----┼--------┤\n│ 1  │ on     │\n└----┴--------┘\n".encode(),
            ["", "id,status", "", "1,on"],
        ),
        (
            b"ID\t\tName\t\tIPv4\t\tMemory\tVCPUs\n25985490\tetcd-1\t\t188.166.163.26\t512\t1\n"
            b"25990476\tmaster-1\t138.68.75.149\t2048\t2\n",
            [
                "ID,Name,IPv4,Memory,VCPUs",
                "25985490,etcd-1,188.166.163.26,512,1",
                "25990476,master-1,138.68.75.149,2048,2",
            ],
        ),
        (b"Name    Status\r\n------  --------\r\na       on\r\n", []),
    ],
    ids=["two blanks", "one blank", "borders", "drawn borders", "tabs", "two columns"],
)
def test_the_table_keeps_its_line_numbers(text: bytes, lines: list[str]) -> None:
    found = as_csv(text).decode().split("\n")
    assert found[: len(lines)] == lines
    assert not lines or len(found) == len(text.split(b"\n"))


@pytest.mark.parametrize(
    "text",
    [
        b"Name,vCPU,OS\na,2,Ubuntu 22.04\n",
        b"Name;vCPU;OS\na;2;x\n",
        b"a|b|c\n1|2|3\n",
        b"The servers of our data centre\nName  vCPU  OS\n",
        b"NAME  ZONE  MACHINE_TYPE\na very long name  z  e2-medium\n",
        b"",
        b"Name\n",
        b"NAME  ZONE  MACHINE_TYPE\n" + b"a     b     e2-medium\n" * (LARGEST // 20),
    ],
    ids=[
        "commas",
        "semicolons",
        "bars without borders",
        "a title",
        "a cell too wide",
        "nothing",
        "one line",
        "too large",
    ],
)
def test_other_files_are_left_alone(text: bytes) -> None:
    assert as_csv(text) == b""


def test_columns_that_tabs_align_and_that_run_into_one_another_are_refused() -> None:
    text = b"ID\t\tName\t\tImage\t\tVCPUs\n1\t\ta\t\tCoreOS-1164.1.0-(alpha)2\n2\t\tmaster-1\tDebian\t\t4\n"
    with pytest.raises(InventoryError, match="x: columns are aligned by tabs and run into one another"):
        as_csv(text, "x")
    assert as_csv(b"Name\t\tCPU\t\tRAM (GB)\na\tx\t4\ty\t16\n") == b""
