from __future__ import annotations

import math
from datetime import date

import pytest

from tests.pricing.estimates import MODEL, estimate, lines
from whichcompute.knowledge import facts as all_facts
from whichcompute.pricing.model import CostModel

RUNS = {"invocations_per_month": 1000.0, "typical_duration_s": 0.1, "memory_mb": 1024.0, "cpu_architecture": "x86_64"}


@pytest.mark.parametrize(("language", "init_s"), [("python", 0.3), ("java", 3.5), ("rust", 0.065)])
def test_the_init_phase_is_billed_and_counts_for_rare_traffic(language: str, init_s: float) -> None:
    rare, often = (lines(estimate("lambda", language=language, traffic=how, **RUNS)) for how in ("rare", "steady"))
    assert rare["INIT phase"] == pytest.approx(1000 * 0.5 * init_s)
    assert often["INIT phase"] == pytest.approx(1000 * 0.002 * init_s)


def test_it_was_free_before_and_is_not_counted_where_it_is_not_measured() -> None:
    then = CostModel(all_facts.load(date(2025, 7, 1))).estimate({"language": "java", "traffic": "rare", **RUNS})[
        "lambda"
    ]
    assert then is not None and "INIT phase" not in lines(then)
    assert "INIT phase" not in lines(estimate("lambda", language="php", traffic="rare", **RUNS))


def test_an_answer_sooner_than_a_cold_start_takes_provisioned_concurrency() -> None:
    """One function of 1 GB kept warm all month, its duration at the lower price."""
    cost = estimate("lambda", response_within_s=0.3, **RUNS)
    found = lines(cost)
    assert found["provisioned concurrency"] == 2_628_000
    assert found["duration with provisioned concurrency"] == pytest.approx(100)
    assert cost.low < 0.1 < cost.expected
    assert "provisioned concurrency" not in lines(estimate("lambda", response_within_s=10.0, **RUNS))


def test_words_say_what_is_not_counted() -> None:
    cost = MODEL.estimate(RUNS)["lambda"]
    assert cost is not None and "the INIT phase of cold starts is not counted" in cost.assumptions


def test_provisioned_concurrency_has_the_headroom_of_instances() -> None:
    api = {"kind": "web_api", "invocations_per_month": 1e7, "typical_duration_s": 0.3, "memory_mb": 1024.0}
    warm = estimate("lambda", response_within_s=0.2, traffic="spiky", **api)
    average = 1e7 * 0.3 / 2_628_000
    assert lines(warm)["provisioned concurrency"] == math.ceil(4 * average) * 2_628_000
    peak = estimate("lambda", response_within_s=0.2, traffic="spiky", peak_concurrency=200.0, autoscaling=False, **api)
    assert lines(peak)["provisioned concurrency"] == math.ceil(4 * 4 * average) * 2_628_000, "a fixed fleet is bounded"
