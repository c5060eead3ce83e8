"""The answers of an interview as YAML that `recommend` and `ask --answers` read."""

from __future__ import annotations

import json
import re
from pathlib import Path

from whichcompute.base.outputs import write_text
from whichcompute.knowledge.descriptors import scalar
from whichcompute.questionnaire.interview import Answer, Interview

_SAID = re.compile(r"^([a-z_]+): \S+  # (.+)$", re.MULTILINE)
_HEAD = """\
# Answers given to `whichcompute ask`; an empty value is "I don't know".
# To see the recommendation: whichcompute recommend FILE; to go on asking: whichcompute ask --answers FILE
"""


def as_yaml(interview: Interview) -> str:
    """The answers as YAML, one a line in the order they were given; a range as the number that represents it."""
    texts = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in interview.texts.items()]
    lines = [*texts, *(_line(step) for step in interview.steps.values())]
    return "\n".join([_HEAD, *(lines or ["{}"]), ""])


def said_in(text: str) -> dict[str, str]:
    """The words of ranges by field, from the comments in a text that `as_yaml` made."""
    return {match[1]: match[2] for match in _SAID.finditer(text)}


def _line(step: Answer) -> str:
    said = f"  # {step.said}" if step.said else ""
    return f"{step.field}: {scalar(step.value)}{said}" if step.value is not None else f"{step.field}:"


def save(interview: Interview, path: Path) -> None:
    """Writes the answers to a file, whole or not at all."""
    write_text(path, as_yaml(interview))
