from __future__ import annotations

from tests.importers.conftest import Found, known, likely

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: wait, image: busybox}]
      containers:
      - name: envoy
        image: envoyproxy/envoy
      - name: app
        image: x/app
        env: [{name: TOKEN, value: hush-hush-1}]
        ports: [{containerPort: 6001}]
        resources:
          limits: {memory: 1000Mi, cpu: "1", nvidia.com/gpu: 1, ephemeral-storage: 10Gi}
          requests: {memory: 500Mi, cpu: 250m}
"""


def test_a_deployment_and_its_sizes(found: Found) -> None:
    scan = found({"d.yaml": DEPLOYMENT})
    (workload,) = scan.workloads
    assert known(workload) == {
        "memory_mb": 1000, "vcpus": 1, "gpus": 1, "scratch_gb": 10, "packaging": "container", "os": "linux",
        "protocol": "tcp", "sidecars": True,
    }  # fmt: skip
    assert workload.present_service == "kubernetes"
    assert {item.name for item in scan.left_out} == {"web/envoy", "web/wait"}
    assert "hush-hush-1" not in scan.model_dump_json()


def test_a_list_of_one_kind_names_the_kind_of_its_items(found: Found) -> None:
    scan = found({
        "list.json": """{"kind": "DeploymentList", "apiVersion": "apps/v1", "metadata": {}, "items": [
            {"metadata": {"name": "web"}, "spec": {"template": {"spec": {"containers": [
                {"name": "web", "image": "x/web", "resources": {"limits": {"memory": "512Mi"}}}]}}}}]}""",
    })  # fmt: skip
    (workload,) = scan.workloads
    assert workload.workload_id == "web"
    assert known(workload)["memory_mb"] == 512


def test_objects_of_other_files_of_the_folder_are_joined(found: Found) -> None:
    rest = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Service, metadata: {name: web-svc}, spec: {selector: {app: web}, ports: [{port: 80}]}}
    - apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: h}
      spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 9}
    - apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: i}
      spec: {rules: [{http: {paths: [{backend: {service: {name: web-svc}}}]}}]}
    """
    (workload,) = found({"d.yaml": DEPLOYMENT, "rest.yaml": rest}).workloads
    assert known(workload)["protocol"] == "http" and known(workload)["autoscaling"] is True
    assert likely(workload)["peak_concurrency"] == 9


def test_a_cron_job(found: Found) -> None:
    text = """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: prowler}
    spec:
      schedule: "5 3 * * 0,2,4"
      concurrencyPolicy: Forbid
      jobTemplate: {spec: {activeDeadlineSeconds: 600, template: {spec: {containers: [{name: p, image: x}]}}}}
    """
    (workload,) = found({"c.yaml": text}).workloads
    assert known(workload) == {
        "kind": "scheduled_task", "invocations_per_month": 13, "peak_concurrency": 1, "max_duration_s": 600,
        "packaging": "container", "os": "linux", "protocol": "none",
    }  # fmt: skip


def test_kinds_that_say_something(found: Found) -> None:
    def of(kind: str, spec: str) -> str:
        return f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {kind.lower()}}}\nspec: {spec}\n"

    pod = "template: {spec: {containers: [{name: a, image: x}]}}"
    claim = "volumeClaimTemplates: [{spec: {resources: {requests: {storage: 10Gi}}}}]"
    text = "---\n".join(
        [
            of("StatefulSet", f"{{{claim}, {pod}}}"),
            of("DaemonSet", f"{{{pod}}}"),
            of("Job", f"{{parallelism: 5, {pod}}}"),
            of("Service", "{ports: [{port: 80}]}"),
            of("ConfigMap", "{}"),
        ]
    )
    stateful, daemon, job = (known(workload) for workload in found({"a.yaml": text}).workloads)
    assert stateful["state"] == "persistent" and stateful["stored_data_gb"] == 10
    assert daemon["host_access"] == "privileged"
    assert job["kind"] == "batch_job" and job["parallel_tasks"] == 5


