from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.classifier import features
from whichcompute.classifier.cases import Judgements
from whichcompute.knowledge.rules import RulePack
from whichcompute.training import feature_files
from whichcompute.training.feature_files import SearchLimits


def test_what_is_found_is_written_and_read_again(judgements: Judgements, pack: RulePack, tmp_path: Path) -> None:
    shutil.copy(folder("data") / "features.toml", tmp_path)
    search = SearchLimits(pairs=4, triples=0, each_round=4, least_of_pair=2)
    feature_files.find(judgements.rows, pack.facts, search, tmp_path)
    found = features.load(pack.facts, tmp_path / "features.toml", tmp_path / "reference.toml")
    shipped = features.load(pack.facts)
    assert found.lines == shipped.lines
    assert [len(term) for term in found.terms[len(found.lines) :]] == [2] * 4
    assert all(sum(row) == pytest.approx(1) for row in found.shares.values())
    assert found.shares["os"] == pytest.approx(features.set_shares(features.shipped())["os"])


def test_without_judgements_nothing_is_found(pack: RulePack) -> None:
    with pytest.raises(DataError, match="name a file of them with --judgements"):
        feature_files.find_in([], pack.facts)
