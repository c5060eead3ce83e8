from __future__ import annotations

from pathlib import Path

import pytest

from tests.inventory.diff.conftest import Scorings


@pytest.fixture
def scorings(tmp_path: Path) -> Scorings:
    return Scorings(tmp_path)
