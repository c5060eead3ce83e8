"""The shortest way to another answer, and single answers that overturn one; both exact.

The modules, bottom first:

landscape    the cells of every descriptor, and all that moves a weighing as bits of a mask
values       concrete values for cells
spread       how far a value may lie from the one proposed
changes      which answers may change, and at what effort
moves        at most how much each change adds
bounds       what several changes can add at most, and changes that are needless
search       the cheapest set of changes
result       Path, Step, Obstacle, Flip
wording      a path in words, or why there is none
finder       path_to
sensitivity  which single answer would overturn a recommendation
"""

from __future__ import annotations

from whichcompute.counterfactual.paths.finder import path_to
from whichcompute.counterfactual.paths.result import Flip, Obstacle, Path, Step
from whichcompute.counterfactual.paths.sensitivity import sensitivity

__all__ = ["Flip", "Obstacle", "Path", "Step", "path_to", "sensitivity"]
