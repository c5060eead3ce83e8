from __future__ import annotations

from tests.importers.conftest import Found, known


def test_a_service(found: Found) -> None:
    text = """
    apiVersion: serving.knative.dev/v1
    kind: Service
    metadata: {name: merkl}
    spec:
      template:
        metadata: {annotations: {autoscaling.knative.dev/maxScale: '2', autoscaling.knative.dev/minScale: '0'}}
        spec:
          containerConcurrency: 1
          timeoutSeconds: 600
          containers:
          - image: x
            env: [{name: KEY, value: hush-hush-1}]
            ports: [{containerPort: 8080}]
            resources: {limits: {cpu: '1', memory: 1Gi}}
            livenessProbe: {timeoutSeconds: 5}
    """
    scan = found({"cloudrun.yaml": text})
    (workload,) = scan.workloads
    assert known(workload) == {
        "max_duration_s": 600, "memory_mb": 1024, "vcpus": 1, "peak_concurrency": 2, "protocol": "http",
        "packaging": "container", "os": "linux", "autoscaling": True,
    }  # fmt: skip
    assert workload.present_service == "keep" and "hush-hush-1" not in scan.model_dump_json()


def test_a_job(found: Found) -> None:
    text = """
    apiVersion: run.googleapis.com/v1
    kind: Job
    metadata: {name: load}
    spec: {template: {spec: {taskCount: 10, template: {spec: {timeoutSeconds: 3600, containers: [{image: x}]}}}}}
    """
    (workload,) = found({"job.yaml": text}).workloads
    assert known(workload) == {
        "kind": "batch_job", "protocol": "none", "parallel_tasks": 10, "max_duration_s": 3600,
        "packaging": "container", "os": "linux",
    }  # fmt: skip


def test_a_proxy_before_the_application_is_not_the_main_container(found: Found) -> None:
    text = """
    apiVersion: serving.knative.dev/v1
    kind: Service
    metadata: {name: shop}
    spec:
      template:
        spec:
          containers:
            - {name: nginx, image: nginx, ports: [{containerPort: 8080}], resources: {limits: {memory: 256Mi}}}
            - {name: app, image: shop/app, resources: {limits: {memory: 1Gi}}}
    """
    scan = found({"service.yaml": text})
    (shop,) = scan.workloads
    assert known(shop)["memory_mb"] == 1024 and known(shop)["protocol"] == "http"
    assert [one.name for one in scan.left_out] == ["shop/nginx"]


def test_a_container_without_a_name_is_named_by_its_image(found: Found) -> None:
    containers = "[{image: gcr.io/p/front, ports: [{containerPort: 3000}]}, {image: gcr.io/p/api}]"
    head = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: s}\n"
    document = f"{head}spec: {{template: {{spec: {{containers: {containers}}}}}}}\n"
    (other,) = found({"service.yaml": document}).left_out
    assert other.name == "s/gcr.io/p/api"
