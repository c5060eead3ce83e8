"""Inventories as batches of rows, whatever the format.

The modules, bottom first; each imports only from those above it:

batch          every kind of inventory as batches of rows
tables         tables among rows
csv_rows       splits CSV bytes into rows
printed        tables as commands print them for people
encodings      the encoding of text that is not UTF-8
csv_source     a CSV stream in pieces that end with a row
json_document  the rows of a JSON document
json_source    JSON Lines
parquet_child  the process that decodes a Parquet file
frame_source   Parquet, or any frame
excel_values   what the numbers of a sheet mean
excel_book     the sheets of an Excel workbook as rows of text
joined         columns of other sheets of the same tool
excel_source   the sheet that holds the inventory
opening        opens an inventory by its format
"""
