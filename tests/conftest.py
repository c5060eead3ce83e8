from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import settings

from whichcompute import Engine
from whichcompute.questionnaire import Guide, Interview

# No test is timed: the machines that run them are small and shared.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@dataclass(frozen=True)
class Done:
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture(scope="session")
def guide(engine: Engine) -> Guide:
    return Guide(engine.recommender)


@pytest.fixture
def interview(guide: Guide) -> Interview:
    return Interview(guide=guide)


@pytest.fixture
def run() -> Run:
    """Runs the real command in a process of its own, as a user does."""

    def command(*args: object, stdin: str = "") -> Done:
        words = [sys.executable, "-m", "whichcompute", *map(str, args)]
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=120)
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    return command
