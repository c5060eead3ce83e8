"""The one door: command line and Spark call nothing below this room.

What a function needs is imported when it is called: a command must not wait for what it does not use.

rule_layer  rules and facts, without the classifier
files       what is done with files and without an engine: compared, drafted, saved
frames      frames of other libraries scored, the same kind returned
core        the Engine
verification  facts held against descriptions of AWS interfaces
review      decision records in a folder, evaluated again
"""

from whichcompute.engine.core import Engine, Given
from whichcompute.engine.files import (
    changes_as_json,
    compare,
    found_workload,
    import_prices,
    known_presets,
    save_answers,
    save_changes,
    scan_as_text,
    suggested_map,
    unread_columns,
)
from whichcompute.engine.review import Review, review
from whichcompute.engine.rule_layer import EFFECTS, STRENGTHS, RuleLayer, paths_of

__all__ = [
    "EFFECTS",
    "STRENGTHS",
    "Engine",
    "Given",
    "Review",
    "RuleLayer",
    "changes_as_json",
    "compare",
    "import_prices",
    "found_workload",
    "known_presets",
    "paths_of",
    "review",
    "save_answers",
    "save_changes",
    "scan_as_text",
    "suggested_map",
    "unread_columns",
]
