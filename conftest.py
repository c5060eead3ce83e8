"""What pytest leaves out: a module whose extra is not installed has no examples to run, a script is run by a test."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = ["tests/new_service/try_it.py"]
if not find_spec("pyspark"):
    collect_ignore.append("engine/whichcompute/spark.py")
