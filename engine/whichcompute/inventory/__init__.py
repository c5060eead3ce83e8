"""Scores inventories from file to file, in a stream.

The modules, bottom first; each imports only from those above it:

maps      which column is which descriptor
readers   inventories as batches of rows
headers   notices about a header
rejects   rows and cells that cannot be read
tally     counts over scored rows
encode    scored rows as bytes
request   what to score, and the files that a scoring writes
work      one piece: read, weigh, write
worker    a process that scores pieces for another one
workers   pieces on several cores
record    what a scoring was made from
mended    corrected rows in their places
workbook  scored rows as an Excel sheet
writers   scored pieces into an output
run       the scoring of a whole inventory
diff      what changed between two scorings, and why
"""

from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.run import Ask, Outcome, score_inventory, suggestion

__all__ = ["Ask", "Outcome", "ScoringRequest", "score_inventory", "suggestion"]
