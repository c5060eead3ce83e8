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
     ("OnCalendar=*-*-* 04:00:00", 30), ("OnCalendar=*:0/15", 2920), ("OnCalendar=Mon 1:0", 4),
     ("OnUnitActiveSec=1h", 730)],
)  # fmt: skip
def test_a_timer_of_the_same_name_starts_it(found: Found, timer: str, runs: float | None) -> None:
    scan = found({"a.service": "[Service]\nType=oneshot\nExecStart=/bin/a\n", "a.timer": f"[Timer]\n{timer}\n"})
    (workload,) = scan.workloads
    assert known(workload)["kind"] == "scheduled_task" and known(workload).get("invocations_per_month") == runs


def test_units_without_a_command_are_nothing(found: Found) -> None:
    assert not found({"a.service": "[Unit]\nDescription=x\n"}).workloads


@pytest.mark.parametrize(
    ("calendar", "runs"),
    [
        ("hourly", 730), ("*-*-* 03:30:00", 30), ("*:0/15", 2920), ("*-*-* *:00/30:00", 1460), ("Mon..Fri 09:00", 22),
        ("Sun *-*-* 03:00", 4), ("*-*-* 00/6:00:00", 122), ("*-*-01,15 02:00", 2), ("Mon,Wed,Fri 06:30", 13),
        ("Mon-Fri *-*-* 11:30:00", 22), ("*:25:0", 730), ("00/2:25:0", 365), ("*:*:0/30", 87600),
        ("9..17:00", 274), ("*-01-01 00:00", None), ("soon", None), ("", None), ("mon..xyz 03:00", None),
    ],
)  # fmt: skip
def test_calendar_events_have_runs_a_month(found: Found, calendar: str, runs: float | None) -> None:
    timer = f"[Timer]\nOnCalendar={calendar}\nUnit=work.service\n"
    scan = found({"work.service": "[Service]\nType=oneshot\nExecStart=/bin/work\n", "daily.timer": timer})
    count = known(scan.workloads[0]).get("invocations_per_month")
    assert count == runs


def test_a_timer_whose_service_is_elsewhere_is_named(found: Found) -> None:
    scan = found({"backup.timer": "[Timer]\nOnCalendar=hourly\n", "other.service": "[Service]\nExecStart=/bin/a\n"})
    assert [one.workload_id for one in scan.workloads] == ["other"] and scan.left_out[0].name == "backup"


def test_a_command_tells_language_and_kind(found: Found) -> None:
    units = {
        "a.service": "[Service]\nExecStart=/srv/.venv/bin/python -m app\n",
        "b.service": "[Service]\nExecStart=/usr/bin/bundle exec sidekiq\n",
    }
    server, worker = found(units).workloads
    assert likely(server) == {"language": "python", "kind": "server"}
    assert likely(worker) == {"language": "ruby", "kind": "queue_worker"}
