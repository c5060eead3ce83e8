"""Throws hostile input at every reader and checks what comes of it: a result, or one clear error.

    python benchmarks/fuzz.py --count 200000 --seed 1 [--only TARGET] [--first N]

A failure is: another exception than a WhichcomputeError, a message or printed text with control characters, more than
five seconds of CPU time, a file written outside the given folder, a process started, or (for the whole run) more than
1 GB of memory. Every input follows from seed, target and number alone, so `--only TARGET --first N --count 1` brings
it back.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.fuzz_bench import Bench, Unsafe
from benchmarks.fuzz_targets import TARGETS
from whichcompute.base.errors import WhichcomputeError
from whichcompute.inventory.readers import parquet_child

LIMIT_S, WAIT_S = 5.0, 600.0
LIMIT_MB = 1024
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
_DECODER = parquet_child.__file__
_STARTS = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "socket.connect", "pickle.find_class")


class Hang(BaseException):
    """Raised by the alarm; no handler for Exception may swallow it."""


@dataclass
class Failure:
    """What went wrong, with the input that did it."""

    target: str
    number: int
    what: str
    given: str

    def __str__(self) -> str:
        return f"{self.target} --first {self.number}: {self.what}\n    input: {self.given[:2000]}"


@dataclass
class Outcome:
    """What became of a run: inputs by target, those answered with an error, failures, peak memory in MB by then.

    `heaviest`: the MB by which one input raised the peak the most, and that input.
    """

    inputs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slowest: float = 0.0
    peaks: dict[str, float] = field(default_factory=dict)
    heaviest: tuple[float, str] = 0.0, ""


class Watch:
    """Notices files opened for writing outside one folder, and processes started, while it is active."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder.resolve())
        self.active = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, details: tuple[object, ...]) -> None:
        if not self.active:
            return
        # A Parquet file is decoded by a process of its own, which runs this script and nothing else.
        decodes = event == "subprocess.Popen" and isinstance(details[1], list) and _DECODER in details[1]
        if event in _STARTS and not decodes:
            self.seen.append(f"{event} {details!r:.200}")
        if event == "open" and isinstance(details[2], int) and details[2] & _WRITES and isinstance(details[0], str):
            inside = os.path.realpath(details[0]).startswith(self.folder)
            if not inside and details[0] != os.devnull:
                self.seen.append(f"opened for writing: {details[0]!r}")


@contextmanager
def alarm() -> Iterator[None]:
    """Raises Hang inside when a limit is over: of CPU time, so that a busy machine does not matter, or of waiting."""

    def ring(*_: object) -> None:
        raise Hang

    timers = ((signal.ITIMER_PROF, signal.SIGPROF, LIMIT_S), (signal.ITIMER_REAL, signal.SIGALRM, WAIT_S))
    before = [signal.signal(number, ring) for _, number, _ in timers]
    for timer, _, seconds in timers:
        signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        for (timer, number, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def one(target: str, number: int, seed: int, bench: Bench, watch: Watch) -> tuple[Failure | None, bool]:
    """Runs one input; the failure if it is one, and whether the input was answered with an error."""
    rng = random.Random(f"{seed}:{target}:{number}")
    bench.given = ""
    what, refused = "", False
    watch.active = True
    try:
        with alarm():
            TARGETS[target].run(rng, bench)
    except WhichcomputeError as error:
        refused = True
        what = "" if str(error).isprintable() and str(error) else f"message not printable: {str(error)!r:.300}"
    except Unsafe as error:
        what = str(error)
    except Hang:
        what = f"took more than {LIMIT_S:g} s of CPU time, or {WAIT_S:g} s"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic in a native library is no Exception
        what = f"{type(error).__name__}: {error!s:.300} ({_place(error)})"
    finally:
        watch.active = False
    if watch.seen:
        what = what or "; ".join(watch.seen)
        watch.seen.clear()
    return (Failure(target, number, what, bench.given) if what else None), refused


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        if "/whichcompute/" in trace.tb_frame.f_code.co_filename:
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def fuzz(counts: dict[str, int], seed: int, folder: Path, first: int = 0) -> Outcome:
    """Runs so many inputs of each target."""
    outcome, watch, bench = Outcome(), Watch(folder), Bench(folder)
    for target, count in counts.items():
        for number in range(first, first + count):
            start, peak = time.process_time(), peak_mb()
            failure, refused = one(target, number, seed, bench, watch)
            outcome.slowest = max(outcome.slowest, time.process_time() - start)
            outcome.heaviest = max(outcome.heaviest, (peak_mb() - peak, f"{target} --first {number}"))
            outcome.inputs[target] += 1
            outcome.refused[target] += refused
            if failure:
                outcome.failures.append(failure)
        gc.collect()
        outcome.peaks[target] = peak_mb()
    return outcome


def peak_mb() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def shares(count: int) -> dict[str, int]:
    """How many inputs each target gets, by its share."""
    total = sum(target.share for target in TARGETS.values())
    return {name: max(1, round(count * target.share / total)) for name, target in TARGETS.items()}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=200_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", choices=list(TARGETS))
    options.add_argument("--first", type=int, default=0, help="the number of the first input of each target")
    given = options.parse_args()
    counts = {given.only: given.count} if given.only else shares(given.count)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        outcome = fuzz(counts, given.seed, Path(name), given.first)
    for target, count in outcome.inputs.items():
        refused, peak = outcome.refused[target], outcome.peaks[target]
        print(f"{target:<12}{count:>9,} inputs{refused:>9,} refused, peak so far {peak:>6,.0f} MB")
    kinds = Counter((failure.target, failure.what[:60]) for failure in outcome.failures)
    for failure in {(f.target, f.what[:60]): f for f in reversed(outcome.failures)}.values():
        print(f"\nFAILED {kinds[failure.target, failure.what[:60]]:,} times: {failure}")
    memory = peak_mb()
    print(
        f"\n{outcome.inputs.total():,} inputs, seed {given.seed}, {len(outcome.failures):,} failures; "
        f"{time.perf_counter() - start:.0f} s, slowest input {outcome.slowest:.2f} s of CPU, peak {memory:,.0f} MB, "
        f"{outcome.heaviest[0]:,.0f} MB of it by {outcome.heaviest[1]}"
    )
    return 1 if outcome.failures or memory > LIMIT_MB else 0


if __name__ == "__main__":
    sys.exit(main())
