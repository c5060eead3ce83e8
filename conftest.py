"""What pytest leaves out: a module whose extra is not installed has no examples to run."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("pyspark") else ["engine/whichcompute/spark.py"]
