from __future__ import annotations

import io

import pytest

from whichcompute.inventory.headers import header_notices
from whichcompute.inventory.maps.presets import identity, preset
from whichcompute.inventory.readers.csv_source import CsvSource


def notices(header: str) -> list[str]:
    source = CsvSource(io.BytesIO(f"{header}\n".encode()), "x.csv")
    return list(header_notices(source, identity().bind(source.columns)))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("kind,note", []),
        ("Kind,Max Duration S", []),
        ("kind,memory_gb", ["column 'memory_gb' is not read; did you mean memory_mb?"]),
        ("memory_mb,memory_gb", []),
        ("kind,read_memory_mb", []),
        (
            "name,colour",
            ["no column matches a field name, so every field is unknown (columns: name, colour)"],
        ),
    ],
    ids=[
        "nothing to say",
        "another spelling",
        "a near miss",
        "a near miss beside the right one",
        "what was read before",
        "no descriptor",
    ],
)
def test_what_a_person_should_know_of_a_header(header: str, said: list[str]) -> None:
    assert notices(header) == said


def test_two_columns_of_another_name_may_stand() -> None:
    assert notices("kind,note,note") == []


def test_a_preset_says_nothing_here() -> None:
    source = CsvSource(io.BytesIO(b"VM,CPUs,memory_gb\n"), "x.csv")
    assert list(header_notices(source, preset("rvtools").map.bind(source.columns))) == []
