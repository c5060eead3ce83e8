"""Loads rules, facts and a classifier into a Recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from whichcompute.base.resources import folder
from whichcompute.classifier import model
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge import packs
from whichcompute.knowledge.descriptors import read
from whichcompute.knowledge.facts import Facts
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.fingerprint import fingerprint, parts
from whichcompute.recommender.recommender import Recommender


@dataclass(frozen=True)
class Build:
    """A Recommender and the folder of its classifier."""

    recommender: Recommender
    model_folder: Path


def build(
    rules: Sequence[Path] = (),
    model_folder: Path | None = None,
    facts: Path | Facts | None = None,
    as_of: date | None = None,
    region: str = "",
) -> Build:
    """These packs over the shipped rules, with facts and classifier; raises DataError or ModelError.

    `region` is the Region of workloads that name none (empty: it stays unknown).
    """
    region = str(read({"region": region}).get("region", ""))
    known = facts if isinstance(facts, Facts) else all_facts.load(as_of, facts)
    folder_of_model = model_folder or folder("models") / "default"
    pack = packs.load(known, rules)
    aggregator = Aggregator(pack, model.load(folder_of_model, pack.facts))
    made_from = parts(rules, facts, folder_of_model, known.as_of) | ({"region": region} if region else {})
    recommender = Recommender(aggregator, CostModel(pack.facts), fingerprint(made_from), region)
    return Build(recommender, folder_of_model)


@cache
def shipped() -> Build:
    """The shipped rules, facts and classifier, built once."""
    return build()
