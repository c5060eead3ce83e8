from __future__ import annotations

import json

import pytest

from whichcompute.inventory.readers import json_document
from whichcompute.inventory.readers.json_document import named_rows, read, rows_of, wraps_rows

ROW = {"a": 1}


@pytest.mark.parametrize(
    "document",
    [
        [ROW],
        [[ROW]],
        {"items": [ROW]},
        {"kind": "x", "data": {"list": [ROW], "ids": ["a", "b"]}},
        {"Results": [json.dumps(ROW)]},
        {"Reservations": [{"Groups": [{"x": 1}, {"x": 2}], "Instances": [ROW]}]},
        ROW,
    ],
    ids=["array", "array of arrays", "object", "object in an object", "text", "named by a preset", "one row"],
)
def test_the_rows_of_a_document_are_found(document: object) -> None:
    assert rows_of(document) == ([ROW], 0)


def test_an_object_with_the_keys_of_a_tool_is_a_row_whatever_lists_it_holds() -> None:
    row: dict[str, object] = {
        "family": "web",
        "containerDefinitions": [{"name": "a", "image": "b", "cpu": 1, "memory": 2}],
    }
    assert rows_of(row) == ([row], 0)
    assert not wraps_rows(row)
    assert wraps_rows({"taskDefinition": row})
    assert rows_of({"taskDefinition": row}) == ([row], 0)


def test_all_lists_at_a_path_are_joined() -> None:
    document = {"Reservations": [{"Instances": [{"a": 1}, {"a": 2}]}, {"Instances": []}, {"Instances": [{"a": 3}]}]}
    assert named_rows(document) == [{"a": 1}, {"a": 2}, {"a": 3}]


def test_a_path_without_rows_names_none() -> None:
    assert named_rows({"Reservations": []}) == []
    assert named_rows({"Reservations": [{"Instances": ["i-1"]}]}) == []


def test_a_broken_text_stays_a_text() -> None:
    assert rows_of(["{broken"]) == (["{broken"], 0)


def test_documents_may_follow_one_another() -> None:
    assert read(' {"a": 1}\n') == {"a": 1}
    assert read('{\n"a": 1\n}\n{\n"a": 2\n}\n') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["", " ", "{", '{"a": NaN}', "[1] x"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_a_list_within_an_output_of_terraform_is_found_on_one_line() -> None:
    machines = [{"name": "web", "instance_type": "t3.medium", "state": "running"}]
    document: dict[str, object] = {"instances": {"sensitive": False, "value": machines}}
    assert wraps_rows(document)
    assert rows_of(document) == (machines, 0)
    assert not wraps_rows({"name": "a", "vcpus": 2, "memory_mb": 4096, "disks": [{"name": "c", "size": 1}]})


def test_lists_alike_are_one_and_what_is_in_others_is_counted() -> None:
    document = {"web": [{"name": "a"}, {"name": "b"}], "db": [{"name": "c"}], "owners": [{"mail": "x"}]}
    assert rows_of(document) == ([{"name": "a"}, {"name": "b"}, {"name": "c"}], 1)


def test_lists_with_mostly_the_same_keys_are_one() -> None:
    web, windows = ({"name": name, "size": "m5.large", "disk": 5} for name in "ab")
    windows["sku"] = "2022-Datacenter"
    assert rows_of({"web": [web], "windows": [windows]}) == ([web, windows], 0)


def test_an_object_around_a_list_is_not_taken_for_its_only_row() -> None:
    machines = [{"name": "web", "os": "linux", "status": "running"}]
    document: dict[str, object] = {"code": 200, "data": {"page": 1, "total": 1, "vms": machines}, "message": "ok"}
    assert wraps_rows(document)
    assert rows_of(document) == (machines, 0)


def test_objects_that_are_alike_are_rows_under_their_names() -> None:
    hosts = {"a": {"os": "linux", "vcpus": 4, "memory_mb": 8192}, "b": {"os": "windows", "vcpus": 2, "memory_mb": 4096}}
    document: dict[str, object] = {"_meta": {"hostvars": hosts}, "all": {"children": ["web"]}}
    assert rows_of(document) == ([{"name": name, **host} for name, host in hosts.items()], 0)
    assert rows_of({"a": {"os": "linux"}, "b": {"owner": "x", "mail": "y"}})[0] != [{"name": "a", "os": "linux"}]


def test_each_list_is_compared_with_few_others_whatever_a_document_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    share = json_document._share
    monkeypatch.setattr(json_document, "_share", lambda one, other: compared.append(one) or share(one, other))
    unlike: dict[str, object] = {f"list {at}": [{f"a{at}": 1, f"b{at}": 2}] for at in range(1_000)}
    assert rows_of(unlike)[1] == 999
    assert len(compared) <= 100 * 1_000
    compared.clear()
    alike: dict[str, object] = {f"list {at}": [{"name": at, "cpus": 2}] for at in range(1_000)}
    assert (len(rows_of(alike)[0]), compared) == (1_000, [])
