"""Scenarios: what the low, the expected and the high estimate assume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from whichcompute.base.errors import DataError

HEADROOM = ("steady", "daily_cycle", "spiky", "rare")


@dataclass(frozen=True, slots=True)
class Scenario:
    """What one estimate assumes: the numbers of the assumption table by name (0 and 1: no and yes)."""

    assumed: Mapping[str, float]
    headroom: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        by_traffic = {traffic: self[f"headroom_{traffic}"] for traffic in HEADROOM}
        object.__setattr__(self, "headroom", by_traffic)

    def __getitem__(self, name: str) -> float:
        try:
            return self.assumed[name]
        except KeyError:
            raise DataError(f"fact cost.assumptions: no row for {name}") from None

    def says(self, name: str) -> bool:
        """Whether a question of yes and no is assumed to be answered with yes."""
        return self[name] > 0.5

    def but(self, other: Scenario, names: tuple[str, ...]) -> Scenario:
        """The same with some of the numbers of another."""
        return Scenario({**self.assumed, **{name: other.assumed[name] for name in names}})
