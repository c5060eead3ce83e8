from __future__ import annotations

import pytest

from whichcompute.inventory.maps.instances import SIZED, by_type
from whichcompute.knowledge.descriptors import DESCRIPTORS


@pytest.mark.parametrize(
    ("kind", "sizes"),
    [
        ("m6i.large", (2.0, 8192.0, 0.0, "x86_64")),
        ("c7g.2xlarge", (8.0, 16384.0, 0.0, "arm64")),
        ("r5.24xlarge", (96.0, 786432.0, 0.0, "x86_64")),
        ("t3.nano", (2.0, 512.0, 0.0, "x86_64")),
        ("g4dn.xlarge", (4.0, 16384.0, 1.0, "x86_64")),
    ],
)
def test_a_type_gives_its_sizes(kind: str, sizes: tuple[object, ...]) -> None:
    assert tuple(DESCRIPTORS[name].read(by_type(name)[kind]) for name in SIZED) == sizes


def test_other_types_are_unknown() -> None:
    assert "m9.huge" not in by_type("vcpus")
