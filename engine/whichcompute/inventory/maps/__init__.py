"""Which column of an inventory is which descriptor.

The modules, bottom first; each imports only from those above it:

values   values as people and tools write them
mapping  columns to descriptors
presets  maps for known tools, and those of users
suggest  drafts a map
"""
