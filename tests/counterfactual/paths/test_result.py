from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from pydantic import TypeAdapter

from whichcompute import Engine
from whichcompute.counterfactual.paths import Flip, Path, sensitivity

WORKLOAD = {"kind": "event_handler", "max_duration_s": "20m"}


def test_a_path_is_frozen_and_survives_json(engine: Engine) -> None:
    path = engine.path_to(WORKLOAD, "lambda")
    assert TypeAdapter(Path).validate_json(path.model_dump_json()) == path
    with pytest.raises(FrozenInstanceError):
        path.effort = 0


def test_flips_survive_json(engine: Engine) -> None:
    flips = sensitivity(engine.recommender, {"kind": "event_handler", "max_duration_s": 1200.0})
    assert flips
    for flip in flips:
        assert TypeAdapter(Flip).validate_json(flip.model_dump_json()) == flip


def test_a_path_that_ends_in_no_answer_is_not_decided(engine: Engine) -> None:
    assert not Path("lambda", reachable=False, effort=0).decided
    sure = engine.recommend({"kind": "server", "os": "windows", "product_class": "database", "state": "persistent"})
    assert Path("none", reachable=True, effort=0, after=sure).decided == (sure.decision in ("decided", "none"))
