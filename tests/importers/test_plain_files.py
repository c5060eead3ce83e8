from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known, likely


def test_the_last_stage_of_a_dockerfile_counts(found: Found) -> None:
    text = """
    ARG TAG=3.12
    FROM golang:1.22 AS build
    RUN go build \\
      && true
    FROM python:${TAG}-slim AS base
    FROM base
    EXPOSE 8000
    VOLUME /data
    CMD ["gunicorn", "app", "--secret", "hush-hush-1"]
    """
    scan = found({"bot/Dockerfile": text})
    (workload,) = scan.workloads
    assert workload.workload_id == "bot" and known(workload) == {
        "packaging": "container", "os": "linux", "language": "python",
    }  # fmt: skip
    assert likely(workload)["kind"] == "web_api" and likely(workload)["state"] == "persistent"
    assert "hush-hush-1" not in scan.model_dump_json()


def test_windows_and_gpu_images(found: Found) -> None:
    windows = "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN a `\n  b\n"
    scan = found({"w/Dockerfile": windows, "g/Dockerfile": "FROM nvidia/cuda:12\n", "n/Dockerfile": "# nothing\n"})
    gpu, server = scan.workloads
    assert known(server)["os"] == "windows" and likely(gpu)["gpus"] == 1


def test_a_dockerfile_belongs_to_the_service_that_builds_it(found: Found) -> None:
    scan = found({"docker-compose.yml": "services: {web: {build: ./app}}", "app/Dockerfile": "FROM node:20\n"})
    (workload,) = scan.workloads
    assert workload.workload_id == "web" and known(workload)["language"] == "nodejs"
    assert "built by the service 'web'" in scan.left_out[0].reason


def test_processes_of_a_procfile(found: Found) -> None:
    text = "web: gunicorn a\nworker: celery -A a worker\nclock: celery -A a beat\nrelease: python manage.py migrate\n"
    scan = found({"Procfile": text})
    web, worker, clock = scan.workloads
    assert known(web) == {"packaging": "source", "protocol": "http", "os": "linux"}
    assert known(worker) == {"packaging": "source", "protocol": "none", "os": "linux"}
    assert likely(worker) == {"kind": "queue_worker", "language": "python"}
    assert "kind" not in likely(clock) and [item.name for item in scan.left_out] == ["release"]


def test_a_server_beside_the_web_process_is_not_said_to_have_no_clients(found: Found) -> None:
    web, sso = found({"Procfile": "web: gunicorn a:app\nsso: gunicorn b:app\n"}).workloads
    assert known(web)["protocol"] == "http" and "protocol" not in known(sso)


def test_lines_of_a_crontab(found: Found) -> None:
    text = """
    # m h dom mon dow user command
    MAILTO=a@example.com
    */10 * * * * root cd /app && python manage.py sync_batch_jobs --password hush-hush-1
    0 5 * * * /usr/bin/backup.sh
    @reboot /usr/bin/listen
    this is not a line of a crontab
    """
    scan = found({"crontab.txt": text})
    sync, backup, listen = scan.workloads
    assert sync.workload_id == "sync_batch_jobs" and known(sync) == {
        "kind": "scheduled_task", "invocations_per_month": 4380, "os": "linux", "protocol": "none",
    }  # fmt: skip
    assert (backup.workload_id, known(backup)["invocations_per_month"]) == ("backup", 30)
    assert known(listen) == {"os": "linux"} and "hush-hush-1" not in scan.model_dump_json()


def test_a_base_image_that_an_argument_names_is_likely(found: Found) -> None:
    text = 'ARG BASE="node:20"\nARG TAG=3.12\nFROM ${BASE}\n'
    assert likely(found({"Dockerfile": text}).workloads[0])["language"] == "nodejs"
    tagged = "ARG TAG=3.12\nFROM python:${TAG}\n"
    assert known(found({"Dockerfile": tagged}).workloads[0])["language"] == "python"


def test_each_file_of_a_folder_for_cron_is_a_crontab(found: Found) -> None:
    scan = found({"etc/cron.d/backup": "0 2 * * * root /usr/local/bin/backup\n", "etc/backup": "0 2 * * * root x\n"})
    (workload,) = scan.workloads
    assert workload.file == "etc/cron.d/backup" and known(workload)["invocations_per_month"] == 30


def test_steps_that_prepare_the_shell_do_not_name_a_task(found: Found) -> None:
    line = "15 6 * * * source /home/a/.bash_profile && . /home/a/.env && cd /srv/x && ./load-nightly.sh\n"
    (workload,) = found({"crontab": line}).workloads
    assert workload.workload_id == "load-nightly"


@pytest.mark.parametrize(
    ("lines", "protocol", "kind"),
    [
        ("EXPOSE 8080 9090", "http", "web_api"),
        ("EXPOSE 9877\nHEALTHCHECK CMD wget -q http://localhost:9877/health", "http", "server"),
        ("EXPOSE 27015/udp 27015/tcp", "udp", None),
        ("EXPOSE 5432", "tcp", "server"),
        ("EXPOSE ${PORT}", "tcp", "server"),
        ("EXPOSE", None, None),
    ],
)
def test_an_exposed_port_is_likely_what_it_usually_is(
    found: Found, lines: str, protocol: str | None, kind: str | None
) -> None:
    (workload,) = found({"Dockerfile": f"FROM scratch\n{lines}\n"}).workloads
    assert (likely(workload).get("protocol"), likely(workload).get("kind")) == (protocol, kind)
    assert not {"protocol", "kind"} & known(workload).keys()


def test_a_command_has_the_name_of_what_does_the_work(found: Found) -> None:
    text = "0 0 * * * /usr/bin/envdir /etc/env /usr/local/bin/backup.sh\n1 1 * * * timeout 300 ruby remote.rb on\n"
    assert [one.workload_id for one in found({"crontab": text}).workloads] == ["backup", "remote"]
