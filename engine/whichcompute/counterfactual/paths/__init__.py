"""Few changes that lead to another answer, and single answers that overturn one.

The modules, bottom first; each imports only from those above it:

landscape    the cells of every descriptor, and which answer leads
values       concrete values for cells
spread       how far a value may lie from the one proposed
changes      which answers may change, and at what effort
result       Path, Step, Obstacle, Flip
search       the changes that make an answer lead
wording      a path in words, or why there is none
finder       path_to
sensitivity  which single answer would overturn a recommendation
"""

from __future__ import annotations

from whichcompute.counterfactual.paths.finder import path_to
from whichcompute.counterfactual.paths.result import Flip, Obstacle, Path, Step
from whichcompute.counterfactual.paths.sensitivity import sensitivity

__all__ = ["Flip", "Obstacle", "Path", "Step", "path_to", "sensitivity"]