def test_volumes_and_platform(found: Found) -> None:
    text = """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: data}
    spec: {accessModes: [ReadWriteMany]}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: a}
    spec:
      template:
        spec:
          nodeSelector: {kubernetes.io/os: windows, kubernetes.io/arch: arm64}
          hostNetwork: true
          tolerations: [{key: spot, operator: Exists}]
          volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
          containers: [{name: a, image: x, ports: [{name: http, containerPort: 8080}]}]
    """
    (workload,) = found({"a.yaml": text}).workloads
    assert known(workload) == {
        "packaging": "container", "os": "windows", "cpu_architecture": "arm64", "host_access": "privileged",
        "state": "persistent", "shared_filesystem": True, "interruptible": True, "protocol": "http",
    }  # fmt: skip


def test_a_helm_template_is_not_guessed_at(found: Found) -> None:
    scan = found(
        {"templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: '{{ .Release.Name }}'}\n"}
    )
    assert not scan.workloads and "helm template" in scan.unreadable[0].advice


def test_the_architecture_that_affinity_requires(found: Found) -> None:
    term = "{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [arm64]}]}"
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: a}
    spec:
      template:
        spec:
          affinity:
            nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [TERMS]}}
          containers: [{name: a, image: x}]
    """
    (workload,) = found({"a.yml": text.replace("TERMS", term)}).workloads
    assert known(workload)["cpu_architecture"] == "arm64"
    (either,) = found({"a.yml": text.replace("TERMS", f"{term}, {term}")}).workloads
    assert "cpu_architecture" not in known(either)


def test_a_service_whose_port_is_named_for_http(found: Found) -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{name: http}]}\n"
    )
    pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n"
    pod += "    metadata: {labels: {app: web}}\n    spec: {containers: [{image: x, ports: [{containerPort: 7001}]}]}\n"
    (workload,) = found({"a.yaml": f"{pod}---\n{service}"}).workloads
    assert known(workload)["protocol"] == "http"


def test_a_probe_of_another_port_does_not_say_what_the_first_one_speaks(found: Found) -> None:
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: %s}
    spec: {template: {spec: {containers: [{name: a, image: a,
      ports: [{containerPort: 8081}, {containerPort: 8084}],
      livenessProbe: {httpGet: {path: /, port: %s}}}]}}}
    """
    scan = found({"a/d.yaml": text % ("other", 8084), "b/d.yaml": text % ("same", 8081)})
    other, same = scan.workloads
    assert "protocol" not in known(other) and known(same)["protocol"] == "http"


def test_a_limit_of_temporary_files_is_likely_unless_they_are_in_memory(found: Found) -> None:
    pod = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: a}
    spec:
      template:
        spec:
          containers: [{name: a, image: a}]
          volumes: [{name: shm, emptyDir: {medium: Memory, sizeLimit: 1Gi}}, {name: t, emptyDir: {sizeLimit: 10Gi}}]
    """
    assert likely(found({"a.yaml": pod}).workloads[0])["scratch_gb"] == 10


def test_a_probe_of_http_is_likely_http_where_no_port_is_named(found: Found) -> None:
    pod = "{containers: [{name: a, image: a, readinessProbe: {httpGet: {path: /, port: 8081}}}]}"
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\nspec: {{template: {{spec: {pod}}}}}\n"
    (workload,) = found({"a.yaml": text}).workloads
    assert likely(workload)["protocol"] == "http"


def test_objects_of_another_namespace_or_kind_are_not_joined(found: Found) -> None:
    def web(kind: str, namespace: str) -> str:
        return DEPLOYMENT.replace("Deployment", kind).replace("name: web}", f"name: web{namespace}}}", 1)

    ingress = """
