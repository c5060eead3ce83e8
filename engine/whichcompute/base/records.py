"""What results are made of: frozen dataclasses that can be written as JSON.

pydantic makes the JSON Schemas (`whichcompute schema`) from the same classes; importing it for every recommendation
would take longer than the recommendation.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar


@dataclass(frozen=True)
class Record:
    """Base of all results. A subclass is a frozen dataclass too."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    def model_dump(self) -> dict[str, Any]:
        """The same as JSON objects, lists, texts and numbers; named as in pydantic."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """`model_dump` as JSON text."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.model_dump(), indent=indent, ensure_ascii=False, separators=separators)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.model_dump()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value
