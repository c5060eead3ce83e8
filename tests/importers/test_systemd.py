from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known, likely

SERVICE = """
[Unit]
Description=x
; a comment
[Service]
Environment=TOKEN=hush-hush-1
Environment=B=c
ExecStart=/usr/bin/worker --timeout 5
TimeoutStopSec=90
MemoryMax=512M
CPUQuota=200%
RuntimeMaxSec=1h
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
AmbientCapabilities=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH
"""


def test_a_service(found: Found) -> None:
    scan = found({"worker.service": SERVICE})
    (workload,) = scan.workloads
    assert workload.workload_id == "worker" and known(workload) == {
        "os": "linux", "memory_mb": 512, "vcpus": 2, "max_duration_s": 3600, "host_access": "privileged",
    }  # fmt: skip
    assert likely(workload)["kind"] == "server" and "hush-hush-1" not in scan.model_dump_json()


@pytest.mark.parametrize(
    ("timer", "runs"),
    [("OnCalendar=daily", 30),
     ("OnCalendar=*-*-* 04:00:00", 30), ("OnCalendar=*:0/15", 2920), ("OnCalendar=Mon 1:0", None),
     ("OnUnitActiveSec=1h", 730)],
)  # fmt: skip
def test_a_timer_of_the_same_name_starts_it(found: Found, timer: str, runs: float | None) -> None:
    scan = found({"a.service": "[Service]\nType=oneshot\nExecStart=/bin/a\n", "a.timer": f"[Timer]\n{timer}\n"})
    (workload,) = scan.workloads
    assert known(workload)["kind"] == "scheduled_task" and known(workload).get("invocations_per_month") == runs


def test_units_without_a_command_are_nothing(found: Found) -> None:
    assert not found({"a.service": "[Unit]\nDescription=x\n"}).workloads
