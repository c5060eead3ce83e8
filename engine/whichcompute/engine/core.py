"""The Engine: rules, facts and classifier loaded once, and every question that they answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from whichcompute.base.errors import WhichcomputeError, shown
from whichcompute.engine.rule_layer import Files, paths_of
from whichcompute.knowledge.descriptors import Value, is_missing, no_workload, read
from whichcompute.knowledge.facts import Facts

if TYPE_CHECKING:
    import polars as pl

    from whichcompute.counterfactual import paths
    from whichcompute.counterfactual.break_even import BreakEven
    from whichcompute.counterfactual.what_if import WhatIf
    from whichcompute.engine.frames import Frame, Scored
    from whichcompute.importers.checking import Check
    from whichcompute.importers.checking import Problem as FoundProblem
    from whichcompute.importers.found import Scan
    from whichcompute.inventory import Outcome, ScoringRequest
    from whichcompute.inventory.run import Notify, Progress
    from whichcompute.knowledge.workload import Workload
    from whichcompute.presentation.own_text import OwnText
    from whichcompute.pricing.portfolio import Portfolio
    from whichcompute.questionnaire import Guide, Interview
    from whichcompute.recommender.build import Build
    from whichcompute.recommender.columns import ColumnRecommender
    from whichcompute.recommender.columns.reasons import Explain
    from whichcompute.recommender.result import Recommendation

Given: TypeAlias = "Workload | Mapping[str, object]"


class Engine:
    """Rules, facts and classifier, loaded once. Immutable once built: share it between threads and processes.

    `score` does not run in a process that was forked from one that has scored: start workers by `spawn`.

    `rules`: further rule packs (TOML files) over the shipped ones, in order. `model`: the folder of another classifier.
    `facts`: a folder of other fact files, or Facts. `as_of`: the day whose facts apply (None: the newest).
    `region`: the AWS Region of workloads that name none; where neither says, prices are those of us-east-1. Raises
    DataError (facts, rules), ModelError or WorkloadError (region).

    >>> from datetime import date
    >>> engine = Engine(as_of=date(2026, 11, 23))
    >>> engine.facts["lambda.max_duration"], engine.recommend({"os": "other"}).as_of
    (900.0, datetime.date(2026, 11, 23))
    """

    def __init__(
        self,
        rules: Files = (),
        model: str | Path | None = None,
        facts: str | Path | Facts | None = None,
        as_of: date | None = None,
        region: str | None = None,
    ) -> None:
        if not isinstance(as_of, date | None):
            raise WhichcomputeError(
                f"as_of: '{shown(as_of)}' is not a date; allowed: datetime.date(2026, 11, 23), None"
            )
        from whichcompute.recommender.build import build

        given = facts if isinstance(facts, Facts) or facts is None else Path(facts)
        self._open(build(paths_of(rules), Path(model) if model else None, given, as_of, region or ""))

    def _open(self, built: Build) -> None:
        from whichcompute.recommender.result import Recommendation

        Recommendation.as_text = staticmethod(_as_text)
        self.recommender = built.recommender
        self.model_folder = built.model_folder
        self.aggregator = built.recommender.aggregator
        self.pack = self.aggregator.pack

    def __repr__(self) -> str:
        day, region = self.facts.as_of or "the newest facts", self.recommender.region or "us-east-1"
        return f"<Engine {len(self.pack.rules)} rules, {day}, prices of {region}>"

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

    def _values(self, workload: Given) -> Mapping[str, Value]:
        return self.recommender.placed(_read(workload))

    def recommend(self, workload: Given, *, free_tier: bool = False) -> Recommendation:
        """The recommendation for one workload; WorkloadError names every bad field.

        `free_tier` counts the Lambda free tier in costs; it belongs to an account, not to a workload.
        """
        return self.recommender.recommend(self._values(workload), free_tier=free_tier)

    @overload
    def score(self, frame: pl.LazyFrame, *, free_tier: bool = False, explain: Explain = "short") -> pl.DataFrame: ...
    @overload
    def score(self, frame: Frame, *, free_tier: bool = False, explain: Explain = "short") -> Frame: ...
    @overload
    def score(
        self, frame: Frame, *, rejects: Literal[True], free_tier: bool = False, explain: Explain = "short"
    ) -> Scored[Frame]: ...
    def score(
        self, frame: object, *, rejects: bool = False, free_tier: bool = False, explain: Explain = "short"
    ) -> object:
        """The frame with the result columns of `whichcompute score` after its own, as the same kind of frame.

        `frame` is a polars, pandas or pyarrow table or a list of mappings; what else offers the Arrow interface comes
        back as a polars frame. Columns named like a descriptor are read, as text or typed. Raises WorkloadError when a
        cell cannot be read; with `rejects` such rows are left out, and what is wrong with them comes back beside the
        rest.
        """
        from whichcompute.engine import frames

        _refuse_fork()
        return frames.score(self.columns, frame, rejects=rejects, free_tier=free_tier, explain=explain)

    def portfolio(self, frame: object, *, free_tier: bool = False) -> Portfolio:
        """What the rows of a frame cost together a month, what they could share and save, and the quotas they break.

        `frame` is what `score` takes; a cell that cannot be read counts as unknown.
        """
        from whichcompute.engine import frames

        _refuse_fork()
        return frames.portfolio(self.columns, frame, free_tier)

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

        region = self.recommender.region
        given = {**({"region": region} if region else {}), **(answers or {})}
        return Interview(answers=given, guide=self._guide)

    def what_if(self, workload: Given, *, free_tier: bool = False, **changes: object) -> WhatIf:
        """The recommendation before and after some fields change (None makes a field unknown)."""
        from whichcompute.counterfactual.what_if import WhatIf, what_if
        from whichcompute.presentation.changes import render_what_if

        WhatIf.as_text = staticmethod(render_what_if)
        return what_if(self.recommender, self._values(workload), changes, free_tier=free_tier)

    def path_to(self, workload: Given, service: str, *, free_tier: bool = False) -> paths.Path:
        """The smallest set of changes that makes `service` the recommendation, or why none does."""
        from whichcompute.counterfactual.paths import Path, path_to
        from whichcompute.presentation.changes import render_path

        Path.as_text = staticmethod(render_path)
        return path_to(self.recommender, self._values(workload), service, free_tier=free_tier)

    def sensitivity(self, workload: Given) -> tuple[paths.Flip, ...]:
        """The single answers that would change the recommendation."""
        from whichcompute.counterfactual.paths import sensitivity

        return sensitivity(self.recommender, self._values(workload))

    def break_even(self, workload: Given, *, free_tier: bool = False) -> tuple[BreakEven, ...]:
        """Where the cheapest service changes as the calls, their duration or the memory grow, as data and in words."""
        from whichcompute.counterfactual.break_even import break_even

        return break_even(self.recommender, self._values(workload), free_tier=free_tier)

    def scan(self, *paths: str | os.PathLike[str]) -> Scan:
        """The workloads in infrastructure code below some folders or in some files, each value with file and line."""
        from whichcompute.importers.scanning import scan

        return scan(paths)

    def check(
        self,
        *paths: str | os.PathLike[str],
        baseline: str | os.PathLike[str] | None = None,
        left_out: Callable[[FoundProblem], bool] | None = None,
    ) -> Check:
        """The workloads of a scan with declared and recommended service, limits exceeded and margins left.

        `baseline`: an earlier check as JSON, whose problems are not reported again; `left_out` says of which
        others that holds.
        """
        from whichcompute.importers.checking import check, only_new, without

        result = check(self.recommender, self.scan(*paths))
        result = result if baseline is None else only_new(result, Path(baseline))
        return result if left_out is None else without(result, left_out)

    def chart(self, workload: Given, *, free_tier: bool = False) -> str:
        """Monthly costs over calls as SVG text; WhichcomputeError when too little is known."""
        from whichcompute.presentation.charts import cost_chart

        return cost_chart(self.recommender, self._values(workload), free_tier=free_tier)

    def record(
        self,
        workload: Given,
        *,
        free_tier: bool = False,
        supersedes: str = "",
        own: OwnText | None = None,
        since: str = "",
    ) -> str:
        """The architecture decision record of a recommendation, as Markdown.

        `supersedes` names the record that it replaces, `own` is what people wrote there, and `since` what has changed
        since then (see `Review`).
        """
        from whichcompute.presentation import adr

        recommendation = self.recommend(workload, free_tier=free_tier)
        flips = self.sensitivity(workload)
        overturns = [flip.text for flip in flips if flip.before is not None or flip.field in recommendation.missing]
        return adr.write(recommendation, overturns, free_tier=free_tier, supersedes=supersedes, own=own, since=since)

    def evaluate(self, files: Sequence[Path]) -> dict[str, Any]:
        """The figures of `whichcompute evaluate --json`; DataError when a case file cannot be read."""
        from whichcompute.training.evaluation import evaluate

        return evaluate(files, self.recommender)


_scoring: set[int] = set()  # the process that has scored: polars' threads run in it and are not there in its forks


def _refuse_fork() -> None:
    """Raises WhichcomputeError where polars would wait for ever for threads that a forked process does not have."""
    if _scoring and os.getpid() not in _scoring:
        raise WhichcomputeError(
            "score cannot run in a process that was forked from one that has scored; start workers by the method "
            "'spawn' (multiprocessing.get_context('spawn'))"
        )
    _scoring.add(os.getpid())


def _read(workload: Given) -> dict[str, Value]:
    if isinstance(workload, Mapping):
        return read({name: None if is_missing(value) else value for name, value in workload.items()})
    if hasattr(workload, "known"):
        return workload.known()
    if isinstance(workload, str | os.PathLike):
        name = shown(os.fspath(workload))
        raise WhichcomputeError(
            f"a workload is a mapping of fields, not the path '{name}': load it first (json, tomllib, yaml), or type "
            f"`whichcompute recommend {name}`"
        )
    raise no_workload(workload)


def _as_text(recommendation: Recommendation) -> str:
    from whichcompute.presentation.recommendation import render

    return render(recommendation)
