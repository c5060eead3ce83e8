"""The version of the package; the build holds pyproject.toml to it."""

VERSION = "0.1.0"
