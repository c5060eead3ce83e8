from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import workloads
from whichcompute import Workload, WorkloadError
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, read


@given(workloads())
def test_the_model_knows_what_was_read(values: dict[str, Value]) -> None:
    assert Workload(**values).known() == read(values) == values


@pytest.mark.parametrize("build", [lambda: Workload(os="beos"), lambda: Workload.model_validate({"os": "beos"})])
def test_the_model_raises_the_same_error(build: object) -> None:
    with pytest.raises(WorkloadError, match="beos"):
        build()


def test_the_schema_describes_every_field() -> None:
    schema = Workload.model_json_schema()
    assert list(schema["properties"]) == list(DESCRIPTORS)
    assert all(field["description"] for field in schema["properties"].values())
    assert schema["additionalProperties"] is False
