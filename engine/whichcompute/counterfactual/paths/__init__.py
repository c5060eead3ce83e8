"""Few changes that lead to another answer, and single answers that overturn one.

The modules, bottom first; each imports only from those above it:

landscape  the cells of every descriptor, which answer leads, and which answers may change at what effort
values     concrete values for cells, and how far a value may lie from the one proposed
result     Path, Step, Obstacle, Flip
search     the changes that make an answer lead
finder     path_to in words, and sensitivity: which single answer would overturn a recommendation
"""

from __future__ import annotations

from whichcompute.counterfactual.paths.finder import path_to, sensitivity
from whichcompute.counterfactual.paths.result import Flip, Obstacle, Path, Step

__all__ = ["Flip", "Obstacle", "Path", "Step", "path_to", "sensitivity"]
