"""Regions in lists of machines: read as people write them, and never priced as another."""

from __future__ import annotations

import polars as pl

from tests.inventory.conftest import Scorer, read_values


def test_regions_are_read_as_consoles_and_zones_write_them(scorer: Scorer) -> None:
    scorer(b'os,region\nlinux,"Europe (Frankfurt)"\nlinux,EU (Ireland)\nlinux,us-east-1c\n', values=True)
    assert read_values(scorer, "region") == [["eu-central-1"], ["eu-west-1"], ["us-east-1"]]


def test_a_region_that_cannot_be_read_has_no_price_of_another(scorer: Scorer) -> None:
    row = "website,2048,1,"
    text = f"kind,memory_mb,vcpus,region\n{row}us-east-1\n{row}us-est-1\n{row}Frankfurt\n{row}us-moon-west-1\n{row}\n"
    outcome = scorer(text.encode())
    scored = pl.read_csv(scorer.folder / "out.csv")
    priced = scored["monthly_cost_usd"].is_not_null().to_list()
    assert priced == scored["monthly_cost_low_usd"].is_not_null().to_list() == [True, False, False, False, True]
    assert all("Region cannot be read" in note for note in scored["notes"].gather([1, 2, 3]))
    assert outcome.tally.priced.total() == 2


def test_a_column_of_misspelt_regions_alone_is_read_all_the_same(scorer: Scorer) -> None:
    scorer(b"kind,memory_mb,region\n" + b"website,2048,eu-centrl-1\n" * 5)
    assert pl.read_csv(scorer.folder / "out.csv", infer_schema=False)["monthly_cost_usd"].null_count() == 5
