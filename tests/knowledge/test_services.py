from __future__ import annotations

from typing import get_args

from whichcompute.knowledge.services import NONE, SERVICE_NAMES, SERVICES, Service


def test_every_service_is_listed_once_and_has_a_name() -> None:
    assert get_args(Service) == SERVICES
    assert set(SERVICE_NAMES) == {*SERVICES, NONE}
