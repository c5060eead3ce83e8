"""The report page: one self-contained HTML file on a scored inventory.

charts     geometry of bars and columns, for the template to draw
settling   which answers would settle open workloads
listing    the workloads of the table, as data
figures    everything the page says, computed
portfolio  sums over all workloads, in words
crossing   pictures of where costs cross
page       the page itself
"""

from whichcompute.presentation.report.page import report_page

__all__ = ["report_page"]
