from __future__ import annotations

import math
import pickle
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given

from tests.strategies import workloads
from whichcompute import WorkloadError
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS, read, scalar, with_derived
from whichcompute.recommender.columns.typed import type_columns

CONTRACT_FIELDS = [
    "workload_id",
    "description",
    "kind",
    "max_duration_s",
    "typical_duration_s",
    "invocations_per_month",
    "peak_concurrency",
    "traffic",
    "start_within_s",
    "memory_mb",
    "vcpus",
    "gpus",
    "scratch_gb",
    "payload_mb",
    "cpu_architecture",
    "state",
    "shared_filesystem",
    "protocol",
    "os",
    "host_access",
    "language",
    "packaging",
    "package_mb",
    "code_changes",
    "app_stack",
    "dedicated_hardware",
    "parallel_tasks",
    "tightly_coupled",
    "interruptible",
    "autoscaling",
    "high_availability",
    "aws_integration",
    "server_management",
    "aws_experience",
    "environment",
    "fixed_price",
    "monthly_budget_usd",
]


def test_every_field_of_the_contract_is_in_the_table_in_order() -> None:
    assert list(DESCRIPTORS)[: len(CONTRACT_FIELDS)] == CONTRACT_FIELDS


@pytest.mark.parametrize("name", DECIDING)
def test_every_deciding_descriptor_can_be_asked(name: str) -> None:
    descriptor = DESCRIPTORS[name]
    assert descriptor.question.endswith("?") and descriptor.why and descriptor.effort in (1, 2, 3)
    assert descriptor.read(descriptor.example) is not None
    assert bool(descriptor.change) == bool(descriptor.change_effort)
    assert (descriptor.type == "choice") == bool(descriptor.choices)
    assert all(descriptor.choices.values())


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("max_duration_s", "15m", 900.0),
        ("max_duration_s", "2h", 7200.0),
        ("max_duration_s", "250 ms", 0.25),
        ("memory_mb", "3GiB", 3072.0),
        ("memory_mb", "512MB", 512.0),
        ("scratch_gb", "1.5TB", 1536.0),
        ("invocations_per_month", "2M", 2_000_000.0),
        ("monthly_budget_usd", "$20", 20.0),
        ("os", " Linux ", "linux"),
        ("autoscaling", "YES", True),
        ("autoscaling", 0, False),
        ("gpus", 0, 0.0),
        ("os", "", None),
        ("os", None, None),
        ("memory_mb", "  ", None),
    ],
)
def test_a_value_is_read_into_its_unit(name: str, given: object, expected: object) -> None:
    assert expected == DESCRIPTORS[name].read(given)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("memory_mb", -5),
        ("memory_mb", "-5"),
        ("memory_mb", math.nan),
        ("memory_mb", math.inf),
        ("memory_mb", "1e999"),
        ("memory_mb", "5s"),
        ("memory_mb", True),
        ("memory_mb", [1]),
        ("gpus", 1.5),
        ("os", "beos"),
        ("os", ["linux"]),
        ("autoscaling", "maybe"),
        ("autoscaling", 2),
        ("max_duration_s", "soon"),
        ("max_duration_s", "١٥"),
    ],
    ids=str,
)
def test_a_value_that_is_not_allowed_is_refused(name: str, given: object) -> None:
    with pytest.raises(ValueError, match="allowed"):
        DESCRIPTORS[name].read(given)


def test_all_bad_fields_are_named_at_once() -> None:
    with pytest.raises(WorkloadError) as refused:
        read({"os": "beos", "memory_mb": -5, "runtme": "python", "kind": "website"})
    assert [p.field for p in refused.value.problems] == ["os", "memory_mb", "runtme"]
    assert all(word in str(refused.value) for word in ("beos", "windows", "-5", "runtme"))


@pytest.mark.parametrize("name", [name for name, each in DESCRIPTORS.items() if each.also_called])
def test_what_people_call_a_field_is_no_field_but_leads_to_it(name: str) -> None:
    for word in DESCRIPTORS[name].also_called:
        with pytest.raises(WorkloadError, match=rf"no such field \(did you mean .*\b{name}\b"):
            read({word: 1})


