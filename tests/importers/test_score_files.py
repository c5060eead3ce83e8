from __future__ import annotations

from tests.importers.conftest import Found, known, likely

TEXT = """
apiVersion: score.dev/v1b1
metadata: {name: shop}
containers:
  web:
    image: .
    variables: {TOKEN: hush-hush-1}
    resources:
      limits: {memory: 90Mi, cpu: 200m}
      requests: {memory: 64Mi, cpu: 100m}
    volumes:
      - source: ${resources.data}
        target: /data
  logs: {image: x}
service:
  ports:
    web: {port: 9000, targetPort: 7000}
resources:
  data: {type: volume}
"""


def test_limits_ports_and_volumes(found: Found) -> None:
    scan = found({"score.yaml": TEXT})
    (workload,) = scan.workloads
    assert known(workload) == {"memory_mb": 90, "vcpus": 0.2, "packaging": "container", "os": "linux",
                               "protocol": "tcp", "state": "persistent"}  # fmt: skip
    assert workload.present_service == "" and "hush-hush-1" not in scan.model_dump_json()
    assert [item.name for item in scan.left_out] == ["shop/logs"]


def test_a_route_says_http(found: Found) -> None:
    text = TEXT.replace("data: {type: volume}", "r: {type: route}")
    (workload,) = found({"score.yaml": text}).workloads
    assert known(workload)["protocol"] == "http" and "state" not in known(workload)
    probe = "    livenessProbe: {httpGet: {path: /}}\n    resources:"
    (probed,) = found({"score.yaml": TEXT.replace("    resources:", probe)}).workloads
    assert "protocol" not in known(probed) and likely(probed)["protocol"] == "http"
