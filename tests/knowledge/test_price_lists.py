from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.knowledge.price_lists import READ, price_list
from whichcompute.base.errors import FactError
from whichcompute.base.resources import folder, read_toml
from whichcompute.knowledge.price_lists import laid_over, read_price_list

ROWS = [{"type": "a", "vcpu": 2, "usd_per_hour": 1.0}, {"type": "b", "vcpu": 4, "usd_per_hour": 2.0}]


def test_a_price_list_holds_the_history_of_each_price(tmp_path: Path) -> None:
    path = price_list(tmp_path / "x.toml", "eu-west-9", {"lambda.price_request": "0.3"})
    older = f'[[price]]\nid = "lambda.price_request"\nvalue = 0.5\n{READ.replace(", ", chr(10))}\n'
    path.write_text('region = "eu-west-9"\n' + older.replace("value", "since = 2026-01-01\nvalue") + older)
    values = read_price_list(path).prices["lambda.price_request"]
    assert [str(value.since) for value in values] == ["2026-01-01", "None"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('price = []', "region is 'None'"),
        ('region = "../../etc/passwd"', "a price list names its Region, such as us-east-1"),
        ('region = "eu-west-1"\nrule = []', r"unknown entry \['rule'\]; allowed: \['price', 'region', 'source'\]"),
        (f'region = "eu-west-1"\nprice = [{{ id = "a.b", value = {{}}, {READ} }}]', "must not be empty"),
        (f'region = "eu-west-1"\nprice = [{{ id = "a.b", value = {{ c = "d" }}, {READ} }}]', "must be a number"),
        (f'region = "eu-west-1"\nprice = [{{ id = "a.b", value = nan, {READ} }}]', "must be a number from 0"),
        ('region = "eu-west-1"\nprice = [{ id = "a.b", value = 1 }]', "price a.b: source: is missing"),
        (f'region = "eu-west-1"\nprice = [{", ".join([f"{{ id = {chr(34)}a.b{chr(34)}, value = 1, {READ} }}"] * 2)}]',
         "price a.b: only the oldest value may lack `since`"),
    ],
)  # fmt: skip
def test_a_broken_price_list_is_refused_with_its_place(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text(text)
    with pytest.raises(FactError, match=words) as refused:
        read_price_list(path)
    assert str(path) in str(refused.value)


def test_rows_that_are_named_keep_their_sizes_and_the_others_are_not_offered() -> None:
    assert laid_over(ROWS, {"b": 3.0}) == [{"type": "b", "vcpu": 4, "usd_per_hour": 3.0}]
    assert laid_over(ROWS, [ROWS[0]]) == [ROWS[0]]
    assert laid_over(1.0, 2.0) == 2.0


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (1.0, "is not a table"),
        (ROWS, "has no row 'z'"),
        ([{**ROWS[0], "type": "z", "usd_windows": 1.0}], "several price"),
    ],
)
def test_prices_by_row_need_a_row_and_one_price_column(base: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        laid_over(base, {"z": 1.0})


def test_a_source_of_several_shipped_price_lists_is_in_the_bibliography() -> None:
    lists = [read_toml(path) for path in (folder("data") / "facts/regions").glob("*.toml")]
    keys = Counter(source["key"] for known in lists for source in known.get("source", []))
    assert keys and not [key for key, count in keys.items() if count > 1]
