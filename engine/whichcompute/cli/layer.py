"""The rule layer that the global options describe: facts and rules, without the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from whichcompute.cli import Settings
from whichcompute.knowledge import facts, packs
from whichcompute.knowledge.facts import Facts
from whichcompute.knowledge.rules import RulePack


def facts_in_force(settings: Settings) -> Facts:
    """The shipped facts as of the day of --as-of, else of today."""
    # The clock is read in the command line only: everything below takes the day as an argument.
    return facts.load(settings.as_of or date.today())


def rule_layer(settings: Settings, more: Sequence[Path] = ()) -> RulePack:
    """The shipped rules with the packs of --rules, and then `more`, over them."""
    return packs.load(facts_in_force(settings), [*settings.rules, *more])
