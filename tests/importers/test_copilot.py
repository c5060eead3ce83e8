from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_a_backend_without_a_port(found: Found) -> None:
    text = "name: discordbot\ntype: Backend Service\nimage: {build: Dockerfile}\ncpu: 256\nmemory: 512\ncount: 1\n"
    (workload,) = found({"copilot/discordbot/manifest.yml": text}).workloads
    assert known(workload) == {
        "memory_mb": 512, "vcpus": 0.25, "packaging": "container", "os": "linux", "protocol": "none",
    }  # fmt: skip
    assert workload.present_service == "fargate"


def test_a_job_that_nothing_schedules(found: Found) -> None:
    text = """
    name: transcribe
    type: Scheduled Job
    on: {schedule: "none"}
    cpu: 1024
    memory: 8192
    platform: linux/x86_64
    timeout: 1h30m
    """
    (workload,) = found({"manifest.yml": text}).workloads
    assert known(workload) == {
        "kind": "batch_job", "memory_mb": 8192, "vcpus": 1, "packaging": "container", "os": "linux",
        "cpu_architecture": "x86_64", "protocol": "none", "max_duration_s": 5400,
    }  # fmt: skip


def test_services_that_clients_reach(found: Found) -> None:
    web = """
    name: web
    type: Load Balanced Web Service
    http: {path: /}
    image: {port: 3000}
    cpu: 256
    count: {range: 1-10, spot: 2}
    storage: {ephemeral: 50, volumes: {data: {efs: true}}}
    environments: {prod: {cpu: 1024}}
    """
    worker = "name: work\ntype: Worker Service\nsidecars: {log: {image: x}}\n"
    scan = found(
        {"web/manifest.yml": web, "work/manifest.yml": worker, "s/manifest.yml": "name: s\ntype: Static Site\n"}
    )
    static, site, queue = scan.workloads
    assert known(static) == {"kind": "website", "static_content": True}
    assert known(site)["protocol"] == "http" and known(site)["vcpus"] == 1 and known(site)["shared_filesystem"] is True
    assert (
        known(site)["autoscaling"] is True and known(site)["interruptible"] is True and known(site)["scratch_gb"] == 50
    )
    assert likely(site)["peak_concurrency"] == 10
    assert known(queue)["kind"] == "queue_worker" and known(queue)["sidecars"] is True


def test_a_scheduled_job(found: Found) -> None:
    (workload,) = found({"manifest.yml": "name: a\ntype: Scheduled Job\non: {schedule: '@daily'}\n"}).workloads
    assert known(workload)["kind"] == "scheduled_task" and known(workload)["invocations_per_month"] == 30


def test_a_request_driven_service_is_declared_for_app_runner(found: Found) -> None:
    text = "name: fe\ntype: Request-Driven Web Service\nimage: {port: 80}\ncpu: 1024\n"
    (workload,) = found({"manifest.yml": text}).workloads
    assert workload.present_service == "app_runner" and known(workload)["vcpus"] == 1


def test_the_environment_of_production_counts_and_internal_services_have_protocols(found: Found) -> None:
    text = """
    name: api
    type: Backend Service
    http: {path: /, stickiness: true}
    image: {port: 9000}
    cpu: 256
    network: {vpc: {placement: private}}
    environments: {staging: {cpu: 512}, production: {cpu: 2048}}
    """
    (workload,) = found({"manifest.yml": text}).workloads
    assert known(workload)["vcpus"] == 2 and known(workload)["protocol"] == "http"
    assert likely(workload)["private_network"] is True and "state" not in known(workload)
    web = text.replace("Backend Service", "Load Balanced Web Service")
    (workload,) = found({"manifest.yml": web}).workloads
    assert known(workload)["state"] == "session"


def test_a_command_tells_a_worker(found: Found) -> None:
    text = "name: w\ntype: Backend Service\nimage: {build: .}\nentrypoint: celery -A a worker --loglevel=info\n"
    assert likely(found({"copilot/w/manifest.yml": text}).workloads[0])["kind"] == "queue_worker"
