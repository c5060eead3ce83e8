"""The answers of an interview as YAML that `recommend` and `ask --answers` read."""

from __future__ import annotations

import json
from pathlib import Path

from whichcompute.base.documents import range_comment
from whichcompute.base.errors import InventoryError
from whichcompute.base.outputs import write_text
from whichcompute.knowledge.descriptors import scalar
from whichcompute.questionnaire.interview import Interview, InterviewStep

_HEAD = """\
# Answers given to `whichcompute ask`; an empty value is "I don't know".
# To see the recommendation: whichcompute recommend FILE; to go on asking: whichcompute ask --answers FILE
"""


def as_yaml(interview: Interview) -> str:
    """The answers as YAML, one a line in the order they were given; a range as the number that represents it."""
    texts = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in interview.texts.items()]
    texts = [text.replace("\x85", "\\x85") for text in texts]  # a line break for YAML, which would become a blank
    lines = [*texts, *(_line(step) for step in interview.steps.values())]
    return "\n".join([_HEAD, *(lines or ["{}"]), ""])


def _line(step: InterviewStep) -> str:
    if step.value is None:
        return f"{step.field}:"
    number = scalar(step.value)
    return f"{step.field}: {number}{range_comment(number, step.value)}"


def save_answers(interview: Interview, path: Path) -> None:
    """Writes the answers to a file, whole or not at all; InventoryError for a name by which they are not read again."""
    if path.suffix.lower() in (".toml", ".json"):
        raise InventoryError(f"{path}: answers are saved as YAML, and {path.suffix} is read as another format")
    write_text(path, as_yaml(interview))
