"""The result objects are tested where they are built: test_recommend.py; here only what they promise by themselves."""

from __future__ import annotations

from whichcompute.knowledge.services import SERVICE_NAMES, SERVICES


def test_every_service_has_a_name() -> None:
    assert set(SERVICE_NAMES) == {*SERVICES, "none"}
