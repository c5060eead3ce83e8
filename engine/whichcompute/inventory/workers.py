"""Scores pieces of a large inventory on several cores: here, and in a process for each further core (see `worker`).

Threads alone gain nothing: the steps over a piece are short, and most of them hold the interpreter's lock. Each process
is a new interpreter, as a fork of a process with threads may hang.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from whichcompute.inventory import worker
from whichcompute.inventory.work import Scored, ScoringPlan, score_piece
from whichcompute.knowledge.services import SERVICES, SHIPPED
from whichcompute.recommender.columns import ColumnRecommender

MOST = 4
"""As many pieces are scored at a time at most."""

MANY = 40_000
"""From so many scored rows on, a further process is worth its start, which takes half a second."""

_AHEAD = 1
"""Pieces that wait, so that no core is idle while the oldest piece, which is written first, takes longer."""

_ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Scores pieces in order; `apart` says whether processes may be used, and `notify` gets what went wrong with them.

    At most _AHEAD pieces more than are scored at a time, and the one that is written, are in memory.
    """

    def __init__(
        self, plan: ScoringPlan, columns: ColumnRecommender, notify: Callable[[str], None], apart: bool
    ) -> None:
        self._plan, self._columns, self._notify = plan, columns, notify
        self._count = min(MOST, cores())
        # Another interpreter knows the services of the package only, not those that were added in this one.
        self._apart = apart and SERVICES == SHIPPED
        self._rows = 0
        self._given_up = False
        self._free: SimpleQueue[_Process | None] = SimpleQueue()
        self._processes = [_Process() for _ in range(self._count - 1)]
        for place in (None, *self._processes):
            self._free.put(place)

    def scored(self, pieces: Iterable[object]) -> Iterator[Scored]:
        """The outcome of each piece, in order."""
        waiting: deque[Future[Scored]] = deque()
        pool = ThreadPoolExecutor(self._count)
        try:
            for piece in pieces:
                waiting.append(pool.submit(self._score, piece))
                if len(waiting) > self._count + _AHEAD:
                    yield self._taken(waiting.popleft())
            while waiting:
                yield self._taken(waiting.popleft())
        finally:
            self._given_up = True
            for process in self._processes:
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)
            for process in self._processes:
                process.close()

    def _taken(self, future: Future[Scored]) -> Scored:
        scored = future.result()
        self._rows += scored.tally.count
        return scored

    def _score(self, piece: object) -> Scored:
        place = self._free.get()
        try:
            if place is not None and self._apart and self._rows >= MANY and place.usable:
                try:
                    return place.score(self._plan, self._columns, piece)
                except _Lost as lost:
                    if self._given_up:
                        raise
                    self._notify(f"{lost}; its rows are scored by the others")
            return score_piece(self._plan, self._columns, piece)
        finally:
            self._free.put(place)


class _Lost(Exception):
    """A process ended by itself."""


class _Process:
    """A process that scores, started with its first piece."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.usable = True

    def score(self, plan: ScoringPlan, columns: ColumnRecommender, piece: object) -> Scored:
        """The outcome of a piece; what it raises there is raised here, and _Lost where there is no answer."""
        try:
            done, answer = self._answer(plan, columns, piece)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self.usable = False
            raise _Lost(self._end(error)) from None
        if not done:
            raise answer
        scored: Scored = answer
        return scored

    def _answer(self, plan: ScoringPlan, columns: ColumnRecommender, piece: object) -> Any:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", worker.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                process_group=0,  # an interrupt is for the process that the user started; it ends the others
            )
            self._send(sys.path)
            self._send((plan, columns.recommender))
        self._send(piece)
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    def _send(self, content: object) -> None:
        assert self._process is not None and self._process.stdin is not None
        pickle.dump(content, self._process.stdin, pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _end(self, error: Exception) -> str:
        self.close()
        status = "could not be started" if self._process is None else f"ended with status {self._process.returncode}"
        return f"a process that scores {status} ({error or type(error).__name__})"

    def kill(self) -> None:
        """Ends the process at once; whoever waits for its answer gets none."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Ends the process and waits for its end."""
        self.kill()
        if self._process is not None:
            self._process.communicate()
