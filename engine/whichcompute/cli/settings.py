"""The settings of a run, and what they describe: which rules, facts and classifier answer, and how much is said.

What an option does not give comes from the environment or the configuration file, else it is the default.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from whichcompute.base.errors import printable
from whichcompute.base.version import DOCUMENTS
from whichcompute.cli.configuration import Configuration
from whichcompute.cli.terminal import listed

if TYPE_CHECKING:
    from whichcompute.engine import Engine, RuleLayer

RULES = "WHICHCOMPUTE_RULES"
"""The environment variable that names rule packs, separated like the folders of PATH."""


@dataclass
class Settings:
    """The global options as they were given; the engine they describe is built on first use.

    `config` is what the configuration file says, None until one was looked for; `named`: by --config. `environment`:
    the rule packs that the variable RULES names.
    """

    rules: tuple[Path, ...] = ()
    environment: tuple[Path, ...] = ()
    model: Path | None = None
    as_of: date | None = None
    region: str = ""
    quiet: bool = False
    config: Configuration | None = None
    named: bool = False

    @property
    def configured(self) -> Configuration:
        """The configuration in force; empty where there is none."""
        return self.config or Configuration()

    @property
    def packs(self) -> tuple[Path, ...]:
        """The rule packs in order: those of the configuration, of the environment, of the options."""
        return (*self.configured.rules, *self.environment, *self.rules)

    @property
    def model_folder(self) -> Path | None:
        """The folder of the classifier; None for the shipped one."""
        return self.model or self.configured.model

    @property
    def default_region(self) -> str:
        """The Region of workloads that name none; empty where it stays unknown."""
        return self.region or self.configured.region

    @property
    def documents(self) -> str:
        """Where the site with the page of each rule is published; empty where that is not known."""
        return self.configured.documents or DOCUMENTS

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that the settings name, which no output may replace."""
        return (*self.packs, *filter(None, [self.model_folder]))

    @property
    def day(self) -> date:
        """The day whose facts apply: today unless --as-of gives another one."""
        # The only place where the clock is read: everything below takes the day as an argument.
        return self.as_of or date.today()

    @cached_property
    def engine(self) -> Engine:
        """The engine that the global options describe."""
        engine = self.engine_on(self.day)
        gc.freeze()  # what is loaded stays to the end; main() paused the collector until here
        gc.enable()
        return engine

    def engine_on(self, day: date) -> Engine:
        """The same engine with the facts of another day."""
        from whichcompute.engine import Engine

        return Engine(self.packs, self.model_folder, as_of=day, region=self.default_region)

    @cached_property
    def layer(self) -> RuleLayer:
        """The rules and facts that the global options describe, without the classifier."""
        from whichcompute.engine import RuleLayer

        return RuleLayer(self.packs, self.day, self.default_region)

    def note(self, text: str) -> None:
        """Says something on standard error, unless --quiet is given."""
        if not self.quiet:
            listed(printable(text), "  ", err=True)
