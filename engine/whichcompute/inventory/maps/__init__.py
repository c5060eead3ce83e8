"""Which column of an inventory is which descriptor.

The modules, bottom first; each imports only from those above it:

numerals   decimal and thousands marks
values     values by tables
cells      cells as people write them
paths      what a source names: columns, and values within cells of JSON
entry_parts  the parts of an entry of a map
neighbours  units of numbers by the cells beside them
mapping    columns to descriptors
instances  sizes of instance types
titles     titles of columns in any inventory
sample     the first rows of an inventory
cores      columns that count vCPUs
sizes      units of memory and storage
uptime     machines that have run for a week
settle     what the values say about a map
presets    maps for known tools, and those of users
questions  what a map leaves unsure
suggest    drafts a map
"""
