"""Lists of machines in JSON: objects within rows, and lists beside them, end to end."""

from __future__ import annotations

import pytest

from tests.inventory.conftest import Scorer, read_values


@pytest.mark.parametrize(
    "document",
    [
        '{"kind": "discovery", "servers": [{"name": "a", "vcpu": 4, "ramGib": 16, "os": {"raw": "Debian 12"}}]}',
        '{"servers": [{"name": "a", "hardware": {"cpu_cores": 4, "memory_gb": 16}, "os": {"name": "Debian 12"}}]}',
        '{"name": "a", "hardware": {"cpu_cores": 4, "memory_gb": 16}, "os": {"name": "Debian 12"}}\n' * 2,
    ],
    ids=["rows in a list of one line", "objects in rows", "JSON Lines"],
)
def test_objects_in_json_are_read_by_the_titles_within(scorer: Scorer, document: str) -> None:
    (scorer.folder / "in.json").write_text(document)
    scorer("in.json", values=True)
    assert read_values(scorer, "vcpus", "memory_mb", "os")[0] == ["4.0", "16384.0", "linux"]


def test_of_objects_in_json_only_what_was_read_is_shown_as_unreadable(scorer: Scorer) -> None:
    (scorer.folder / "in.json").write_text(
        '[{"name": "a", "hardwareProfile": {"vmSize": "Standard_D2s_v3"}, "storageProfile": {},'
        ' "tags": {"Environment": "School", "Owner": "o"}}]'
    )
    (trouble,) = scorer("in.json").tally.unread
    assert (trouble.column, trouble.value) == ("tags", "School")


def test_what_is_left_of_a_json_document_is_said(scorer: Scorer) -> None:
    (scorer.folder / "in.json").write_text('{"vms": [{"name": "a", "vcpus": 2}], "nets": [{"cidr": "10.0.0.0/8"}]}')
    scorer("in.json")
    assert any("1 object in other lists of the document not read" in text for text in scorer.said)
