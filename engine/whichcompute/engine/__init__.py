"""The one door: command line and Spark call nothing below this room.

What a function needs is imported when it is called: a command must not wait for what it does not use. For the same
reason, functions of the rooms below that need no engine are found here under their own names, on first use.

rule_layer    rules and facts, without the classifier
files         what is done with files and without an engine
frames        frames of other libraries scored, the same kind returned
core          the Engine
verification  facts held against descriptions of AWS interfaces
review        decision records in a folder, evaluated again
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from whichcompute.engine.core import Engine, Given
from whichcompute.engine.files import import_prices, save_changes
from whichcompute.engine.review import Review, review
from whichcompute.engine.rule_layer import EFFECTS, STRENGTHS, RuleLayer, paths_of

if TYPE_CHECKING:
    from whichcompute.classifier.cases import read_case_file
    from whichcompute.importers.reading_back import found_workload
    from whichcompute.importers.rows import scan_as_csv, scan_as_json
    from whichcompute.inventory.diff.comparison import compare
    from whichcompute.inventory.diff.tables import changes_as_json
    from whichcompute.inventory.maps.presets import presets
    from whichcompute.inventory.run import suggestion
    from whichcompute.questionnaire.answers import save_answers

_HOMES = {
    "changes_as_json": "whichcompute.inventory.diff.tables",
    "compare": "whichcompute.inventory.diff.comparison",
    "found_workload": "whichcompute.importers.reading_back",
    "presets": "whichcompute.inventory.maps.presets",
    "read_case_file": "whichcompute.classifier.cases",
    "save_answers": "whichcompute.questionnaire.answers",
    "scan_as_csv": "whichcompute.importers.rows",
    "scan_as_json": "whichcompute.importers.rows",
    "suggestion": "whichcompute.inventory.run",
}

__all__ = [
    "EFFECTS",
    "STRENGTHS",
    "Engine",
    "Given",
    "Review",
    "RuleLayer",
    "changes_as_json",
    "compare",
    "found_workload",
    "import_prices",
    "paths_of",
    "presets",
    "read_case_file",
    "review",
    "save_answers",
    "save_changes",
    "scan_as_csv",
    "scan_as_json",
    "suggestion",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'whichcompute.engine' has no attribute '{name}'")
