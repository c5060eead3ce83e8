"""Scores inventories from file to file, in a stream.

batch         what every kind of inventory is read as
csv_rows      splits CSV bytes into rows
csv_source    a CSV stream in pieces that end with a row
json_source   JSON Lines
frame_source  Parquet, or any frame
values        values as people and tools write them
mapping       which column is which descriptor
presets       maps for known tools, and those of users
excel_values  what the numbers of a sheet stand for
excel_book    the sheets of an Excel workbook as rows of text
excel_source  the sheet that holds the inventory
opening       opens an inventory by what it is
suggest       drafts a map
headers       what a person should know of a header
rejects       rows that cannot be read
tally         what is counted on the way
encode        scored rows as bytes
work          one piece: read, weigh, write
outputs       files that appear whole or not at all
record        what a scoring was made from
writers       scored pieces into an output
run           the loop over it all
"""

from engine.inventory.run import Order, Outcome, score_inventory, suggestion

__all__ = ["Order", "Outcome", "score_inventory", "suggestion"]
