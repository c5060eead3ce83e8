"""The version of the package; the build holds pyproject.toml to it."""

VERSION = "0.1.0"

DOCUMENTS = ""
"""The address of the published site, `{version}` for the version; empty until there is one."""
