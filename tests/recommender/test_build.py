from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import DataError, Engine
from whichcompute.recommender.build import build, shipped


def test_the_shipped_recommender_is_built_once_and_shared_with_the_engine() -> None:
    assert shipped() is shipped()
    assert Engine.default().recommender is shipped().recommender


def test_a_pack_that_is_unusable_is_named(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("[[rule]]\nid = 'x'")
    with pytest.raises(DataError, match=r"pack\.toml"):
        build([tmp_path / "pack.toml"])
