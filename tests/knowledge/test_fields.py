from __future__ import annotations

from typing import get_type_hints

from whichcompute import Workload
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.fields import Fields, Held


def test_type_checkers_know_the_fields_of_the_table_and_no_others() -> None:
    given, held = get_type_hints(Fields), get_type_hints(Held)
    assert list(given) == list(held) == list(DESCRIPTORS) == list(Workload.model_fields)


def test_a_field_is_held_as_the_table_says_and_may_be_given_as_text() -> None:
    given, held = get_type_hints(Fields), get_type_hints(Held)
    assert held["max_duration_s"] == float | None and given["max_duration_s"] == float | str | None
    assert held["high_availability"] == bool | None and given["high_availability"] == bool | str | None
    assert held["kind"] == Workload.model_fields["kind"].annotation
