from __future__ import annotations

import pytest

from whichcompute.importers.found import Draft
from whichcompute.importers.keys import Row, read_keys, tables
from whichcompute.importers.nodes import Node
from whichcompute.importers.parsing import parse_yaml
from whichcompute.knowledge.descriptors import DESCRIPTORS


def read(table: str, text: str) -> Draft:
    draft = Draft("w", "f.yaml", 7, "F")
    read_keys(draft, table, parse_yaml(text)[0], "P.")
    return draft


def test_a_key_gives_a_value_with_its_place() -> None:
    found = read("function", "\n\nmemory_size: 512\nEphemeralStorage: {Size: 2048}").values
    assert {name: (value.value, value.how, value.key, value.line) for name, value in found.items()} == {
        "memory_mb": (512, "given", "P.MemorySize", 3),
        "scratch_gb": (2, "given", "P.EphemeralStorage.Size", 4),
    }


def test_conditions_beside_a_key_hold_it_back() -> None:
    text = "retryStrategy: {evaluateOnExit: [{onStatusReason: 'Host EC2*', action: %s}]}"
    assert read("job", text % "RETRY").values["interruptible"].how == "derived"
    assert "interruptible" not in read("job", text % "EXIT").values


def test_the_first_path_that_is_there_counts_and_empty_lists_are_not_there() -> None:
    assert read("systemd", "MemoryLimit: 1G").values["memory_mb"].value == 1024
    assert "shared_filesystem" not in read("function", "file_system_config: []").values
    assert "shared_filesystem" not in read("task", "volume: [{name: a, efs_volume_configuration: []}]").values


def test_the_thing_itself_is_certain_wherever_it_lies() -> None:
    draft = Draft("w", "f.yaml", 7, "F")
    read_keys(draft, "aws_apprunner_service", Node(None, 0, False))
    assert (draft.values["os"].how, draft.values["os"].line) == ("derived", 7)


@pytest.mark.parametrize("table", tables())
def test_every_row_leads_to_a_field_with_a_value_that_it_can_have(table: str) -> None:
    for row in tables()[table]:
        descriptor = DESCRIPTORS[row.field]
        for value in (row.value, *row.values.values()):
            if value:
                assert descriptor.read(value) is not None
        assert bool(row.why) or not row.likely, "a hint states its rule"


def test_a_row_says_one_thing() -> None:
    with pytest.raises(ValueError, match="vcpus: needs one of unit"):
        Row(at=("a",), field="vcpus", unit="furlongs")
    with pytest.raises(ValueError, match="vcpus: needs one of unit"):
        Row(at=("a",), field="vcpus", unit="number", value="1")
