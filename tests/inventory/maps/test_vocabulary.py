"""The words of tools, organisations and languages (vocabulary.csv), each with the value that it means."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from whichcompute.inventory.maps.cells import normalise
from whichcompute.inventory.maps.values import by_pattern, power_states, tables

WORDS = list(csv.DictReader((Path(__file__).parent / "vocabulary.csv").read_text("utf-8").splitlines()))


def words(*descriptors: str) -> list[tuple[str, str, str]]:
    return [(row["descriptor"], row["name"], row["value"]) for row in WORDS if row["descriptor"] in descriptors]


@pytest.mark.parametrize(("table", "name", "value"), words(*tables()))
def test_a_name_means_its_value(table: str, name: str, value: str) -> None:
    assert pl.DataFrame({"cell": [name]}).select(by_pattern(pl.col("cell"), table)).item() == value


@pytest.mark.parametrize(("_", "name", "value"), words("power"))
def test_a_power_state_is_known_in_its_language(_: str, name: str, value: str) -> None:
    assert [state for state in ("on", "off") if name.lower() in power_states()[state]] == [value]


@pytest.mark.parametrize(("_", "name", "value"), words("boolean"))
def test_a_word_for_yes_or_no_is_known_in_its_language(_: str, name: str, value: str) -> None:
    assert normalise("autoscaling", pl.DataFrame({"value": [name]})).item() == value


def test_no_power_state_is_both_on_and_off() -> None:
    assert not {*power_states()["on"]} & {*power_states()["off"]}
    assert not {*power_states()["yes"]} & {*power_states()["no"]}
