from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.base import resources
from whichcompute.base.errors import DataError
from whichcompute.counterfactual.paths import landscape
from whichcompute.knowledge.descriptors import DESCRIPTORS, read

LAND = landscape.landscape(Engine.default().recommender)


def test_facts_of_a_workload_stay_and_unknown_answers_are_open() -> None:
    found = landscape.possible(LAND, read({"kind": "website", "memory_mb": 2048, "traffic": "rare"}))
    assert "kind" not in found and "traffic" not in found
    assert found["memory_mb"].effort == DESCRIPTORS["memory_mb"].change_effort
    assert found["state"].effort == landscape.ANSWER
    assert list(found) == [name for name in DESCRIPTORS if name in found]


@pytest.mark.parametrize(
    ("given", "field", "reached"),
    [
        ({"max_duration_s": 3600}, "max_duration_s", lambda c: c.interval.high <= 3600),
        ({"start_within_s": 10}, "start_within_s", lambda c: c.interval.low >= 10),
        ({"state": "persistent"}, "state", lambda c: c.choices == ("stateless",)),
        ({"aws_integration": "medium"}, "aws_integration", lambda c: c.choices == ("low",)),
        ({"autoscaling": True}, "autoscaling", lambda c: c.choices == (False,)),
    ],
    ids=["less", "more", "one answer", "an earlier choice", "no"],
)
def test_an_answer_is_brought_in_its_way_only(given: dict[str, object], field: str, reached: object) -> None:
    cells = landscape.possible(LAND, read(given))[field].cells
    assert cells and all(map(reached, cells))


def test_an_answer_that_cannot_get_better_is_closed() -> None:
    assert "state" not in landscape.possible(LAND, {"state": "stateless"})
    assert "autoscaling" not in landscape.possible(LAND, {"autoscaling": False})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('kind = ["website"]', ["kind", "change_effort"]),
        ('memory = "less"', ["memory", "change_effort"]),
        ('memory_mb = "down"', ["memory_mb", "down", "less"]),
        ("memory_mb = [1]", ["memory_mb", "less"]),
        ('state = ["gone"]', ["state", "allowed", "stateless"]),
        ('autoscaling = "less"', ["autoscaling", "list"]),
    ],
)
def test_a_bad_entry_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, words: list[str]
) -> None:
    (tmp_path / "changes.toml").write_text(line)
    monkeypatch.setattr(landscape, "folder", lambda name: tmp_path)
    landscape._ways.cache_clear()
    try:
        with pytest.raises(DataError) as refused:
            landscape._ways()
    finally:
        landscape._ways.cache_clear()
    assert all(word in str(refused.value) for word in ["changes.toml", *words]), str(refused.value)


def test_every_way_goes_with_words_on_how() -> None:
    assert all(DESCRIPTORS[name].change for name in resources.read_toml(resources.folder("data") / "changes.toml"))
