"""The base of all rooms; nothing in it is about AWS.

The modules, bottom first; each imports only from those above it:

version    the version of the package
errors     the error tree
units      reading and writing quantities
records    what results are made of
resources  the shipped folders, and bounded reading of files
words      wrapped text, lists, counts, money, near names
entries    entries of data files, checked
documents  bounded YAML, JSON and TOML
json_stream  large JSON files, entry by entry
parts      files in the making, locked while they are written
outputs    files that appear whole or not at all
"""
