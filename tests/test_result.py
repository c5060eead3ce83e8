"""The result objects are tested where they are built: test_recommend.py; here only what they promise by themselves."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.result import SERVICE_NAMES, Cited, Reason
from engine.rules import SERVICES


def test_every_service_has_a_name() -> None:
    assert set(SERVICE_NAMES) == {*SERVICES, "none"}


def test_a_built_object_equals_a_validated_one_and_cannot_be_changed() -> None:
    fields = {"rule": "a.b", "effect": "prefer", "text": "t", "weight": 1.0, "strength": None, "fields": ("os",)}
    values = {**fields, "sources": (Cited(key="k", title="t"),), "pack": ""}
    built, validated = Reason.build(**values), Reason(**values)
    assert built == validated and built.model_dump_json() == validated.model_dump_json()
    with pytest.raises(ValidationError):
        built.weight = 2.0
