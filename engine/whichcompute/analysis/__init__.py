"""What can be proved of rules: boxes in descriptor space, findings with a witness each, and how two packs differ.

The modules, bottom first:

products   whether numbers in intervals can have products in intervals
axes       one descriptor cut into cells
boxes      the workloads on which conditions hold, and arithmetic with them
findings   Finding, and the findings that are listed with a reason
relations  rules that are dead, implied or vetoed, and holes between two
regions    workloads for which every service is ruled out
checks     all findings in a pack
diff       which workloads two packs treat differently
"""

from __future__ import annotations

from whichcompute.analysis.boxes import Box, Space
from whichcompute.analysis.checks import VERDICTS, check
from whichcompute.analysis.findings import Finding

__all__ = ["VERDICTS", "Box", "Finding", "Space", "check"]