apiVersion: v1
kind: Service
metadata: {name: svc, namespace: a}
spec: {selector: {app: web}, ports: [{port: 5001}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: way, namespace: a}
spec: {rules: [{http: {paths: [{backend: {service: {name: svc}}}]}}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: more, namespace: a}
spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 9}
"""
    kinds = (("Deployment", "a"), ("StatefulSet", "a"), ("Deployment", "b"))
    parts = [web(kind, f", namespace: {space}") for kind, space in kinds]
    first, other_kind, other_space = found({"all.yaml": "---".join([*parts, ingress])}).workloads
    assert known(first)["protocol"] == known(other_kind)["protocol"] == "http"
    assert likely(first)["kind"] == "web_api" and likely(first)["peak_concurrency"] == 9
    assert known(first)["autoscaling"] is True and "autoscaling" not in known(other_kind)
    assert known(other_space).get("protocol") != "http" and "autoscaling" not in known(other_space)
    bare = found({"all.yaml": "---".join([DEPLOYMENT, ingress])}).workloads[0]  # a file says no namespace
    assert known(bare)["protocol"] == "http"


def test_a_proxy_before_the_main_container_is_not_the_workload(found: Found) -> None:
    pod = """
    apiVersion: v1
    kind: Pod
    metadata: {name: shop}
    spec:
      containers:
      - {name: proxy, image: x/gate, ports: [{containerPort: 8080}], resources: {limits: {memory: 30Mi}}}
      - {name: app, image: x/shop, resources: {limits: {memory: 600Mi}}}
    """
    scan = found({"p.yaml": pod})
    assert known(scan.workloads[0])["memory_mb"] == 600 and likely(scan.workloads[0])["protocol"] == "http"
    assert [one.name for one in scan.left_out] == ["shop/proxy"]


def test_a_port_on_which_a_workload_is_watched_is_not_the_one_that_clients_reach(found: Found) -> None:
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: consumer}
    spec:
      template:
        spec:
          containers:
          - name: consumer
            image: x
            ports: [{name: metrics, containerPort: 8000}%s]
            readinessProbe: {httpGet: {path: /healthz, port: 8000}}
    """
    (alone,) = found({"d.yaml": text % ""}).workloads
    assert "protocol" not in known(alone) and likely(alone)["protocol"] == "none"
    (reached,) = found({"d.yaml": text % ", {name: grpc, containerPort: 9000}"}).workloads
    assert known(reached)["protocol"] == "grpc"


def test_the_namespace_of_another_environment_is_no_further_workload(found: Found) -> None:
    def deployment(name: str, namespace: str) -> str:
        return (
            f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
            f"spec: {{template: {{spec: {{containers: [{{name: a, image: {name}}}]}}}}}}\n"
        )

    named = [("api", "shop"), ("api-staging", "shop-staging"), ("api-staging", "shop"), ("jobs", "shop-dev"),
             ("site", "staging"), ("site", "production")]  # fmt: skip
    scan = found({"all.yaml": "---\n".join(deployment(*one) for one in named)})
    assert [one.workload_id for one in scan.workloads] == ["api", "api-staging", "jobs", "site"]
    assert [(one.name, one.line) for one in scan.left_out] == [("api-staging", 6), ("site", 21)]


def test_one_claim_of_several_replicas_is_likely_shared(found: Found) -> None:
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:
      replicas: REPLICAS
      template:
        spec:
          containers: [{name: api, image: acme/api}]
          volumes: [{name: data, persistentVolumeClaim: {claimName: api-data}}]
    """
    shared = [likely(found({"d.yaml": text.replace("REPLICAS", count)}).workloads[0]) for count in ("1", "2")]
    assert [one.get("shared_filesystem") for one in shared] == [None, True]


def test_what_a_cluster_lists_beside_its_workloads_is_left_out(found: Found) -> None:
    """`kubectl get all` lists the sets, jobs and pods that others made, and the parts of the cluster."""
    made = {"ReplicaSet": ("web-5d9", "Deployment", "web"), "Job": ("report-28500", "CronJob", "report"),
            "Pod": ("web-5d9-x", "ReplicaSet", "web-5d9")}  # fmt: skip
    listed = [DEPLOYMENT, DEPLOYMENT.replace("{name: web}", "{name: coredns, namespace: kube-system}")]
    for kind, (name, owner, of) in made.items():
        owned = f"{{name: {name}, ownerReferences: [{{kind: {owner}, name: {of}}}]}}"
        listed.append(DEPLOYMENT.replace("kind: Deployment", f"kind: {kind}").replace("{name: web}", owned))
    listed.append(DEPLOYMENT.replace("{name: web}", "{name: kafka, ownerReferences: [{kind: Kafka, name: k}]}"))
    scan = found({"all.yaml": "---".join(listed)})
    assert [workload.workload_id for workload in scan.workloads] == ["web", "kafka"]
    reasons = {one.name: one.reason for one in scan.left_out if "/" not in one.name}
    assert reasons == {
        "coredns": "a part of the cluster itself",
        "web-5d9": "the Deployment 'web' made it, which counts",
        "report-28500": "the CronJob 'report' made it, which counts",
        "web-5d9-x": "the ReplicaSet 'web-5d9' made it, which counts",
    }
