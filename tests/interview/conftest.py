from __future__ import annotations

import pytest

from engine import Engine
from engine.interview import Guide, Interview


@pytest.fixture(scope="session")
def guide(engine: Engine) -> Guide:
    return Guide(engine.recommender)


@pytest.fixture
def interview(guide: Guide) -> Interview:
    return Interview(guide=guide)
