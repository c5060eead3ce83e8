from __future__ import annotations

from typing import Any

import pytest

from tests.pricing.estimates import estimate, lines


@pytest.mark.parametrize(
    ("values", "balanced"),
    [({"kind": "web_api"}, True), ({"kind": "queue_worker"}, False), ({"kind": "server", "protocol": "tcp"}, False)],
    ids=str,
)
def test_web_services_on_containers_have_a_load_balancer(values: dict[str, Any], balanced: bool) -> None:
    for service in ("fargate", "ecs_ec2"):
        assert ("load balancer" in lines(estimate(service, **values))) == balanced
