from __future__ import annotations

from math import log, log1p
from typing import Any

import pytest

from whichcompute import Engine
from whichcompute.classifier.model import Classifier, Weights
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing import MonthlyCost
from whichcompute.pricing.ops import Ops
from whichcompute.recommender import costs as cost_evidence
from whichcompute.recommender.costs import ABOVE_BUDGET, LIKE_OUTSIDE, is_metered, too_expensive

OPEN = (False,) * len(ANSWERS)


def evidence(classifier: Classifier, usd: list[float | None], *more: Any, **named: Any) -> Weights:
    """What costs say of these on the services, the answer outside at the price of ECS, as estimates give it."""
    return cost_evidence.evidence(classifier, [*usd, usd[LIKE_OUTSIDE]], *more, **named)


def test_a_service_that_costs_more_loses_with_the_ratio_and_most_beyond_three_times(engine: Engine) -> None:
    classifier = engine.aggregator.classifier
    weights = evidence(classifier, [10.0, 20.0, 10.0, 5000.0, 10.0], OPEN, None)
    far = -(log(30) + 9 * log(30 / 3)) * (1 + log1p(4.99))
    sizes = [0, -log(2) * (1 + log1p(0.01)), 0, far, 0]
    assert weights[:5] == pytest.approx([size * classifier.cost_log_ratio for size in sizes])


def test_the_same_ratio_counts_more_the_more_money_it_is(engine: Engine) -> None:
    small, large = (
        evidence(engine.aggregator.classifier, [2 * usd, usd, usd, usd, usd], OPEN, None)[0] for usd in (5.0, 30_000.0)
    )
    assert 4 * small > large > 5 * small


@pytest.mark.parametrize("highest", [60.0, 2_000_000.0])
def test_an_answer_without_an_estimate_counts_as_the_median(engine: Engine, highest: float) -> None:
    weights = evidence(engine.aggregator.classifier, [10.0, 20.0, None, highest, None], OPEN, None)
    assert weights[2] == weights[4] == weights[5] == weights[1] < 0


def test_costs_that_differ_by_rounding_are_the_same_against_a_budget(engine: Engine) -> None:
    usd = [None, None, 492_694.82056026, None, None, 492_694.82056026004]
    weights = cost_evidence.evidence(engine.aggregator.classifier, usd, OPEN, 0.14)
    assert weights[2] == pytest.approx(weights[5])


def test_an_answer_outside_that_clients_reach_is_ranked_by_a_plain_instance(engine: Engine) -> None:
    """No load balancer in front of one; of what nobody calls, and of jobs, the estimate is that of ECS."""
    usd = {
        kind: engine.recommender.costs.priced({"kind": kind, "memory_mb": 2048.0}).comparable
        for kind in ("website", "dev_environment")
    }
    website, other = usd["website"], usd["dev_environment"]
    assert website["ecs_ec2"] and website["none"] == pytest.approx(website["ecs_ec2"] - 16.425 - 7.3)
    assert other["none"] == other["ecs_ec2"]


def test_what_is_ruled_out_sets_no_price(engine: Engine) -> None:
    out = (True, *OPEN[1:])
    assert evidence(engine.aggregator.classifier, [1.0, 50.0, 50.0, 50.0, 50.0], out, None) == (0.0,) * len(ANSWERS)


def test_what_would_have_to_change_sets_no_price_and_gains_none(engine: Engine) -> None:
    """The estimate of a function that keeps no data says nothing of a workload that keeps 20 TB."""
    changed = (True, *OPEN[1:])
    weights = evidence(engine.aggregator.classifier, [0.1, 50.0, 60.0, 50.0, 50.0], OPEN, None, changed)
    assert weights[1] == 0.0
    assert weights[0] == 0.0  # the median, as if it had no estimate
    assert weights[5] == weights[2] < 0.0  # plain instances cost what those of ECS cost
    dear = evidence(engine.aggregator.classifier, [5000.0, 50.0, 60.0, 50.0, 50.0], OPEN, None, changed)
    assert dear[0] < weights[0]
    alone = evidence(engine.aggregator.classifier, [10.0, 20.0, 30.0, 40.0, 50.0], OPEN, None, (True,) * len(ANSWERS))
    assert alone == evidence(engine.aggregator.classifier, [10.0, 20.0, 30.0, 40.0, 50.0], OPEN, None)


