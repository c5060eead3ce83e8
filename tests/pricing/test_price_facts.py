from __future__ import annotations

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel
from whichcompute.pricing.price_facts import SCENARIOS, PriceFacts

FACTS = all_facts.load()


def test_assumed_values_are_those_of_three_estimates_with_a_reason_each() -> None:
    facts = PriceFacts(FACTS)
    assert set(facts.assumed()) == set(SCENARIOS)
    for row in facts.table("cost.assumptions"):
        assert row["because"] and row["effect"]
    rows = [row for row in facts.table("cost.assumptions") if row["name"] != "arm"]
    model = CostModel({**FACTS, "cost.assumptions": rows})
    with pytest.raises(DataError, match="fact cost.assumptions: no row for arm"):
        model.priced({"kind": "website"}).expected()


@pytest.mark.parametrize(
    ("id_", "value", "message"),
    [
        ("ec2.price_ebs_gp3", None, "a number is needed for costs, found None"),
        ("fargate.size_table", 3.0, "a list of tables is needed for costs, found float"),
        ("fargate.size_table", [{"vcpu": 1}], "row 1 lacks memory_min_gb, memory_max_gb, memory_step_gb, windows"),
    ],
)
def test_a_fact_of_the_wrong_form_is_named(id_: str, value: object, message: str) -> None:
    with pytest.raises(DataError, match=f"fact {id_}: {message}"):
        CostModel({**FACTS, id_: value})


def test_prices_that_services_share_are_read_once() -> None:
    facts, read = PriceFacts(FACTS), []
    assert [facts.part(read.append), facts.part(read.append)] == [None, None]
    assert read == [facts]
