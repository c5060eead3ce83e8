"""Loads rules, facts and a classifier into a Recommender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from whichcompute.base.errors import FactError, shown
from whichcompute.base.resources import folder
from whichcompute.classifier import model
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge import packs
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.knowledge.facts import Facts
from whichcompute.pricing import CostModel
from whichcompute.recommender.aggregation import Aggregator
from whichcompute.recommender.fingerprint import fingerprint, parts
from whichcompute.recommender.recommender import Recommender

_SIZED: dict[str, Value] = {
    "vcpus": 2.0, "memory_mb": 4096.0, "invocations_per_month": 1e6, "typical_duration_s": 0.5, "max_duration_s": 60.0
}  # fmt: skip
_PROBES: tuple[dict[str, Value], ...] = tuple(
    {**_SIZED, "kind": kind, "traffic": traffic, "environment": "production", "gpus": gpus, "peak_concurrency": 100.0}
    for kind, traffic, gpus in (("web_api", "spiky", 0.0), ("batch_job", "steady", 1.0), ("server", "daily_cycle", 0.0))
)
"""Workloads that between them need most prices: facts of users are tried on these."""


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
    costs = _checked_costs(pack.facts) if rules or facts is not None else CostModel(pack.facts)
    recommender = Recommender(aggregator, costs, fingerprint(made_from), region)
    return Build(recommender, folder_of_model)


def _checked_costs(facts: Facts) -> CostModel:
    """The cost model of facts that a user has changed; FactError where nothing can be worked out with them."""
    try:
        costs = CostModel(facts)
        for values in _PROBES:
            costs.estimate(values)
    except (ArithmeticError, AttributeError, TypeError, ValueError, LookupError) as error:
        said = f"{type(error).__name__}: {shown(str(error))}"
        raise FactError(f"no costs can be worked out with the facts of the rule packs or fact files ({said})") from None
    return costs


@cache
def shipped() -> Build:
    """The shipped rules, facts and classifier, built once."""
    return build()
