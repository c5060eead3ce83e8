"""What changed between two scorings of an inventory, and why.

reading       a scored inventory, read in two passes
pairs         which row is which, and where answers differ
changes       what two records of scorings differ in
causes        why a row has another answer
comparison    all of it put together
tables        the comparison as JSON and as CSV
"""

from whichcompute.inventory.diff.comparison import Comparison, Wanted, compare

__all__ = ["Comparison", "Wanted", "compare"]
