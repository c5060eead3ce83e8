"""What AWS publishes as examples to the cent, and what others publish of their bills within 1 % (published.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel

FACTS = all_facts.load()
PAGES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("published.toml").read_text("utf-8"))["page"]


def examples(exact: bool) -> Iterator[Any]:
    for page in PAGES:
        if page.get("to_the_cent", False) == exact:
            for example in page["example"]:
                yield pytest.param(page, example, id=f"{page['key']}: {example['name']}")


def usd(page: dict[str, Any], example: dict[str, Any]) -> float:
    """What the lines cost that the publication counts, by its prices."""
    facts = all_facts.load(page["as_of"]) if "as_of" in page else FACTS
    changed = example.get("facts", {})
    if scenario := example.get("scenario"):
        rows: Any = facts["cost.assumptions"]
        changed = {**changed, "cost.assumptions": [{**row, "expected": row[scenario]} for row in rows]}
    model = CostModel({**facts, **changed} if changed else facts)
    values = {name: float(v) if type(v) is int else v for name, v in example["workload"].items()}
    cost = model.estimate(values, free_tier=example.get("free_tier", False))[example["service"]]
    assert cost is not None
    wanted = re.compile("|".join(example.get("lines", [""])))
    return sum(line.amount for line in cost.lines if wanted.search(line.label))


@pytest.mark.parametrize(("page", "example"), list(examples(exact=True)))
def test_the_examples_of_aws_to_the_cent(page: dict[str, Any], example: dict[str, Any]) -> None:
    assert round(usd(page, example) + 1e-9, 2) == example["usd"], page["url"]


@pytest.mark.parametrize(("page", "example"), list(examples(exact=False)))
def test_what_others_published_within_one_percent(page: dict[str, Any], example: dict[str, Any]) -> None:
    assert usd(page, example) == pytest.approx(example["usd"], rel=0.01), page["url"]


def test_every_page_that_is_asked_for_has_an_example_and_there_are_enough_bills() -> None:
    exact = {page["key"].removesuffix("-2019") for page in PAGES if page.get("to_the_cent")}
    assert exact == {"lambda", "fargate", "api-gateway", "batch", "lightsail"}
    assert len(list(examples(exact=False))) >= 19
