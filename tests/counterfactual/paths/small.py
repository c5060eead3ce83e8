"""Small worlds: a few rules and features, so that the right path can be worked out by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path as File

from tests import rule_packs
from whichcompute.classifier.model import Classifier
from whichcompute.classifier.model_files import FORMAT
from whichcompute.counterfactual.paths import Path, path_to
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge import packs
from whichcompute.knowledge.descriptors import read
from whichcompute.knowledge.services import ANSWERS, NONE
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.recommender import Recommender

FACTS = all_facts.load()
STRENGTHS = {"severe": 4.0, "strong": 1.0, "moderate": 0.6, "weak": 0.3}


def rule(id_: str, effect: str, when: Sequence[str], strength: str = "", remedy: str = "") -> str:
    """One rule as TOML; its service is the first part of its id."""
    because = f"Because of {id_}."
    aspect = "packaging" if strength else ""
    return rule_packs.rule(id_, *when, effect=effect, because=because, strength=strength, aspect=aspect, remedy=remedy)


def world(
    *rules: str,
    base: Mapping[str, float] | None = None,
    features: Sequence[tuple[str, str, float]] = (),
    share: float = 0.0,
) -> Recommender:
    """A recommender with these rules and features (condition line, answer, log-odds where it holds); costs say nothing.

    `base` is 0 for a service unless given, and far less for `none`; each feature holds in a `share` of workloads.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = File(folder) / "rules.toml"
        file.write_text("\n".join(rules))
        pack = packs.load(FACTS, base=[file])
    stored = {
        "format": FORMAT,
        "answers": list(ANSWERS),
        "base": [float({NONE: -50.0, **(base or {})}.get(answer, 0.0)) for answer in ANSWERS],
        "temperature": 1.0,
        "plausible_from": 0.1,
        "decided_from": 0.5,
        "undecided_below": 0.1,
        "rule_weights": {"prefer": STRENGTHS, "caution": STRENGTHS},
        "rates": {},
        "cost": {"log_ratio": 0.0, "over_budget": 0.0},
        "reference": {line: share for line, _, _ in features},
        "terms": [
            {"when": [line], "weights": [weight if answer == own else 0.0 for answer in ANSWERS]}
            for line, own, weight in features
        ],
    }
    return Recommender(Aggregator(pack, Classifier(stored, FACTS)), CostModel(FACTS), "small")


def find(recommender: Recommender, service: str, **values: object) -> Path:
    """The path to a service, checked: the steps do lead there."""
    path = path_to(recommender, read(values), service)
    assert path.reachable == (path.after is not None and path.after.service == service)
    return path


def steps(path: Path) -> dict[str, object]:
    """What a path changes."""
    return {step.field: step.after for step in path.steps}
