"""What `whichcompute recommend` adds to a recommendation: what-ifs, paths, sensitivity and the decision record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whichcompute.cli.terminal import safe_json, style, width
from whichcompute.engine import Engine
from whichcompute.knowledge.descriptors import Value


def what_if(engine: Engine, values: Mapping[str, Value], changes: Mapping[str, Any], free_tier: bool, js: bool) -> str:
    """Before and after the changes, in words or as JSON."""
    from whichcompute.counterfactual import what_if as explain
    from whichcompute.presentation.changes import render_what_if

    found = explain.what_if(engine.recommender, values, changes, free_tier=free_tier)
    return safe_json(found.model_dump_json(indent=2)) if js else render_what_if(found, width=width(), style=style())


def path_to(engine: Engine, values: Mapping[str, Value], service: str, free_tier: bool, js: bool) -> str:
    """The path to a service, in words or as JSON."""
    from whichcompute.counterfactual import paths
    from whichcompute.presentation.changes import render_path

    path = paths.path_to(engine.recommender, values, service, free_tier=free_tier)
    return safe_json(path.model_dump_json(indent=2)) if js else render_path(path, width=width(), style=style())


def sensitivity(engine: Engine, values: Mapping[str, Value]) -> str:
    """The single answers that would overturn the recommendation, in words."""
    from whichcompute.counterfactual import paths
    from whichcompute.presentation.changes import render_sensitivity

    return render_sensitivity(paths.sensitivity(engine.recommender, values), width=width(), style=style())


def save_record(engine: Engine, values: Mapping[str, Value], free_tier: bool, file: Path) -> None:
    """Writes the decision record of a recommendation, whole or not at all."""
    from whichcompute.base.outputs import write_text
    from whichcompute.counterfactual import paths
    from whichcompute.presentation import adr

    recommendation = engine.recommender.recommend(values, free_tier=free_tier)
    flips = paths.sensitivity(engine.recommender, values)
    told = [flip.text for flip in flips if flip.before is not None or flip.field in recommendation.missing]
    write_text(file, adr.write(recommendation, told))
