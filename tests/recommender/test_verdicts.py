"""What a verdict says is tested in test_recommender.py; here, that it is worked out when it is read."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.classifier.neighbours import Neighbours

WORKLOAD = {"kind": "web_api", "packaging": "container", "memory_mb": 512, "state": "stateless"}


def test_what_nobody_reads_is_not_worked_out(engine: Engine) -> None:
    leading, *others = engine.recommend(WORKLOAD).verdicts
    assert leading.margins
    assert "margins" in leading.__dict__
    worked_out = {"reasons", "cautions", "unconfirmed", "monthly_cost_usd", "cost_needs"}
    assert not worked_out & (leading.__dict__.keys() | others[0].__dict__.keys())


def test_verdicts_are_equal_and_pickled_as_a_whole(engine: Engine) -> None:
    one, other = (engine.recommend(WORKLOAD).verdicts for _ in range(2))
    assert one == other
    copied = pickle.loads(pickle.dumps(one))
    assert copied == one
    assert [verdict.model_dump() for verdict in copied] == [verdict.model_dump() for verdict in other]


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often decisions on record were compared with a workload."""
    seen: list[object] = []
    compare = Neighbours.compare
    monkeypatch.setattr(Neighbours, "compare", lambda *given: seen.append(given) or compare(*given))
    return lambda: len(seen)


def test_a_check_compares_no_decisions_on_record(
    engine: Engine, comparisons: Callable[[], int], tmp_path: Path
) -> None:
    (tmp_path / "compose.yml").write_text("services:\n  web:\n    image: shop\n    mem_limit: 512m\n")
    checked = engine.check(tmp_path).workloads
    assert [each.workload.workload_id for each in checked] == ["web"]
    assert comparisons() == 0
    assert all([reason.text for reason in engine.recommend(WORKLOAD).verdicts[0].reasons])
    assert comparisons() == 1