def test_costs_above_the_budget_count_against(engine: Engine) -> None:
    classifier = engine.aggregator.classifier
    weights = evidence(classifier, [30.0, 30.0, 30.0, 30.0, 10.0], OPEN, 20.0)
    threefold = classifier.cost_log_ratio * log(3) * (1 + log1p(0.02))
    assert weights[0] == pytest.approx(-threefold - classifier.cost_over_budget)
    assert weights[4] == 0
    far = evidence(classifier, [41.0, 30.0, 20.0, 30.0, 41.0], OPEN, 20.0)
    twofold = classifier.cost_log_ratio * log(41 / 20) * (1 + log1p(0.021))
    assert far[0] == pytest.approx(-twofold - 5 * classifier.cost_over_budget)
    assert far[5] == 0  # instances outside cost what those of ECS cost


def test_a_budget_that_nothing_meets_counts_as_the_lowest_cost(engine: Engine) -> None:
    """However little there is to spend, no more expensive answer gains from it."""
    classifier = engine.aggregator.classifier
    usd = [30.0, 40.0, 50.0, 60.0, 70.0]
    none_met, just_met = evidence(classifier, usd, OPEN, 1.0), evidence(classifier, usd, OPEN, 30.0)
    assert none_met == just_met
    assert none_met[0] - evidence(classifier, usd, OPEN, None)[0] == 0  # the lowest loses nothing
    assert none_met[1] < evidence(classifier, usd, OPEN, None)[1]
    most_over = evidence(classifier, [10.0, None, 30.0, 30.0, 30.0], OPEN, 20.0)
    free = evidence(classifier, [10.0, None, 30.0, 30.0, 30.0], OPEN, None)
    assert most_over[1] == pytest.approx(free[1] - classifier.cost_over_budget)


def test_what_is_billed_per_request_counts_as_the_lowest_without_an_estimate(engine: Engine) -> None:
    """Of a first API in Python for 10 USD a month nobody knew the requests, and Lambda lost to a plan of 5 USD."""
    classifier = engine.aggregator.classifier
    assert evidence(classifier, [None, 50.0, 60.0, None, 5.0], OPEN, 10.0)[0] == 0
    unsuited = evidence(classifier, [None, 50.0, 60.0, None, 5.0], OPEN, 10.0, (True, *[False] * 5))
    assert unsuited[0] < 0
    assert evidence(classifier, [None, 50.0, 60.0, None, 5.0], OPEN, 10.0, metered=True)[0] < 0
    known = [
        {"protocol": "websocket"},
        {"outbound_gb_per_month": 101.0},
        {"protocol": "http"},
        {"outbound_gb_per_month": 100.0},
    ]
    assert [is_metered(Ops(values), engine.pack.facts) for values in known] == [True, True, False, False]
    fields = {"kind": "web_api", "language": "python", "aws_experience": "beginner", "monthly_budget_usd": 10}
    assert engine.recommend(fields).decision == "close"


def test_a_lower_budget_never_favours_what_costs_more(engine: Engine) -> None:
    """At 3 USD a container on Fargate led for a website, at 4 USD the plan of 5 USD on Lightsail did."""
    for budget in (0.5, 1, 2, 3, 3.4, 3.5, 4, 5):
        found = engine.recommend({"kind": "website", "packaging": "container", "monthly_budget_usd": budget})
        assert found.service in ("lightsail", "none", "lambda"), budget


def cost(low: float, high: float) -> MonthlyCost:
    return MonthlyCost(low, (low + high) / 2, high, (), (), "us-east-1")


