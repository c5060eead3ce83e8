"""What changed between two scorings of an inventory, and why.

reading       a scored inventory, read in two passes
pairs         which rows belong together, and where answers differ
changes       what two records of scorings differ in
causes        why the answer of a row changed
comparison    the whole comparison
tables        the comparison as JSON and as CSV
"""

from whichcompute.inventory.diff.comparison import ScoringComparison, compare

__all__ = ["ScoringComparison", "compare"]
