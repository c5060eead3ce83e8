from __future__ import annotations

import numpy as np
import pytest

from whichcompute import Engine
from whichcompute.classifier.cases import Case
from whichcompute.training import measures
from whichcompute.training.fit import FLOOR
from whichcompute.training.measures import ANSWERS, Answers


def answers(*rows: tuple[str, list[float], str]) -> Answers:
    """Answers from (leading answer, probabilities, plausible answers)."""
    return Answers(
        np.array([row[1] for row in rows]),
        np.array([ANSWERS.index(row[0]) for row in rows]),
        np.array([[service in row[2].split() for service in ANSWERS] for row in rows]),
    )


CASES = [
    Case("a", {}, "lambda"),
    Case("b", {}, "fargate", acceptable=frozenset({"ecs_ec2"}), excluded=frozenset({"lambda"})),
    Case("c", {}, "batch", excluded=frozenset({"lambda"})),
    Case("d", {}, "none"),
]
GIVEN = answers(
    ("lambda", [0.8, 0.2, 0, 0, 0, 0], "lambda"),
    ("ecs_ec2", [0, 0.4, 0.6, 0, 0, 0], "fargate ecs_ec2"),
    ("lambda", [0.9, 0, 0, 0.1, 0, 0], "lambda"),
    ("none", [0, 0, 0, 0, 0, 1.0], "none"),
)
KNOWN = measures.truth(CASES)


def test_the_figures_of_four_answers_by_hand() -> None:
    found = measures.figures(GIVEN, KNOWN)
    assert found["n"] == 4
    assert found["accuracy"] == 2 / 4
    assert found["accuracy_acceptable"] == 3 / 4
    assert found["macro_recall"] == pytest.approx(2 / 4)
    assert found["log_loss"] == pytest.approx(-np.log([0.8, 0.4, 0.1, 1.0]).mean())
    assert found["exclusions_broken"] == 1
    assert found["set_coverage"] == 3 / 4
    assert found["mean_set_size"] == pytest.approx(5 / 4)
    assert found["mean_confidence"] == pytest.approx((0.8 + 0.6 + 0.9 + 1.0) / 4)
    # bins 0.8-0.9: right; 0.6-0.7: wrong; 0.9-1.0 holds 0.9 (wrong) and 1.0 (right)
    assert found["ece"] == pytest.approx((0.2 + 0.6 + 0.9) / 4)


def test_service_by_service() -> None:
    table = measures.per_service(GIVEN, KNOWN)
    assert table["lambda"] == {"precision": 0.5, "recall": 1.0, "recall_acceptable": 1.0, "set_coverage": 1.0, "n": 1}
    assert table["fargate"]["precision"] is None
    assert table["fargate"]["recall_acceptable"] == 1.0
    assert table["ecs_ec2"] == {
        "precision": 0.0,
        "recall": None,
        "recall_acceptable": None,
        "set_coverage": None,
        "n": 0,
    }
    assert table["none"]["recall"] == 1.0
    assert "lightsail" not in table


def test_a_vetoed_label_costs_much_but_not_everything() -> None:
    found = measures.losses(
        answers(("fargate", [0, 1, 0, 0, 0, 0], "fargate")), measures.truth([Case("x", {}, "lambda")])
    )
    assert found.tolist() == [pytest.approx(-np.log(FLOOR))]


def test_a_calibrated_forecaster_stays_below_the_noise_19_times_in_20() -> None:
    rng = np.random.default_rng(4)
    confidence = rng.uniform(0.3, 1.0, 300)
    noise = measures.calibration_noise(confidence)
    errors = [measures.calibration_error(confidence, (rng.random(300) < confidence) * 1.0) for _ in range(400)]
    assert 0.02 < np.mean(np.array(errors) > noise) < 0.09
    assert measures.calibration_noise(confidence) == noise


def test_an_overconfident_forecaster_is_found_out() -> None:
    confidence = np.full(300, 0.95)
    hit = (np.arange(300) % 10 < 7) * 1.0
    assert measures.calibration_error(confidence, hit) == pytest.approx(0.25)
    assert measures.calibration_error(confidence, hit) > measures.calibration_noise(confidence)


def test_the_interval_holds_the_mean_and_narrows_with_more_cases() -> None:
    few, many = (np.tile([1.0, 1.0, 0.0, 1.0], times) for times in (10, 200))
    (low, high), (inner_low, inner_high) = measures.interval(few), measures.interval(many)
    assert low < inner_low < 0.75 < inner_high < high
    assert measures.interval(few) == [low, high]


@pytest.mark.parametrize(
    "case",
    [
        Case("x", {"kind": "batch_job", "max_duration_s": 7200.0, "gpus": 1.0}, "batch"),
        Case("x", {"kind": "website", "static_content": True, "stored_data_gb": 5.0}, "none"),
    ],
    ids=["a job", "files that are only served, which have a price of their own"],
)
def test_what_a_recommendation_is_made_from_is_measured(engine: Engine, case: Case) -> None:
    recommended = engine.recommend(dict(case.values))
    measured = measures.answers_of(engine.recommender.aggregator, engine.recommender.costs, [case])
    assert ANSWERS[measured.leading[0]] == recommended.service
    assert measured.confidence[0] == pytest.approx(recommended.confidence)
    assert {a for a, inside in zip(ANSWERS, measured.plausible[0], strict=True) if inside} == set(
        recommended.plausible_services
    )
