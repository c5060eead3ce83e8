from __future__ import annotations

from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.price_facts import PriceFacts
from whichcompute.pricing.scenario import Scenario

LOW, EXPECTED, HIGH = (Scenario(assumed) for assumed in PriceFacts(all_facts.load()).assumed().values())


def test_a_scenario_answers_questions_and_knows_the_headroom_by_traffic() -> None:
    assert (LOW.says("arm"), EXPECTED.says("arm")) == (True, False)
    assert EXPECTED.headroom["spiky"] == EXPECTED["headroom_spiky"] == 4


def test_some_assumptions_of_another_scenario_leave_the_others_as_they_are() -> None:
    mixed = EXPECTED.but(HIGH, ("memory_mb", "headroom_spiky"))
    assert (mixed["memory_mb"], mixed.headroom["spiky"], mixed["vcpus"]) == (2048, 8, 0.25)
    assert EXPECTED["memory_mb"] == 512
