"""Charts: pictures of costs as self-contained SVG text, without scripts and without anything to load.

palette  colours and letters, for a light and a dark scheme
scale    where values lie and labels go
cost     monthly cost over the number of requests or jobs
"""

from whichcompute.presentation.charts.cost import cost_chart

__all__ = ["cost_chart"]
