"""Small worlds: a few rules and features, so that the right path can be worked out by hand."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path as File

from whichcompute.classifier.model import NAMES_OF_RIVALS, Classifier
from whichcompute.classifier.model_files import DECISIONS, RIVALS
from whichcompute.counterfactual.paths import Path, path_to
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge import packs
from whichcompute.knowledge.descriptors import read
from whichcompute.knowledge.services import SERVICES
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.recommender import Recommender

FACTS = all_facts.load()
STRENGTHS = {"strong": 1.0, "moderate": 0.6, "weak": 0.3}


def rule(id_: str, effect: str, when: Sequence[str], strength: str = "", remedy: str = "") -> str:
    """One rule as TOML; its service is the first part of its id."""
    entries = {
        "id": id_,
        "service": id_.split(".")[0],
        "effect": effect,
        "when": list(when),
        "because": f"Because of {id_}.",
        "sources": ["house-judgement"],
        "strength": strength,
        "remedy": remedy,
    }
    lines = (f"{name} = {json.dumps(value)}" for name, value in entries.items() if value)
    return "\n".join(["[[rule]]", *lines])


def world(
    *rules: str, base: Mapping[str, float] | None = None, features: Sequence[tuple[str, str, float]] = ()
) -> Recommender:
    """A recommender with these rules and features (condition line, service, log-odds); `base` is 0 unless given."""
    with tempfile.TemporaryDirectory() as folder:
        file = File(folder) / "rules.toml"
        file.write_text("\n".join(rules))
        pack = packs.load(FACTS, base=[file])
    stored = {
        "base": [float((base or {}).get(service, 0.0)) for service in SERVICES],
        "temperature": 1.0,
        "plausible_at_least": [0.1] * len(SERVICES),
        "rule_weights": {"prefer": STRENGTHS, "caution": STRENGTHS},
        "features": [
            {"name": line, "when": [line], "weights": [weight if s == service else 0.0 for s in SERVICES]}
            for line, service, weight in features
        ],
    }
    beside = {RIVALS: json.dumps(dict.fromkeys(NAMES_OF_RIVALS, stored)).encode(), DECISIONS: b'{"decisions": []}'}
    return Recommender(Aggregator(pack, Classifier(stored, FACTS, beside)), CostModel(FACTS), "small")


def find(recommender: Recommender, service: str, **values: object) -> Path:
    """The path to a service, checked: the steps do lead there."""
    path = path_to(recommender, read(values), service)
    assert path.reachable == (path.after is not None and path.after.service == service)
    return path


def steps(path: Path) -> dict[str, object]:
    """What a path changes."""
    return {step.field: step.after for step in path.steps}
