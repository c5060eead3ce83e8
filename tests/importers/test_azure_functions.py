from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ('{"type": "blobTrigger"}', {"kind": "event_handler", "protocol": "none"}),
        ('{"type": "httpTrigger"}', {"kind": "web_api", "protocol": "http"}),
        (
            '{"type": "timerTrigger", "schedule": "0 */5 * * * *"}',
            {"kind": "scheduled_task", "protocol": "none", "invocations_per_month": 8760},
        ),
    ],
)
def test_the_binding_says_the_kind(found: Found, binding: str, expected: dict[str, object]) -> None:
    (workload,) = found({"monitor/function.json": f'{{"bindings": [{binding}, {{"type": "blob"}}]}}'}).workloads
    assert workload.workload_id == "monitor" and known(workload) == expected and workload.present_service == "keep"


def test_the_time_limit_of_the_app_is_that_of_its_functions(found: Found) -> None:
    function = '{"bindings": [{"type": "queueTrigger"}]}'
    host = '{"version": "2.0", "functionTimeout": "00:10:00"}'
    scan = found({"app/host.json": host, "app/orders/function.json": function, "other/orders/function.json": function})
    limits = {item.file: known(item).get("max_duration_s") for item in scan.workloads}
    assert limits == {"app/orders/function.json": 600, "other/orders/function.json": None}
    value = next(one for one in scan.workloads[0].values if one.field == "max_duration_s")
    assert value.file == "app/host.json"
    unbounded = host.replace("00:10:00", "-1")
    (workload, _) = found({"app/host.json": unbounded}).workloads
    assert "max_duration_s" not in known(workload)


def test_the_script_of_a_function_tells_its_language(found: Found) -> None:
    text = '{"scriptFile": "%s", "bindings": [{"type": "queueTrigger", "queueName": "q"}]}'
    (workload,) = found({"f/function.json": text % "__init__.py"}).workloads
    assert known(workload)["language"] == "python"
    (workload,) = found({"f/function.json": text % "../dist/index.js"}).workloads
    assert known(workload)["language"] == "nodejs"
