"""Scenarios: what the low, the expected and the high estimate assume."""

from __future__ import annotations

from collections.abc import Mapping

from whichcompute.base.errors import DataError

HEADROOM = ("steady", "daily_cycle", "spiky", "rare")
_MEMORY = "memory_mb_"


class Scenario(dict[str, float]):
    """What one estimate assumes: the numbers of the assumption table by name (0 and 1: no and yes), never changed."""

    def __init__(self, assumed: Mapping[str, float]) -> None:
        super().__init__(assumed)
        self.headroom = {traffic: self[f"headroom_{traffic}"] for traffic in HEADROOM}
        self.memory = {name.removeprefix(_MEMORY): mb for name, mb in self.items() if name.startswith(_MEMORY)}
        """Memory by system, language, stack or class of product, where it is not the usual one."""

    def __missing__(self, name: str) -> float:
        raise DataError(f"fact cost.assumptions: no row for {name}")

    def says(self, name: str) -> bool:
        """Whether a question of yes and no is assumed to be answered with yes."""
        return self[name] > 0.5

    def but(self, other: Scenario, names: tuple[str, ...]) -> Scenario:
        """The same with some of the numbers of another."""
        return Scenario({**self, **{name: other[name] for name in names}})
