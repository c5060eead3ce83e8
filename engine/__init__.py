"""whichcompute: where on AWS a workload should run, and why.

The modules, bottom first; each imports only from those above it (a test holds this list against the imports):

errors        the error tree
resources     finds rules/, data/ and models/; bounded reading
units         reading and saying quantities
records       what results are made of
sources       the bibliography
facts         dated, sourced limits and prices
workload      the descriptor table
workload_model  Workload, made from it
conditions    one condition line
rules         rules and their evaluation
rule_entries  one rule of a pack, checked
packs         reads and layers rule packs
cost          monthly cost on each service, and where the cheapest one changes
result        what comes back
documents     reads one workload from JSON, YAML or TOML
cases         labelled decisions from case files
archetypes    shapes of workloads, and draws from them
features      what the classifier may look at
guidance      advice found elsewhere, and what became of it
statements    the founding document's statements, and what carries each
model_files   the files of a model folder
neighbours    the real decisions that are most like a workload
classifier    predict from stored numbers
weigh         rules and classifier on one scale: the heart
fingerprint   what answers are made from, in hashes
reasons       a weighing in words
missing       what could still change an answer
summary       the one-sentence answer and its notes
recommender   one workload in, a Recommendation out
explain       what-ifs
comparison    the costs of a workload over one field
breakeven     where the cheapest service changes for a workload
charts        pictures of costs
contradictions  answers that cannot both be true
paths         the shortest way to another answer
bulk          the same answers for whole frames
interview     the questionnaire
engine        the Engine: the one door
inventory     scores inventories from file to file, in a stream
spark         scores Spark DataFrames on their executors
measures      how right, how sure and how careful answers are
evaluation    recommendations against labelled decisions
proofs        what can be proved of rules
render        a recommendation as text
adr           a recommendation as an architecture decision record
render_changes  what-ifs and paths as text
scoring_diff  what changed between two scorings of an inventory, and why
report        the page on a scored inventory
rule_cards    one rule with everything that belongs to it
catalogue     all rules on one page
training      fits and judges the classifier
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from engine.bulk.reasons import Explain
    from engine.engine import Engine
    from engine.errors import (
        DataError,
        FactError,
        InventoryError,
        ModelError,
        RuleError,
        WhichcomputeError,
        WorkloadError,
    )
    from engine.explain import WhatIf
    from engine.interview import Interview
    from engine.paths import Path
    from engine.result import Recommendation, Verdict
    from engine.workload_model import Workload

__version__ = "0.1.0"
__all__ = [
    "DataError",
    "Engine",
    "FactError",
    "Interview",
    "InventoryError",
    "ModelError",
    "Recommendation",
    "RuleError",
    "Verdict",
    "WhichcomputeError",
    "Workload",
    "WorkloadError",
    "path_to",
    "recommend",
    "score",
    "what_if",
]


def recommend(workload: Workload | dict[str, object], *, free_tier: bool = False) -> Recommendation:
    """The recommendation for one workload by the shipped rules and classifier; WorkloadError names every bad field.

    >>> recommend({"kind": "event_handler", "max_duration_s": 12, "state": "stateless"}).service
    'lambda'
    """
    return _default().recommend(workload, free_tier=free_tier)


def score(frame: pl.DataFrame | pl.LazyFrame, *, free_tier: bool = False, explain: Explain = "short") -> pl.DataFrame:
    """A frame of workloads, one a row, with the result columns of `whichcompute score` behind its own."""
    return _default().score(frame, free_tier=free_tier, explain=explain)


def what_if(workload: Workload | dict[str, object], **changes: object) -> WhatIf:
    """The recommendation before and after some fields change (None makes a field unknown)."""
    return _default().what_if(workload, **changes)


def path_to(workload: Workload | dict[str, object], service: str) -> Path:
    """The smallest set of changes that makes `service` the recommendation, or why none does."""
    return _default().path_to(workload, service)


def _default() -> Engine:
    from engine.engine import Engine

    return Engine.default()


_ERRORS = ("DataError", "FactError", "InventoryError", "ModelError", "RuleError", "WhichcomputeError", "WorkloadError")
_HOMES = {
    **dict.fromkeys(_ERRORS, "engine.errors"),
    "Engine": "engine.engine",
    "Interview": "engine.interview",
    "Recommendation": "engine.result",
    "Verdict": "engine.result",
    "Workload": "engine.workload_model",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: `whichcompute --help` or a look at one module should not pay for the whole engine.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'engine' has no attribute '{name}'")
