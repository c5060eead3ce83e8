from __future__ import annotations

import polars as pl
import pytest

from whichcompute.inventory.maps.instances import SIZED, by_type
from whichcompute.inventory.maps.values import by_value
from whichcompute.knowledge.descriptors import DESCRIPTORS


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("m6i.large", (2.0, 8192.0, 0.0, "x86_64")),
        ("c7g.2xlarge", (8.0, 16384.0, 0.0, "arm64")),
        ("r5.24xlarge", (96.0, 786432.0, 0.0, "x86_64")),
        ("t3.nano", (2.0, 512.0, 0.0, "x86_64")),
        ("g4dn.xlarge", (4.0, 16384.0, 1.0, "x86_64")),
        ("t2.micro", (1.0, 1024.0, 0.0, "x86_64")),
        ("m3.medium", (1.0, 3840.0, 0.0, "x86_64")),
        ("c4.8xlarge", (36.0, 61440.0, 0.0, "x86_64")),
        ("p2.16xlarge", (64.0, 749568.0, 16.0, "x86_64")),
        ("a1.large", (2.0, 4096.0, 0.0, "arm64")),
        ("standard_d8ds_v5", (8.0, 32768.0, 0.0, "x86_64")),
        ("standard_ds11_v2", (2.0, 14336.0, 0.0, "x86_64")),
        ("standard_e64_v3", (64.0, 442368.0, 0.0, "x86_64")),
        ("standard_f8s_v2", (8.0, 16384.0, 0.0, "x86_64")),
        ("p3.8xlarge", (32.0, 249856.0, 4.0, "x86_64")),
        ("g3s.xlarge", (4.0, 31232.0, 1.0, "x86_64")),
        ("n1-highmem-8", (8.0, 53248.0, 0.0, "x86_64")),
        ("e2-medium", (2.0, 4096.0, 0.0, "x86_64")),
        ("standard_d4ps_v5", (4.0, 16384.0, 0.0, "arm64")),
    ],
)
def test_a_type_gives_its_sizes(kind: str, sizes: tuple[object, ...]) -> None:
    assert tuple(DESCRIPTORS[name].read(by_type(name)[kind]) for name in SIZED) == sizes


@pytest.mark.parametrize(
    ("kind", "vcpus", "memory_mb"),
    [
        ("custom-4-16384", 4.0, 16384.0),
        ("n2d-custom-8-32768-ext", 8.0, 32768.0),
        ("https://www.googleapis.com/compute/v1/projects/p/zones/z/machineTypes/n2-custom-2-4096", 2.0, 4096.0),
        ("custom (8 vCPU, 20.00 GiB)", 8.0, 20480.0),
        ("custom (e2, 4 vCPU, 8.00 GiB)", 4.0, 8192.0),
    ],
)
def test_a_custom_machine_type_states_its_sizes(kind: str, vcpus: float, memory_mb: float) -> None:
    cells = pl.DataFrame({"cell": [kind]})
    read = {name: cells.select(by_value(pl.col("cell"), by_type(name))).item() for name in SIZED}
    assert {name: DESCRIPTORS[name].read(text) for name, text in read.items() if text} == {
        "vcpus": vcpus,
        "memory_mb": memory_mb,
        "cpu_architecture": "x86_64",
    }


def test_an_unknown_type_is_reported_by_its_vcpus_only() -> None:
    assert "m9.huge" not in by_type("vcpus")
    assert "*" not in by_type("vcpus")
    assert {by_type(name)["*"] for name in SIZED if name != "vcpus"} == {""}
