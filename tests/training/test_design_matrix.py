from __future__ import annotations

import numpy as np
import pytest

from whichcompute.classifier.cases import Case
from whichcompute.knowledge.descriptors import with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.training.design_matrix import ADVICE, VOTES, Designer, labels_of, shares_of, sharpened


def test_the_label_shares_with_what_serves_too() -> None:
    alone = Case("a", {}, "lambda")
    shared = Case("b", {}, "fargate", acceptable=frozenset({"ecs_ec2", "none"}))
    first, second = shares_of([alone, shared], 0.3)
    assert first.tolist() == [1, 0, 0, 0, 0, 0]
    assert second == pytest.approx([0, 0.8, 0.1, 0, 0, 0.1])
    assert labels_of([alone, shared]).tolist() == [0, 1]


def test_sharpening_keeps_the_order_and_the_sum() -> None:
    (sharp,) = sharpened(np.array([[0.6, 0.3, 0.1, 0.0, 0.0, 0.0]]), 0.5)
    assert sharp.sum() == pytest.approx(1)
    assert sharp[0] > 0.75 and sharp[0] > sharp[1] > sharp[2] > sharp[3] > 0


def test_nothing_known_is_no_evidence(designer: Designer) -> None:
    design = designer.design([{}])
    assert not design.terms.any() and not design.vetoed.any()
    assert not design.advice[0, :, : len(VOTES)].any()


def test_vetoes_and_evidence_are_those_of_the_rules(designer: Designer) -> None:
    long = {"max_duration_s": 1200.0, "kind": "batch_job", "packaging": "container"}
    design = designer.design([long])
    assert design.vetoed[0, ANSWERS.index("lambda")] and not design.vetoed[0, ANSWERS.index("none")]
    fired = designer.pack.index.select(designer.pack.index.evaluate(with_derived(long))[0])
    favoured = {r.entry.service for r in fired if r.entry.effect == "prefer"}
    prefer = [number for number, (effect, _) in enumerate(VOTES) if effect == "prefer"]
    for service in favoured:
        assert design.advice[0, ANSWERS.index(service), prefer].max() > 0


def test_costs_count_against_the_expensive_and_what_is_over_the_budget(designer: Designer) -> None:
    values = {
        "kind": "web_api", "invocations_per_month": 3e9, "typical_duration_s": 1.0, "memory_mb": 2048.0,
        "monthly_budget_usd": 30_000.0,
    }  # fmt: skip
    design = designer.design([values])
    ratio, budget = (design.advice[0, :, ADVICE.index(("cost", name))] for name in ("log_ratio", "over_budget"))
    assert ratio[ANSWERS.index("lambda")] < ratio[ANSWERS.index("none")] <= ratio.max() == 0
    assert ratio[ANSWERS.index("none")] == ratio[ANSWERS.index("ecs_ec2")]  # the same instances
    assert budget[ANSWERS.index("lambda")] == -5 and budget[ANSWERS.index("none")] == 0


def test_parts_of_a_design(designer: Designer) -> None:
    design = designer.design([{"kind": "website"}, {"gpus": 1.0}])
    assert design.rows(np.array([1])).vetoed.tolist() == design.vetoed[1:].tolist()
    assert len(design.above(design).terms) == 4
    assert design.without_terms().terms.shape == (2, 0)
    assert not design.without_rules().advice.any() and not design.without_rules().vetoed.any()