@pytest.mark.parametrize(
    ("budget", "rival_high", "told"),
    [(None, 200.0, ""), (50.0, 200.0, "above the budget"), (None, 90.0, "above the high estimate of ECS on Fargate")],
)
def test_an_answer_is_not_decided_against_the_costs(budget: float | None, rival_high: float, told: str) -> None:
    costs = {"lambda": cost(100, 300), "fargate": cost(50, rival_high)}
    said = too_expensive("lambda", costs, OPEN, budget)
    assert told in said and bool(told) == bool(said)


def test_cents_are_within_any_budget_and_five_dollars_are_not_beaten_by_cents() -> None:
    """The free tiers of an account cover cents, and a plan of 5 USD is no reason against a service of cents."""
    cents = {"lambda": cost(0.001, 0.3), "lightsail": cost(5, 60)}
    assert not too_expensive("lambda", cents, OPEN, 0.0)
    assert not too_expensive("lightsail", cents, OPEN, None)
    assert "above the budget" in too_expensive("lightsail", cents, OPEN, 0.0)
    assert not too_expensive("lightsail", {**cents, "lightsail": cost(7, 60)}, OPEN, None, (0.005,) * 6)  # no rival
    assert "above the high estimate" in too_expensive("lightsail", {**cents, "lightsail": cost(7, 60)}, OPEN, None)


@pytest.mark.parametrize("region", ["eu-central-1", "us-west-2", "sa-east-1", "eu-north-1"])
def test_that_prices_of_a_region_are_not_known_moves_no_answer(region: str, engine: Engine) -> None:
    fields = {"kind": "web_api", "protocol": "http", "typical_duration_s": 55, "invocations_per_month": 20_000_000}
    here, there = (engine.recommend({**fields, **more}) for more in ({}, {"region": region}))
    assert there.service == here.service
    assert all(abs(p - there.probabilities[answer]) < 0.1 for answer, p in here.probabilities.items())


def test_ranking_by_prices_of_another_region_is_said(engine: Engine) -> None:
    fields = {"kind": "web_api", "typical_duration_s": 55, "invocations_per_month": 20_000_000, "region": "eu-north-1"}
    said = [r.text for v in engine.recommend(fields).verdicts for r in v.reasons if r.rule == "costs.estimates"]
    assert said and all(text.startswith("By prices of us-east-1") for text in said)


def test_an_expected_cost_above_the_budget_is_said(engine: Engine) -> None:
    fields = {"kind": "web_api", "packaging": "container", "invocations_per_month": 100_000_000, "state": "stateless"}
    more = {"memory_mb": 2048, "typical_duration_s": 0.1, "traffic": "steady"}
    notes = [engine.recommend({**fields, **more, "monthly_budget_usd": usd}).notes for usd in (100, 5000)]
    assert ABOVE_BUDGET in notes[0] and ABOVE_BUDGET not in notes[1]


@pytest.mark.parametrize("gb", [100, 3000, 10_000, 100_000])
def test_static_files_do_not_move_to_a_server_the_more_they_are_read(gb: int, engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "website", "static_content": True, "outbound_gb_per_month": gb})
    assert recommendation.service == "none" and recommendation.outside[0].id == "static_hosting"


def test_an_answer_is_not_decided_at_more_than_twice_the_budget() -> None:
    costs = {"lightsail": cost(5, 195)}  # 100 USD are expected
    assert not too_expensive("lightsail", costs, OPEN, 50.0)
    assert "more than twice the budget" in too_expensive("lightsail", costs, OPEN, 49.0)


def test_the_answer_outside_says_whose_estimate_it_has(engine: Engine) -> None:
    fields = {"kind": "server", "os": "windows", "memory_mb": 8192, "vcpus": 2, "packaging": "machine_image"}
    server = engine.recommend({**fields, "environment": "production", "traffic": "steady"})
    (said,) = (r.text for v in server.verdicts if v.service == "none" for r in v.reasons if r.effect == "cost")
    assert said.startswith("Instances are estimated as those of ECS, at about $")
    elsewhere = [r.text for v in server.verdicts if v.service != "none" for r in v.reasons if r.effect == "cost"]
    assert elsewhere and all(text.startswith("Estimated at about $") for text in elsewhere)
