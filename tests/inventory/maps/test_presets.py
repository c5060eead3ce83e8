from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError, InventoryError
from whichcompute.inventory.maps.paths import normal
from whichcompute.inventory.maps.presets import detected, parse_preset, preset, presets, read_map


@pytest.mark.parametrize(
    "header", [["workload_id", "kind"], ["VM", "CPUs"], []], ids=["descriptors", "too little of a tool", "nothing"]
)
def test_other_files_are_left_alone(header: list[str]) -> None:
    assert detected(header) is None


def test_lower_case_headers_are_recognised_too() -> None:
    found = detected(["functionarn", "numberofinvocations", "currentconfiguration_memorysize"])
    assert found is not None
    assert found.map.name == "compute-optimizer-lambda"


def test_an_unknown_preset_lists_the_known_ones() -> None:
    with pytest.raises(InventoryError, match="unknown preset 'rvtool'; allowed: .*rvtools.*, none"):
        preset("rvtool")


def test_a_users_map_is_read(tmp_path: Path) -> None:
    file = tmp_path / "our.yaml"
    file.write_text(
        "ids: [Host]\n"
        "columns:\n"
        "  memory_mb: {from: RAM, unit: GB}\n"
        "  os: {from: [System, OS], table: os}\n"
        "  vcpus: Cores\n"
        "  autoscaling: {from: Scales, values: {yes: true, no: false}}\n"
        "skip:\n"
        "  - {column: State, values: [off, retired], because: not running}\n"
    )
    map_ = read_map(file)
    assert [column.descriptor for column in map_.columns] == ["memory_mb", "os", "vcpus", "autoscaling"]
    assert map_.columns[3].values == {"true": "true", "false": "false"}
    assert map_.skips[0].values == ("false", "retired")
    assert map_.ids == ("Host", "workload_id")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a table"),
        ("columns:\n  os: OS\n  os: System\n", "line 3: 'os' is duplicated"),
        ("skip: [{column: a, because: b, column: c}]", "'column' is duplicated"),
        ("[1]", "must be a table"),
        ("columns: 3", "columns: '3' must be a table"),
        ("notes: a", "columns must map descriptors"),
        ("columns: {os: {from: ['a$.[[']}}", "'a$.[[' ends in a path that cannot be read"),
        ("columns: {kind: {from: [Up], since: [x, y]}}", "must be a format of days and a day"),
        ("colums: {}", "colums: unknown; allowed: title, detect"),
        ("columns: {memory: RAM}", "columns.memory: unknown descriptor (did you mean memory_mb"),
        ("columns: {memory_mb: {from: RAM, unit: hours}}", "unit 'hours'; allowed: b, byte"),
        ("columns: {memory_mb: {frm: RAM}}", "columns.memory_mb: frm: unknown; allowed: from, always"),
        ("columns: {memory_mb: {from: RAM, factor: -1}}", "factor: '-1' must be above 0"),
        ("columns: {memory_mb: {from: RAM, factor: true}}", "factor: 'True'"),
        ("columns: {os: {from: OS, table: kind}}", "unknown table 'kind'; allowed: os"),
        ("columns: {os: {}}", "set either `from` (columns) or `always` (a constant)"),
        ("columns: {os: {from: A, always: linux}}", "set either `from` (columns) or `always` (a constant)"),
        ("columns: {os: {from: [1]}}", "must be a list of texts"),
        ("columns: {os: {from: A, values: [1]}}", "values: '[1]' must map cells"),
        (
            "columns: {environment: {from: A, values: {Prod: production, prod: hobby}}}",
            "columns.environment: values: 'Prod' means 'production' and 'prod' means 'hobby', but case is ignored",
        ),
        (
            "columns: {os: A}\nskip: [{column: X, values: [1]}]",
            "column, values (or prefix) and because (a text) are required",
        ),
        ("columns: {os: &a A, kind: *a}", "aliases"),
        (
            "columns: {os: [",
            "not valid YAML: expected the node content, but found '<stream end>' (line 1, column 16)",
        ),
        ("columns: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_a_broken_map_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "our.yaml"
    file.write_text(text)
    with pytest.raises(InventoryError, match=r"our\.yaml") as error:
        read_map(file)
    assert said in str(error.value)


def test_a_missing_map_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_map(tmp_path / "none.yaml")


def test_a_preset_tells_where_its_layout_was_seen() -> None:
    table = {"title": "T", "columns": {"os": "OS"}, "detect": [["a", "b"]], "seen_in": ["https://example.org"]}
    found = parse_preset(table, "t", "t.toml")
    assert (found.title, found.seen_in) == ("T", ("https://example.org",))
    assert found.fit(["B", "a", "c"]) == 2
    assert found.fit(["a"]) == 0


def test_no_preset_counts_one_column_twice() -> None:
    columns = [(name, column) for name, preset in presets().items() for column in preset.map.columns]
    factors = [(name, list(map(normal, column.times_if_known))) for name, column in columns if column.times_if_known]
    assert [name for name, names in factors if len({*names}) < len(names)] == []
    assert factors
