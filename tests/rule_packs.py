"""Rules as text, to be written into a rule pack."""

from __future__ import annotations

import json


def rule(id_: str, *when: str, effect: str = "exclude", **parts: object) -> str:
    """A `[[rule]]` entry; its service is the first part of its id. What is empty in `parts` is left out."""
    advice = {"strength": "weak", "aspect": "arrival"} if effect in ("prefer", "caution") else {}
    head = {"id": id_, "service": id_.partition(".")[0], "effect": effect, "when": list(when)}
    entry = {**head, "because": "Not here.", "sources": ["house-judgement"], **advice, **parts}
    return "\n".join(["[[rule]]", *(f"{name} = {json.dumps(value)}" for name, value in entry.items() if value), ""])
