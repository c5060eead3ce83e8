from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import DataError, Engine
from whichcompute.recommender.build import build, shipped


def test_the_shipped_recommender_is_built_once_and_shared_with_the_engine() -> None:
    assert shipped() is shipped()
    assert Engine.default().recommender is shipped().recommender


def test_a_pack_that_is_unusable_is_named(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("[[rule]]\nid = 'x'")
    with pytest.raises(DataError, match=r"pack\.toml"):
        build([tmp_path / "pack.toml"])


@pytest.mark.parametrize(
    ("fact", "value"),
    [("cost.hours_per_month", "0"), ("lambda.billing_step", "0"), ("cost.hours_per_month", "'many'")]
    + [("ec2.on_demand_linux_table", "[{ type = 1, vcpu = 2, memory_gb = 4, arch = 'x86_64', usd_per_hour = 0.1 }]")],
)
def test_facts_with_which_no_costs_can_be_worked_out_are_refused(tmp_path: Path, fact: str, value: str) -> None:
    (tmp_path / "pack.toml").write_text(
        '[[source]]\nkey = "house"\ntitle = "T"\nkind = "judgement"\n'
        f'[[fact]]\nid = "{fact}"\ntitle = "t"\nunit = "{Engine.default().facts.fact(fact).unit}"\nstatement = "s"\n'
        f'values = [{{ value = {value}, source = "house", read_on = 2026-11-01 }}]\n'
    )
    with pytest.raises(DataError, match=r"no costs can be worked out|needed for costs"):
        build([tmp_path / "pack.toml"])
