"""Rules and facts without the classifier: to look at them, to prove what is wrong with them, to train on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, get_args

from whichcompute.base.errors import DataError, FactError, ModelError
from whichcompute.knowledge.rules import Effect, Strength

if TYPE_CHECKING:
    from whichcompute.analysis.diff import Change
    from whichcompute.analysis.findings import Finding
    from whichcompute.knowledge.facts import Facts
    from whichcompute.knowledge.guidance import Judged
    from whichcompute.knowledge.rules import RulePack
    from whichcompute.knowledge.statements import Covered

Files: TypeAlias = str | Path | Sequence[str | Path]

EFFECTS: tuple[str, ...] = get_args(Effect)
STRENGTHS: tuple[str, ...] = get_args(Strength)


class RuleLayer:
    """The rules and facts in force.

    `rules`: rule packs (TOML files, or folders of them) over the shipped ones, in order. `as_of`: the day whose facts
    apply (None: the newest). `region`: the AWS Region whose prices they hold (empty: us-east-1). Raises DataError.
    """

    def __init__(self, rules: Files = (), as_of: date | None = None, region: str = "") -> None:
        from whichcompute.knowledge import facts, packs

        self.files = paths_of(rules)
        self._shipped_facts = facts.load(as_of)
        self.pack: RulePack = packs.load(self._shipped_facts, self.files)

        self._region = region

    @cached_property
    def facts(self) -> Facts:
        """The facts in force, those of user packs included; FactError where no price of the Region is known."""
        facts = self.pack.facts.in_region(self._region) if self._region else self.pack.facts
        if facts is None:
            known = ", ".join(self.pack.facts.regions())
            raise FactError(f"no prices of {self._region} are known, only of {known}; see `facts import-prices`")
        return facts

    def check(self, files: Sequence[Path] = (), model: Path | None = None) -> tuple[RulePack, list[Finding]]:
        """The rules with further packs over them, and what is wrong with the packs (with all rules if there are none).

        `model`: the folder of the classifier beside which the declared directions are proved (None: the shipped one).
        Raises DataError when a pack is broken, ModelError when the classifier is.
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
        breaches = _breaches(pack, model)
        if base is not None and breaches:
            known = {(finding.key, finding.what) for finding in _breaches(base, model)}
            breaches = [finding for finding in breaches if (finding.key, finding.what) not in known]
        named = [replace(finding, reason=listed.get(finding.key, "")) for finding in breaches]
        return pack, [*check(pack, listed, base), *named]

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
        training = _training("whichcompute.training")
        summary: str = training.train(training.Plan(files, out, self.pack, judgements, with_default), notify)
        return summary

    def find_interactions(self, judgements: Sequence[Path]) -> None:
        """Finds the reference distribution and the interactions of fields on judgements, and writes them."""
        _training("whichcompute.training.feature_files").find_in(judgements, self.pack.facts)


def _breaches(pack: RulePack, model: Path | None) -> list[Finding]:
    from whichcompute.base.resources import folder
    from whichcompute.classifier import directions, features
    from whichcompute.classifier.model import load
    from whichcompute.recommender import monotonicity
    from whichcompute.recommender.terms import Terms

    terms = Terms(pack, load(model or folder("models") / "default", pack.facts))
    return monotonicity.find(terms, directions.load(), features.fields(features.shipped()))


def _training(module: str) -> ModuleType:
    """A module that needs the extra `train`; ModelError where that is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"{error.name} is not installed: training needs the extra; type: pip install 'whichcompute[train]'"
        ) from None


def paths_of(files: Files) -> list[Path]:
    """One file or several, as paths; of a folder its TOML files by name. Raises DataError for a folder without any."""
    paths: list[Path] = []
    for path in map(Path, [files] if isinstance(files, str | Path) else files):
        found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not found:
            raise DataError(f"{path}: no .toml file in this folder; give a rule pack or a folder of them")
        paths += found
    return paths
