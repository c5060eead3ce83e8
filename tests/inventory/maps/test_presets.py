from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from whichcompute.base.errors import DataError, InventoryError
from whichcompute.inventory.maps.presets import detected, parse_preset, preset, presets, read_map
from whichcompute.recommender.columns.typed import type_columns

# A header and a row as each tool writes them, and what is to be read from it.
FILES: dict[str, tuple[dict[str, str], dict[str, object]]] = {
    "rvtools": (
        {"VM": "web01", "Powerstate": "poweredOn", "Template": "False", "CPUs": "4", "Memory": "16384"}
        | {"OS according to the configuration file": "Other (64-bit)"}
        | {"OS according to the VMware Tools": "Microsoft Windows Server 2019 (64-bit)"},
        {"vcpus": 4.0, "memory_mb": 16384.0, "os": "windows", "packaging": "machine_image"},
    ),
    "aws-discovery": (
        {"HostName": "h", "CPU.NumberOfProcessors": "2", "CPU.NumberOfCores": "4", "OS.Name": "Ubuntu"}
        | {"RAM.TotalSizeInMB": "8192"},
        {"vcpus": 4.0, "memory_mb": 8192.0, "os": "linux", "packaging": "machine_image"},
    ),
    "mpa": (
        {"Serverid": "1", "HOSTNAME": "h", "osName": "RHEL", "numCpus": "2", "numCoresPerCpu": "4"}
        | {"numThreadsPerCore": "2", "totalRAM (GB)": "64", "Environment Type": "Production"},
        {"vcpus": 16.0, "memory_mb": 65536.0, "os": "linux", "environment": "production", "packaging": "machine_image"},
    ),
    "azure-migrate": (
        {"*Server name": "s", "*Cores": "8", "*Memory (In MB)": "32768", "*OS name": "Windows Server 2016"},
        {"vcpus": 8.0, "memory_mb": 32768.0, "os": "windows", "packaging": "machine_image"},
    ),
    "compute-optimizer-lambda": (
        {"functionArn": "arn", "numberOfInvocations": "1400", "lookbackPeriodInDays": "14.0"}
        | {"currentConfiguration_memorySize": "512", "utilizationMetrics_memoryMaximum": ""}
        | {"utilizationMetrics_durationMaximum": "2500", "utilizationMetrics_durationAverage": "120"},
        {"max_duration_s": 2.5, "typical_duration_s": 0.12, "memory_mb": 512.0, "invocations_per_month": 3044.0},
    ),
    "compute-optimizer-ecs": (
        {"serviceArn": "arn", "launchType": "Fargate", "currentServiceConfiguration_cpu": "512"}
        | {"currentServiceConfiguration_memory": "1024"},
        {"vcpus": 0.5, "memory_mb": 1024.0, "packaging": "container"},
    ),
    "compute-optimizer-ec2": (
        {"instanceArn": "arn", "instanceName": "n", "currentInstanceType": "m5.large", "current_vcpus": "2"}
        | {"current_memory": "8.0"},
        {"vcpus": 2.0, "memory_mb": 8192.0, "packaging": "machine_image"},
    ),
    "stratozone": (
        {"MachineId": "m", "AllocatedProcessorCoreCount": "2", "MemoryGiB": "4", "MachineStatus": "running"}
        | {"OsName": "", "OsType": "Linux"},
        {"vcpus": 2.0, "memory_mb": 4096.0, "os": "linux", "packaging": "machine_image"},
    ),
    "nutanix": (
        {"VM Name": "v", "Cores": "4", "Memory Capacity": "16 GiB", "Power State": "On"},
        {"vcpus": 4.0, "memory_mb": 16384.0, "packaging": "machine_image"},
    ),
    "migration-factory": (
        {"server_name": "s", "server_os_family": "windows", "server_os_version": "2019", "r_type": "Rehost"}
        | {"server_environment": "dev"},
        {"os": "windows", "environment": "dev_test", "packaging": "machine_image"},
    ),
    "azure-migrate-discovery": (
        {"Machine Name": "m", "Operating System": "Windows Server 2019", "Cores": "2", "Memory (in MB)": "4096"}
        | {"Environment": "Prod", "Power Stats": "ON"},
        {"vcpus": 2.0, "memory_mb": 4096.0, "os": "windows", "environment": "production", "packaging": "machine_image"},
    ),
    "mgn": (
        {"mgn:server:user-provided-id": "a", "mgn:server:platform": "LINUX", "mgn:launch:instance-type": "m6i.large"},
        {"vcpus": 2.0, "memory_mb": 8192.0, "gpus": 0.0, "cpu_architecture": "x86_64", "os": "linux"}
        | {"packaging": "machine_image"},
    ),
    "ec2-list": (
        {"InstanceId": "i-1", "InstanceType": "m7g.xlarge", "PlatformDetails": "Linux/UNIX", "State": "running"},
        {"vcpus": 4.0, "memory_mb": 16384.0, "gpus": 0.0, "cpu_architecture": "arm64", "os": "linux"}
        | {"packaging": "machine_image"},
    ),
    "lambda-list": (
        {"function_name": "f", "runtime": "python3.12", "memory_size": "512", "timeout": "30", "code_size": "5242880"},
        {"memory_mb": 512.0, "max_duration_s": 30.0, "language": "python", "package_mb": 5.0},
    ),
}


def test_every_preset_has_a_file_here() -> None:
    assert set(FILES) == set(presets())


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_tool_is_recognised_and_read(name: str) -> None:
    row, expected = FILES[name]
    found = detected(list(row))
    assert found is not None
    assert found.map.name == name
    cells = pl.DataFrame([list(row.values())], schema={str(at): pl.String for at in range(len(row))}, orient="row")
    typed = type_columns(found.map.bind(list(row)).fields(cells))
    assert typed.problems.height == 0
    assert {field: value for field, value in typed.frame.row(0, named=True).items() if value is not None} == expected


@pytest.mark.parametrize(
    "header", [["workload_id", "kind"], ["VM", "CPUs"], []], ids=["descriptors", "too little of a tool", "nothing"]
)
def test_other_files_are_left_alone(header: list[str]) -> None:
    assert detected(header) is None


def test_lower_case_headers_are_recognised_too() -> None:
    found = detected([name.lower() for name in FILES["compute-optimizer-lambda"][0]])
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
        ("[1]", "must be a table"),
        ("columns: 3", "columns must map descriptors"),
        ("colums: {}", "unknown entry 'colums'"),
        ("columns: {memory: RAM}", "columns.memory: unknown descriptor (did you mean memory_mb"),
        ("columns: {memory_mb: {from: RAM, unit: hours}}", "unit 'hours'; allowed: b, byte"),
        ("columns: {memory_mb: {frm: RAM}}", "unknown entry 'frm'"),
        ("columns: {memory_mb: {from: RAM, factor: -1}}", "factor '-1' must be above 0"),
        ("columns: {memory_mb: {from: RAM, factor: true}}", "factor 'True'"),
        ("columns: {os: {from: OS, table: kind}}", "unknown table 'kind'; allowed: os"),
        ("columns: {os: {}}", "set either `from` (columns) or `always` (a constant)"),
        ("columns: {os: {from: A, always: linux}}", "set either `from` (columns) or `always` (a constant)"),
        ("columns: {os: {from: [1]}}", "must be a list of texts"),
        ("columns: {os: {from: A, values: [1]}}", "values must map cells"),
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
