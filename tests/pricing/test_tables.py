from __future__ import annotations

import math

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.tables import ASSUMED, SCENARIOS, Machine, Prices

FACTS = all_facts.load()
PRICES = Prices(FACTS)


def test_instances_are_sorted_by_price_and_none_is_replaced_by_another() -> None:
    for machines in PRICES.instances[False].values():
        assert [machine.rate for machine in machines] == sorted(machine.rate for machine in machines)
        assert not [a for a in machines for b in machines if a is not b and b.dominates(a)]


@pytest.mark.parametrize(
    ("name", "usd"),
    [("m7i.4xlarge", 1.5424), ("c7i.xlarge", 0.3625), ("m7i.large", 0.1928), ("t3.large", 0.1108)],
)
def test_windows_instances_cost_what_the_price_list_says(name: str, usd: float) -> None:
    (machine,) = [machine for machine in PRICES.instances[False][(True, False, False)] if machine.name == name]
    assert machine.usd == pytest.approx(usd)


def test_there_is_no_windows_on_arm_and_no_windows_or_burstable_instance_for_jobs() -> None:
    assert (True, True, False) not in PRICES.instances[False]
    assert set(PRICES.job_instances[False]) == {(False, False), (True, False), (False, True)}
    names = [machine.name for machines in PRICES.job_instances[False].values() for machine in machines]
    assert not [name for name in names if name.startswith("t")]


def test_a_container_cannot_have_all_memory_of_an_instance() -> None:
    assert next(m for m in PRICES.instances[False][(False, False, False)]).memory_mb == 512 * 0.95


def test_a_larger_family_never_costs_less_than_a_smaller_one() -> None:
    for machines in (*PRICES.instances[False].values(), *PRICES.bundles.values()):
        by_name = {machine.name: machine for machine in machines}
        for name, machine in by_name.items():
            twice = by_name.get(name.replace(".large", ".xlarge"))
            assert twice is None or twice.rate >= machine.rate


@pytest.mark.parametrize("windows", [False, True], ids=["linux", "windows"])
def test_task_sizes_grow_and_windows_has_one_to_four_vcpus(windows: bool) -> None:
    sizes = PRICES.sizes[(windows,)]
    assert [size.vcpu for size in sizes] == sorted(size.vcpu for size in sizes)
    assert (sizes[0].vcpu, sizes[-1].vcpu) == ((1, 4) if windows else (0.25, 32))
    assert sizes[-1].memory_max_gb == (30 if windows else 244)


def test_tiers_follow_one_another_without_a_gap() -> None:
    for tiers in (*PRICES.lambda_tiers.values(), PRICES.http_tiers, PRICES.rest_tiers):
        assert tiers[0].above == 0 and tiers[-1].upto == math.inf
        assert [tier.upto for tier in tiers[:-1]] == [tier.above for tier in tiers[1:]]
        assert [tier.price for tier in tiers] == sorted((tier.price for tier in tiers), reverse=True)


def test_assumed_values_are_those_of_three_estimates_with_a_reason_each() -> None:
    assert set(PRICES.assumed()) == set(SCENARIOS)
    for row in PRICES.table("cost.assumptions"):
        assert row["because"]
        assert row["name"] in ASSUMED
    with pytest.raises(DataError, match="no row for headroom"):
        Prices({**FACTS, "cost.assumptions": PRICES.table("cost.assumptions")[:-2]}).assumed()


def test_spot_is_cheaper_by_the_discount_but_not_its_disk() -> None:
    key = (False, False, False)
    on_demand, spot = (PRICES.instances[spot][key] for spot in (False, True))
    assert spot[0].usd == pytest.approx(on_demand[0].usd * 0.1)
    assert spot[0].rate - spot[0].usd == pytest.approx(on_demand[0].rate - on_demand[0].usd)


def test_a_better_machine_at_the_same_price_dominates() -> None:
    small, large = Machine("a", 2, 1024, 1.0, 1.0, 2), Machine("b", 4, 1024, 1.0, 1.0, 4)
    assert large.dominates(small) and not small.dominates(large)


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
        Prices({**FACTS, id_: value})
