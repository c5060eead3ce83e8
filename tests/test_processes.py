"""One engine among threads and processes, and many engines in one process."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from whichcompute import Engine, WhichcomputeError, recommend, score

WORKLOADS: list[dict[str, object]] = [
    {"kind": "event_handler", "max_duration_s": 12, "state": "stateless"},
    {"kind": "batch_job", "max_duration_s": "2h", "packaging": "container"},
    {"kind": "website", "app_stack": "wordpress", "memory_mb": 1024, "invocations_per_month": 100_000},
    {"os": "other", "host_access": "kernel"},
    {},
]
FRAME = pl.DataFrame({"kind": ["website", "batch_job", None], "max_duration_s": [60.0, 1200.0, 5.0]})
OFF = """switch_off = [
    "lambda.duration-exceeds-limit",
    "lambda.duration-exceeds-limit-unless-split",
    "lambda.typical-duration-exceeds-limit",
]
"""


def asked(engine: Engine) -> str:
    """The field that a short questionnaire asks for at its end."""
    interview = engine.interview({"kind": "website"})
    for _ in range(2):
        question = interview.next_question()
        assert question is not None
        interview.skip(question.field)
    question = interview.next_question()
    return question.field if question else ""


CALLS: dict[str, Callable[[Engine], object]] = {
    "recommend": lambda engine: [engine.recommend(each) for each in WORKLOADS],
    "score": lambda engine: engine.score(FRAME, explain="full").rows(),
    "what_if": lambda engine: engine.what_if(WORKLOADS[0], max_duration_s="20m"),
    "path_to": lambda engine: engine.path_to(WORKLOADS[1], "lambda"),
    "interview": asked,
    "break_even": lambda engine: engine.break_even(WORKLOADS[2]),
}


def test_threads_that_call_everything_at_once_get_what_one_alone_gets(tmp_path: Path) -> None:
    (tmp_path / "off.toml").write_text(OFF)
    engines = [Engine(), Engine(rules=tmp_path / "off.toml")]  # new ones: what is made on first use is made in threads
    jobs = [(engine, name) for engine in engines for name in CALLS for _ in range(4)]
    random.Random(1).shuffle(jobs)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda job: CALLS[job[1]](job[0]), jobs))
    expected = {(id(engine), name): call(engine) for engine in engines for name, call in CALLS.items()}
    assert all(each == expected[id(engine), name] for (engine, name), each in zip(jobs, found, strict=True))


@pytest.mark.parametrize("name", ["recommend", "score", "path_to"])
def test_engines_with_other_rules_never_see_each_others_state(name: str, tmp_path: Path) -> None:
    (tmp_path / "off.toml").write_text(OFF)
    ours = CALLS[name](Engine.default())
    for _ in range(6):  # more engines than any cache holds, each one thrown away: an address may come again
        assert CALLS[name](Engine(rules=tmp_path / "off.toml")) != ours
        assert CALLS[name](Engine()) == ours


def _recommended(number: int) -> str:
    return recommend(WORKLOADS[number]).service


def _scored(_: int) -> list[str]:
    return score(FRAME)["recommended_service"].to_list()


@pytest.mark.parametrize("work", [_recommended, _scored], ids=["recommend", "score"])
def test_workers_that_are_spawned(work: Callable[[int], object]) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(work, range(3))) == [work(number) for number in range(3)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_recommend_works_in_a_forked_process() -> None:
    engine = Engine.default()
    engine.score(FRAME)  # its threads are running by now, and a forked process does not have them
    expected = [engine.recommend(each) for each in WORKLOADS]
    assert _in_a_fork(lambda: [engine.recommend(each) for each in WORKLOADS] == expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_score_refuses_to_hang_in_a_forked_process() -> None:
    def refused() -> bool:
        with pytest.raises(WhichcomputeError, match="'spawn'"):
            Engine.default().score(FRAME)
        return True

    Engine.default().score(FRAME)
    assert _in_a_fork(refused)


def _in_a_fork(check: Callable[[], bool]) -> bool:
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        held = False
        try:
            held = check()
        finally:
            os._exit(0 if held else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
