"""whichcompute: where on AWS a workload should run, and why.

The rooms, bottom first; each imports only from those above it (a test holds this list against the imports):

base            errors, units, documents, files that appear whole
knowledge       facts, sources, descriptors, conditions, rules
pricing         what a workload costs a month on each service
classifier      the trained classifier, and what it is trained on
analysis        what can be proved of rules
recommender     one workload in, a Recommendation out; the same for frames
counterfactual  what would change an answer
questionnaire   what to ask next, and when to stop
importers       infrastructure code and configuration into workloads; declared against recommended services
inventory       scores inventories from file to file
presentation    text, Markdown, charts, pages: results in, pictures and words out
training        fits, measures and documents the classifier
engine          the one door: the Engine, the rule layer, files
spark           scores Spark DataFrames on their executors
cli             the command line
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, overload

from whichcompute.base.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from whichcompute.base.errors import (
        DataError,
        FactError,
        InventoryError,
        ModelError,
        RuleError,
        WhichcomputeError,
        WorkloadError,
    )
    from whichcompute.counterfactual.paths import Path
    from whichcompute.counterfactual.what_if import WhatIf
    from whichcompute.engine import Engine, Given
    from whichcompute.engine.frames import Frame, Scored
    from whichcompute.importers.checking import Check
    from whichcompute.importers.found import Scan
    from whichcompute.knowledge.workload import Workload
    from whichcompute.questionnaire import Interview
    from whichcompute.recommender.columns.reasons import Explain
    from whichcompute.recommender.result import Recommendation, Verdict

__version__ = VERSION
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
    "check",
    "path_to",
    "recommend",
    "scan",
    "score",
    "what_if",
]


def recommend(workload: Given, *, free_tier: bool = False) -> Recommendation:
    """The recommendation for one workload by the shipped rules and classifier; WorkloadError names every bad field.

    >>> recommend({"kind": "event_handler", "max_duration_s": 12, "state": "stateless"}).service
    'lambda'
    """
    return _default().recommend(workload, free_tier=free_tier)


@overload
def score(frame: pl.LazyFrame, *, free_tier: bool = False, explain: Explain = "short") -> pl.DataFrame: ...
@overload
def score(frame: Frame, *, free_tier: bool = False, explain: Explain = "short") -> Frame: ...
@overload
def score(
    frame: Frame, *, rejects: Literal[True], free_tier: bool = False, explain: Explain = "short"
) -> Scored[Frame]: ...
def score(frame: object, *, rejects: bool = False, free_tier: bool = False, explain: Explain = "short") -> object:
    """A frame of workloads, one a row, with the result columns of `whichcompute score` after its own.

    A polars, pandas or pyarrow table or a list of mappings; the same kind comes back. WorkloadError names cells that
    cannot be read; with `rejects` their rows are left out, and a second frame says what is wrong with them.

    >>> rows = [{"id": 1, "kind": "event_handler", "state": "stateless"}, {"id": 2, "kind": "webiste"}]
    >>> scored, rejects = score(rows, rejects=True)
    >>> [(row["id"], row["plausible_services"]) for row in scored]
    [(1, 'lambda')]
    >>> rejects[0]["row"], rejects[0]["column"], rejects[0]["value"]
    (1, 'kind', 'webiste')
    """
    scored: Callable[..., object] = _default().score
    return scored(frame, rejects=rejects, free_tier=free_tier, explain=explain)


def what_if(workload: Given, *, free_tier: bool = False, **changes: object) -> WhatIf:
    """The recommendation before and after some fields change (None: unknown); WorkloadError names bad fields.

    >>> changed = what_if({"kind": "event_handler", "max_duration_s": "5m"}, max_duration_s="2h", splittable=False)
    >>> changed.before.service, [v.status for v in changed.after.verdicts if v.service == "lambda"]
    ('lambda', ['ruled_out'])
    """
    return _default().what_if(workload, free_tier=free_tier, **changes)


def path_to(workload: Given, service: str) -> Path:
    """The smallest set of changes that makes `service` the recommendation, or why none does; raises WorkloadError.

    >>> path = path_to({"kind": "batch_job", "gpus": 1}, "lambda")
    >>> path.steps, path.obstacles[0].rule
    ((), 'lambda.gpu-required')
    """
    return _default().path_to(workload, service)


def scan(*paths: str | os.PathLike[str]) -> Scan:
    """The workloads in infrastructure code below some folders or in some files, each value with file and line.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "compose.yaml").write_text("services: {web: {image: nginx, ports: ['80:80']}}")
    ...     found = scan(folder)
    >>> [workload.workload_id for workload in found.workloads]
    ['web']
    """
    from whichcompute.importers.scanning import scan as find

    return find(paths)


def check(*paths: str | os.PathLike[str]) -> Check:
    """The workloads of a scan with declared and recommended service, limits exceeded and margins left.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "compose.yaml").write_text("services: {web: {image: nginx, ports: ['80:80']}}")
    ...     checked = check(folder)
    >>> checked.workloads[0].workload.workload_id
    'web'
    """
    return _default().check(*paths)


def _default() -> Engine:
    from whichcompute.engine import Engine

    return Engine.default()


_ERRORS = ("DataError", "FactError", "InventoryError", "ModelError", "RuleError", "WhichcomputeError", "WorkloadError")
_HOMES = {
    **dict.fromkeys(_ERRORS, "whichcompute.base.errors"),
    "Engine": "whichcompute.engine",
    "Interview": "whichcompute.questionnaire",
    "Recommendation": "whichcompute.recommender.result",
    "Verdict": "whichcompute.recommender.result",
    "Workload": "whichcompute.knowledge.workload",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: `whichcompute --help` or a look at one module should not pay for the whole package.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'whichcompute' has no attribute '{name}'")
