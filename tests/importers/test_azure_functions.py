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
