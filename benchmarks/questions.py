"""How many questions the questionnaire asks, and how often its answer is then the one on everything that is known.

`python benchmarks/questions.py` answers from the real decisions in data/cases (a blank is "I don't know"), each time as
if that decision had never been seen: its own sheet is left out. The naive form, the descriptors in table order, runs
beside it with as many questions.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docs"))
import sheets

from whichcompute import Interview
from whichcompute.classifier import cases
from whichcompute.engine import Engine
from whichcompute.knowledge.descriptors import DECIDING, Value
from whichcompute.questionnaire import Guide
from whichcompute.questionnaire.questions import Question

Known = dict[str, Value]


@dataclass(frozen=True)
class Ending:
    """One simulated interview: questions asked, whether the answer is the full one, the chance of change it stated."""

    asked: int
    same: bool
    chance: float


def hold(interview: Interview, known: Known, ranges: bool, times: list[float]) -> Ending:
    """Answers until the questionnaire suggests to stop, with exact values or with the ranges on offer."""
    asked = 0
    while True:
        start = time.process_time()
        question = interview.next_question()
        times.append(time.process_time() - start)
        if question is None:
            break
        interview.answer_together({part.field: reply(part, known, ranges) for part in question.parts})
        asked += 1
    return Ending(asked, service(interview, interview.known) == service(interview, known), interview.chance_of_change)


def reply(question: Question, known: Known, ranges: bool) -> Value | None:
    """What somebody who knows these values answers; None: they do not know."""
    value = known.get(question.field)
    for choice in question.choices:
        if choice.says and all(known.get(field) == said for field, said in choice.says.items()):
            return choice.value
    choice = question.choice_of(value) if ranges and value is not None else None
    return choice.value if choice else value


def service(interview: Interview, known: Known) -> str | None:
    """The answer in front on some values, costs included."""
    return interview.guide.recommender.weigh(known).service


def fixed(interview: Interview, known: Known, questions: int) -> Ending:
    """The naive form: the descriptors in table order, as many as `questions`."""
    first = {field: known[field] for field in DECIDING[:questions] if field in known}
    return Ending(questions, service(interview, first) == service(interview, known), 0.0)


def report(name: str, endings: list[Ending]) -> None:
    """Prints one line of figures."""
    asked = np.array([ending.asked for ending in endings])
    same = np.mean([ending.same for ending in endings])
    stated = np.mean([ending.chance for ending in endings])
    figures = f"same answer {same:6.1%}   questions: median {np.median(asked):.0f}, 90th percentile "
    print(f"{name:<34} n={len(endings):<4} {figures}{np.percentile(asked, 90):.0f}, mean {asked.mean():.1f}", end="")
    print(f"   stated chance of change {stated:.1%}")


def complete(seed: int, each: int) -> Iterator[Known]:
    """Workloads of which everything is known, drawn from the archetypes."""
    rng = Random(seed)
    for shape in sheets.load():
        yield from (shape.draw(rng) for _ in range(each))


def first_question() -> float:
    """Seconds from starting the command to its end with no input: the first question comes before that."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "whichcompute", "ask", "--json"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Runs the simulations and prints their figures."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    options.add_argument("--quick", action="store_true", help="every fifth decision only")
    quick = options.parse_args().quick
    decisions = cases.read_cases([cases.shipped()])[:: 5 if quick else 1]
    shared = Guide(Engine.default().recommender)
    times: list[float] = []

    def left_out(case: cases.Case) -> Guide:
        return Guide(shared.recommender, shared.outlook.respondents.without({case.id}))

    def all_cases(guide: Callable[[cases.Case], Guide], ranges: bool) -> list[Ending]:
        return [hold(Interview(guide=guide(case)), case.values, ranges, times) for case in decisions]

    unseen = all_cases(left_out, ranges=False)
    report("decisions left out", unseen)
    report("the same, ranges for numbers", all_cases(left_out, ranges=True))
    report("decisions as shipped", all_cases(lambda case: shared, ranges=False))
    most = round(float(np.percentile([ending.asked for ending in unseen], 90)))
    for questions in (most, 2 * most, len(DECIDING)):
        naive = [fixed(Interview(guide=shared), case.values, questions) for case in decisions]
        report(f"table order, {questions} questions", naive)
    drawn = [hold(Interview(guide=shared), known, False, times) for known in complete(seed=99, each=1)]
    report("drawn workloads, everything known", drawn)
    spread = np.percentile(np.array(times) * 1000, [50, 95, 99])
    print("next question, ms of CPU: median {:.1f}, 95th percentile {:.1f}, 99th {:.1f}".format(*spread))
    runs = sorted(first_question() for _ in range(5))
    print(f"ask with no input, whole command: median {runs[2]:.2f} s, slowest {runs[-1]:.2f} s")


if __name__ == "__main__":
    main()
