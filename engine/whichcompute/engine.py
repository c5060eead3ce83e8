"""The one door: an Engine answers with rules, facts and classifier, a RuleLayer speaks of rules and facts alone.

Command line and Spark call nothing below this module. What a method needs is imported when it is called: a command
must not wait for what it does not use.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from whichcompute.base.errors import InventoryError, ModelError, WhichcomputeError
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.rules import Effect, Strength

if TYPE_CHECKING:
    import polars as pl

    from whichcompute.analysis.diff import Change
    from whichcompute.analysis.findings import Finding
    from whichcompute.counterfactual import break_even as breakeven
    from whichcompute.counterfactual import paths
    from whichcompute.counterfactual import what_if as explain
    from whichcompute.importers.checking import Check
    from whichcompute.importers.found import Scan
    from whichcompute.inventory import Outcome, ScoringRequest
    from whichcompute.inventory.diff import ScoringComparison
    from whichcompute.inventory.run import Notify, Progress
    from whichcompute.knowledge.guidance import Judged
    from whichcompute.knowledge.rules import RulePack
    from whichcompute.knowledge.statements import Covered
    from whichcompute.knowledge.workload import Workload
    from whichcompute.questionnaire import Guide, Interview
    from whichcompute.recommender.build import Build
    from whichcompute.recommender.columns import ColumnRecommender
    from whichcompute.recommender.columns.reasons import Explain
    from whichcompute.recommender.result import Recommendation

__all__ = [
    "EFFECTS",
    "STRENGTHS",
    "Engine",
    "RuleLayer",
    "changes_as_json",
    "compare",
    "save_answers",
    "save_changes",
    "suggested_map",
    "unread_columns",
]

Given: TypeAlias = "Workload | Mapping[str, object]"
Files: TypeAlias = str | Path | Sequence[str | Path]

EFFECTS: tuple[str, ...] = get_args(Effect)
STRENGTHS: tuple[str, ...] = get_args(Strength)


class RuleLayer:
    """Facts and rules without the classifier: to look at them, to prove what is wrong with them, to train on them.

    `rules`: rule packs (TOML files) over the shipped ones, in order. `as_of`: the day whose facts apply (None: the
    newest). Raises DataError.
    """

    def __init__(self, rules: Files = (), as_of: date | None = None) -> None:
        from whichcompute.knowledge import facts, packs

        self.files = _paths(rules)
        self._shipped_facts = facts.load(as_of)
        self.pack: RulePack = packs.load(self._shipped_facts, self.files)

    @property
    def facts(self) -> Facts:
        """The facts in force, those of user packs included."""
        return self.pack.facts

    def check(self, files: Sequence[Path] = ()) -> tuple[RulePack, list[Finding]]:
        """The rules with further packs over them, and what is wrong with the packs (with all rules if there are none).

        Raises DataError when a pack is broken.
        """
        from whichcompute.analysis import findings
        from whichcompute.analysis.checks import check
        from whichcompute.base.resources import read_toml
        from whichcompute.knowledge import packs

        theirs = [*self.files, *files]
        pack = packs.load(self._shipped_facts, theirs)
        listed = dict(findings.load())
        for path in theirs:
            listed.update(findings.parse(read_toml(path).get("finding", []), str(path)))
        base = packs.load(self._shipped_facts) if theirs else None
        return pack, check(pack, listed, base)

    def diff(self, old: str, new: str) -> tuple[list[Change], list[str], list[str]]:
        """What two packs decide differently, the facts that differ in words, and the ids of reworded rules.

        A pack is a file (over the shipped rules), a folder of rule files (by itself), or the word `shipped`.
        """
        from whichcompute.analysis.diff import diff, other_values, read_side, reworded

        before, after = (read_side(name, self._shipped_facts) for name in (old, new))
        return diff(before, after), other_values(before, after), reworded(before, after)

    def coverage(self) -> Iterator[Covered]:
        """Every statement of the founding document with what carries it."""
        from whichcompute.knowledge.statements import coverage

        return coverage(self.pack)

    def guidance(self) -> Iterator[Judged]:
        """The guidance candidates and what became of each."""
        from whichcompute.knowledge.guidance import listing

        return listing(self.pack)

    def say_fact(self, id_: str) -> str:
        """The value of a fact in words, with its unit."""
        from whichcompute.knowledge.rules import say_fact

        return say_fact(self.facts, id_)

    def train(
        self,
        files: Sequence[Path],
        out: Path,
        judgements: Sequence[Path] = (),
        with_default: bool = False,
        *,
        notify: Callable[[str], None],
    ) -> str:
        """Fits a classifier on case and judgement files, writes it into the folder `out`, and returns a summary.

        Raises DataError for bad files, ModelError without the extra `train`.
        """
        training = _training()
        summary: str = training.train(training.Plan(files, out, self.pack, judgements, with_default), notify)
        return summary

    def find_interactions(self, judgements: Sequence[Path]) -> None:
        """Finds the reference distribution and the interactions of fields on judgements, and writes them."""
        _training().feature_files.find_in(judgements, self.pack.facts)


class Engine:
    """Rules, facts and classifier, loaded once. Immutable once built: share it between threads and processes.

    `score` does not run in a process that was forked from one that has scored: start workers by `spawn`.

    `rules`: further rule packs (TOML files) over the shipped ones, in order. `model`: the folder of another classifier.
    `facts`: a folder of other fact files, or Facts. `as_of`: the day whose facts apply (None: the newest). Raises
    DataError (facts, rules) or ModelError.
    """

    def __init__(
        self,
        rules: Files = (),
        model: str | Path | None = None,
        facts: str | Path | Facts | None = None,
        as_of: date | None = None,
    ) -> None:
        from whichcompute.recommender.build import build

        given = facts if isinstance(facts, Facts) or facts is None else Path(facts)
        self._open(build(_paths(rules), Path(model) if model else None, given, as_of))

    def _open(self, built: Build) -> None:
        self.recommender = built.recommender
        self.model_folder = built.model_folder
        self.aggregator = built.recommender.aggregator
        self.pack = self.aggregator.pack

    @staticmethod
    @cache
    def default() -> Engine:
        """The engine with the shipped rules, facts and classifier; built once."""
        from whichcompute.recommender.build import shipped

        engine = Engine.__new__(Engine)
        engine._open(shipped())
        return engine

    @cached_property
    def columns(self) -> ColumnRecommender:
        """The same recommendations for whole frames."""
        from whichcompute.recommender.columns import ColumnRecommender

        return ColumnRecommender(self.recommender)

    @cached_property
    def _guide(self) -> Guide:
        from whichcompute.questionnaire import Guide

        return Guide(self.recommender)

    @property
    def facts(self) -> Facts:
        """The facts in force, those of user packs included."""
        return self.pack.facts

    def recommend(self, workload: Given, *, free_tier: bool = False) -> Recommendation:
        """The recommendation for one workload; WorkloadError names every bad field.

        `free_tier` counts the Lambda free tier in costs; it belongs to an account, not to a workload.
        """
        return self.recommender.recommend(_values(workload), free_tier=free_tier)

    def score(
        self, frame: pl.DataFrame | pl.LazyFrame, *, free_tier: bool = False, explain: Explain = "short"
    ) -> pl.DataFrame:
        """The frame with the result columns of `whichcompute score` after its own; text and typed columns are read.

        Raises WorkloadError when a cell cannot be read: `score_inventory` sets such rows aside.
        """
        _refuse_fork()
        return self.columns.score(frame, free_tier=free_tier, explain=explain)

    def score_inventory(
        self, inventory: str, out: str, *, notify: Notify, progress: Progress | None = None, **options: Any
    ) -> Outcome:
        """Scores an inventory from file to file; InventoryError when a file cannot be read or written.

        `options` are the further fields of ScoringRequest. `notify` is called with each notice, `progress` with the
        number of rows done and the share of the inventory that has been read (None: unknown).
        """
        from whichcompute.inventory import ScoringRequest, score_inventory

        request: ScoringRequest = ScoringRequest(inventory, out, **options)
        return score_inventory(request, self.columns, notify, progress or (lambda rows, share: None), self._page)

    def _page(self, outcome: Outcome) -> bytes:
        from whichcompute.presentation.report import report_page

        return report_page(outcome, self.columns)

    def interview(self, answers: Mapping[str, object] | None = None) -> Interview:
        """A questionnaire without a user interface, begun with these answers."""
        from whichcompute.questionnaire import Interview

        return Interview(answers=answers or {}, guide=self._guide)

    def what_if(self, workload: Given, *, free_tier: bool = False, **changes: object) -> explain.WhatIf:
        """The recommendation before and after some fields change (None makes a field unknown)."""
        from whichcompute.counterfactual.what_if import what_if

        return what_if(self.recommender, _values(workload), changes, free_tier=free_tier)

    def path_to(self, workload: Given, service: str, *, free_tier: bool = False) -> paths.Path:
        """The smallest set of changes that makes `service` the recommendation, or why none does."""
        from whichcompute.counterfactual.paths import path_to

        return path_to(self.recommender, _values(workload), service, free_tier=free_tier)

    def sensitivity(self, workload: Given) -> tuple[paths.Flip, ...]:
        """The single answers that would change the recommendation."""
        from whichcompute.counterfactual.paths import sensitivity

        return sensitivity(self.recommender, _values(workload))

    def break_even(self, workload: Given, *, free_tier: bool = False) -> tuple[breakeven.BreakEven, ...]:
        """Where the cheapest service changes as the calls, their duration or the memory grow, as data and in words."""
        from whichcompute.counterfactual.break_even import break_even

        return break_even(self.recommender, _values(workload), free_tier=free_tier)

    def scan(self, *paths: str | os.PathLike[str]) -> Scan:
        """The workloads in infrastructure code below some folders or in some files, each value with file and line."""
        from whichcompute.importers.scanning import scan

        return scan(paths)

    def check(self, *paths: str | os.PathLike[str]) -> Check:
        """The workloads of a scan with declared and recommended service, limits exceeded and margins left."""
        from whichcompute.importers.checking import check

        return check(self.recommender, self.scan(*paths))

    def chart(self, workload: Given, *, free_tier: bool = False) -> str:
        """Monthly costs over calls as SVG text; WhichcomputeError when too little is known."""
        from whichcompute.presentation.charts import cost_chart

        return cost_chart(self.recommender, _values(workload), free_tier=free_tier)

    def record(self, workload: Given, *, free_tier: bool = False) -> str:
        """The architecture decision record of a recommendation, as Markdown."""
        from whichcompute.presentation import adr

        recommendation = self.recommend(workload, free_tier=free_tier)
        flips = self.sensitivity(workload)
        overturns = [flip.text for flip in flips if flip.before is not None or flip.field in recommendation.missing]
        return adr.write(recommendation, overturns)

    def evaluate(self, files: Sequence[Path]) -> dict[str, Any]:
        """The figures of `whichcompute evaluate --json`; DataError when a case file cannot be read."""
        from whichcompute.training.evaluation import evaluate

        return evaluate(files, self.recommender)


def _training() -> ModuleType:
    try:
        from whichcompute import training
        from whichcompute.training import feature_files  # noqa: F401 (an attribute of the package from here on)
    except ModuleNotFoundError as error:
        raise ModelError(f"{error.name} is not installed: training needs the extra, whichcompute[train]") from None
    return training


def save_answers(interview: Interview, path: Path) -> None:
    """Writes the answers of an interview as YAML that `recommend` and `ask --answers` read; raises InventoryError."""
    from whichcompute.questionnaire.answers import save

    save(interview, path)


def compare(old: str, new: str, *, key: str | None = None, cells: bool = False) -> ScoringComparison:
    """What changed between two scored inventories, and why.

    `key`: the column that names rows (None: workload_id or the tool's own). `cells`: list rows as well in which only
    other results differ. Raises InventoryError.
    """
    from whichcompute.inventory.diff import ComparisonOptions
    from whichcompute.inventory.diff import compare as compared

    return compared(old, new, ComparisonOptions(key, cells))


def changes_as_json(comparison: ScoringComparison, limit: int | None = None) -> dict[str, Any]:
    """A comparison as a JSON object, with at most `limit` changed rows (None: all)."""
    from whichcompute.inventory.diff.tables import as_json

    return as_json(comparison, limit)


def save_changes(comparison: ScoringComparison, out: str, *, force: bool = False) -> None:
    """Writes the rows of a comparison as CSV.

    InventoryError if `out` is one of the files compared, cannot be written, or exists and `force` is not set.
    """
    from whichcompute.base.outputs import Outputs, refuse_to_overwrite
    from whichcompute.inventory.diff.tables import as_csv
    from whichcompute.inventory.record import record_file

    for file in comparison.files:
        if Path(out).resolve() in (Path(name).resolve() for name in (file.name, record_file(file.name) or file.name)):
            raise InventoryError(f"{out}: is one of the files that are compared")
    refuse_to_overwrite([out], force)
    with Outputs() as outputs:
        output = outputs.add(out)
        for piece in as_csv(comparison):
            output.file.write(piece)


def suggested_map(inventory: str, sheet: str | None = None) -> str:
    """A draft of a map for an inventory, in YAML; InventoryError when it cannot be read."""
    from whichcompute.inventory import suggestion

    return suggestion(inventory, sheet)


def unread_columns(path: Path) -> tuple[str, ...]:
    """The columns of a case file that are not read, as they are not descriptors; DataError when it cannot be read."""
    from whichcompute.classifier.cases import read_case_file

    return tuple(read_case_file(path).unread)


_scoring: set[int] = set()  # the process that has scored: polars' threads run in it and are not there in its forks


def _refuse_fork() -> None:
    """Raises WhichcomputeError where polars would wait for ever for threads that a forked process does not have."""
    if _scoring and os.getpid() not in _scoring:
        raise WhichcomputeError(
            "score cannot run in a process that was forked from one that has scored; start workers by the method "
            "'spawn' (multiprocessing.get_context('spawn'))"
        )
    _scoring.add(os.getpid())


def _paths(files: Files) -> list[Path]:
    return [Path(path) for path in ([files] if isinstance(files, str | Path) else files)]


def _values(workload: Given) -> dict[str, Value]:
    return read(workload) if isinstance(workload, Mapping) else workload.known()
