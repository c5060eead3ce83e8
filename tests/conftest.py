from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import settings

from tests import warm
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
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the real command in a process of its own, as a user does."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(warm.IMPORTED)

    def command(*args: object, stdin: str = "") -> Done:
        files = tmp_path_factory.mktemp("streams")
        for name, text in (("in", stdin), ("out", ""), ("err", "")):
            (files / name).write_text(text)
        words = [str(arg) for arg in args]
        process = processes.Process(target=warm.command, args=(words, files, os.getcwd(), dict(os.environ)))
        process.start()
        process.join(120)
        assert process.exitcode is not None, f"{words}: did not end"
        out, err = ((files / name).read_text() for name in ("out", "err"))
        assert "Traceback" not in err + out, err
        return Done(process.exitcode, out, err)

    return command