def test_very_many_wrong_names_are_all_named() -> None:
    with pytest.raises(WorkloadError) as error:
        read({f"memry_m{number}": 1 for number in range(50_000)})
    assert len(error.value.problems) == 50_000
    assert "did you mean memory_mb?" in str(error.value.problems[0])


def test_a_message_never_carries_raw_control_characters() -> None:
    with pytest.raises(WorkloadError) as refused:
        read({"os": "\x1b[31mred\n", "bad\x1bname": 1})
    assert "\x1b" not in str(refused.value) and "\n" not in str(refused.value)


@given(workloads())
def test_reading_what_was_read_changes_nothing(values: dict[str, object]) -> None:
    assert read(values) == values


def test_a_derived_descriptor_is_unknown_as_soon_as_a_factor_is() -> None:
    known = {"memory_mb": 1024.0, "typical_duration_s": 2.0}
    assert "gb_seconds_per_month" not in with_derived(known)
    assert with_derived({**known, "invocations_per_month": 10.0})["gb_seconds_per_month"] == pytest.approx(20)


class Kind(StrEnum):
    SITE = "website"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("kind", Kind.SITE, "website"),
        ("memory_mb", Decimal("512.5"), 512.5),
        ("memory_mb", np.int64(512), 512.0),
        ("autoscaling", np.bool_(True), True),
        ("max_duration_s", timedelta(minutes=2), 120.0),
        ("max_duration_s", np.timedelta64(2 * 60 * 10**9, "ns"), 120.0),
    ],
)
def test_values_of_other_types_that_mean_the_same_are_read(field: str, value: object, expected: object) -> None:
    assert read({field: value}) == {field: expected}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("memory_mb", [1]),
        ("memory_mb", np.array([1, 2])),
        ("memory_mb", timedelta(1)),
        ("memory_mb", np.timedelta64(1, "s")),
    ]
    + [("description", "half \ud83d of an emoji"), ("autoscaling", 0.5)],
)
def test_values_of_other_types_that_mean_nothing_are_refused(field: str, value: object) -> None:
    with pytest.raises(WorkloadError, match=field):
        read({field: value})


@pytest.mark.parametrize("field", ["memory_mb", "kind", "workload_id", "autoscaling", None])
def test_a_number_that_python_does_not_write_is_refused_in_words_of_ours(field: Any) -> None:
    field = field or 10**5000
    for mapping in ({field: 10**5000}, {field: [10**5000]}):
        with pytest.raises(WorkloadError, match="allowed: |no such field") as raised:
            read(mapping)
        assert "set_int_max" not in str(raised.value)


def test_an_error_comes_back_from_a_worker_process() -> None:
    with pytest.raises(WorkloadError) as raised:
        read({"memory_mb": "much"})
    back = pickle.loads(pickle.dumps(raised.value))
    assert str(back) == str(raised.value) and back.problems == raised.value.problems


@pytest.mark.parametrize("zero", [0, 0.0, "0", "0 GB"])
def test_no_memory_at_all_is_unknown_in_every_way_in(zero: object) -> None:
    assert DESCRIPTORS["memory_mb"].read(zero) is None
    assert type_columns(pl.DataFrame({"memory_mb": [zero]})).frame["memory_mb"].to_list() == [None]
    assert DESCRIPTORS["scratch_gb"].read(zero) == 0


def test_choices_are_named_in_sentences_and_nowhere_else() -> None:
    """A name for each value that is spelt for machines, none for what is not a value; values are read and kept raw."""
    for name, descriptor in DESCRIPTORS.items():
        assert set(descriptor.names) <= set(descriptor.choices), name
        unnamed = [value for value in descriptor.choices if "_" in descriptor.say(value)]
        assert unnamed == (["x86_64"] if name == "cpu_architecture" else []), name
    assert DESCRIPTORS["protocol"].say("grpc") == "gRPC"
    assert read({"protocol": "grpc"}) == {"protocol": "grpc"} and scalar("grpc") == "grpc"


def test_a_region_called_by_its_city_is_named() -> None:
    with pytest.raises(ValueError, match=r"^allowed: eu-central-1 for Europe \(Frankfurt\), or another id$"):
        DESCRIPTORS["region"].read("Frankfurt")
