"""Scores inventories from file to file, in a stream.

The modules, bottom first; each imports only from those above it:

maps     which column is which descriptor
readers  inventories as batches of rows
headers  what a person should know of a header
rejects  rows that cannot be read
tally    what is counted on the way
encode   scored rows as bytes
work     one piece: read, weigh, write
record   what a scoring was made from
request  what to score, and the files that a scoring writes
writers  scored pieces into an output
run      the loop over it all
diff     what changed between two scorings, and why
"""

from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.run import Outcome, score_inventory, suggestion

__all__ = ["Outcome", "ScoringRequest", "score_inventory", "suggestion"]
