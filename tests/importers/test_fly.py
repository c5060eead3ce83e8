from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_an_application_with_a_volume(found: Found) -> None:
    text = """
    app = "actual"

    [env]
    TOKEN = "hush-hush-1"

    [mounts]
    source = "data"
    destination = "/data"

    [[services]]
    internal_port = 5006
    protocol = "tcp"
    [services.concurrency]
    hard_limit = 25
    [[services.ports]]
    handlers = ["http"]
    port = 80

    [[vm]]
    memory = "1gb"
    cpus = 2
    """
    scan = found({"fly.toml": text})
    (workload,) = scan.workloads
    assert known(workload) == {
        "state": "persistent", "protocol": "http", "os": "linux", "memory_mb": 1024, "vcpus": 2,
    }  # fmt: skip
    assert likely(workload)["peak_concurrency"] == 25 and "hush-hush-1" not in scan.model_dump_json()
    assert next(value.line for value in workload.values if value.field == "state") == 6


def test_other_and_broken_toml(found: Found) -> None:
    scan = found({"fly.toml": "a = 1\n", "b/fly.toml": "a = = 1\n"})
    assert not scan.workloads and scan.unreadable[0].file == "b/fly.toml"


def test_groups_of_processes_are_workloads_with_their_machines(found: Found) -> None:
    text = """
    app = "shop"

    [processes]
    web = "bin/web"
    worker = "bin/work"

    [http_service]
    internal_port = 8080
    auto_stop_machines = "stop"
    min_machines_running = 0
    processes = ["web"]
    [http_service.concurrency]
    hard_limit = 50

    [[vm]]
    size = "shared-cpu-2x"
    memory = "512mb"
    processes = ["web"]

    [[vm]]
    gpu_kind = "l40s"
    processes = ["worker"]
    """
    web, worker = found({"fly.toml": text}).workloads
    assert known(web) == {"protocol": "http", "os": "linux", "memory_mb": 512, "vcpus": 2}
    assert likely(web)["scale_to_zero"] is True and likely(web)["peak_concurrency"] == 50
    assert known(worker) == {"protocol": "none", "os": "linux", "gpus": 1}
    assert (web.workload_id, worker.workload_id) == ("shop/web", "shop/worker")


def test_a_size_of_machine_with_a_gpu(found: Found) -> None:
    (app,) = found({"fly.toml": "app = 'a'\n[[vm]]\nsize = 'l40s'\n"}).workloads
    assert known(app)["gpus"] == 1 and "vcpus" not in known(app)


def test_tables_without_processes_are_those_of_the_first_group_but_machines_are_for_all(found: Found) -> None:
    text = """
    app = "shop"
    [processes]
    worker = "bin/work"
    app = "bin/web"
    [http_service]
    internal_port = 8080
    [mounts]
    destination = "/data"
    [[vm]]
    memory = "512mb"
    """
    worker, web = found({"fly.toml": text}).workloads
    assert known(worker) == {"protocol": "none", "os": "linux", "memory_mb": 512}
    assert known(web) == {"protocol": "http", "os": "linux", "memory_mb": 512, "state": "persistent"}


def test_a_udp_service_beside_others_is_the_protocol_that_decides(found: Found) -> None:
    text = "app = 'a'\n[http_service]\ninternal_port = 80\n[[services]]\nprotocol = 'udp'\ninternal_port = 9999\n"
    (workload,) = found({"fly.toml": text}).workloads
    assert known(workload)["protocol"] == "udp" and "otherwise too" in workload.remarks[0]


def test_a_handler_of_tls_alone_leaves_open_what_is_spoken(found: Found) -> None:
    text = """
    app = "vision"
    [[services]]
      internal_port = 8000
      protocol = "tcp"
      [[services.ports]]
        port = 443
        handlers = ["tls"]
    """
    (workload,) = found({"fly.toml": text}).workloads
    assert "protocol" not in known(workload) and likely(workload)["protocol"] == "http"
