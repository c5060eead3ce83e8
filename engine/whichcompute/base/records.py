"""What results are made of: frozen dataclasses that can be written as JSON.

pydantic makes the JSON Schemas (`whichcompute schema`) from the same classes; importing it for every recommendation
would take longer than the recommendation.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Record:
    """Base of all results. A subclass is a frozen dataclass too."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    @classmethod
    def deferred(cls, source: object, **known: Any) -> Self:
        """A record whose other fields are the attributes of `source` of these names, each read when it is first used.

        Most readers look at few parts of a result, and working out the others takes most of the time.
        """
        made = cls.__new__(cls)
        made.__dict__.update(known, _source=source)
        return made

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dataclass_fields__ or "_source" not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        value = self.__dict__[name] = getattr(self.__dict__["_source"], name)
        return value

    def __getstate__(self) -> dict[str, Any]:
        """All fields, for pickle."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def model_dump(self) -> dict[str, Any]:
        """The same as JSON objects, lists, texts and numbers; named as in pydantic."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """`model_dump` as JSON text."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.model_dump(), indent=indent, ensure_ascii=False, separators=separators)


class Printed(Record):
    """A result that prints as the text of the command which shows it."""

    as_text: ClassVar[Callable[[Any], str]] = staticmethod(repr)
    """How it prints; the engine sets the text, which is made in a room above this one."""

    def __str__(self) -> str:
        return type(self).as_text(self)

    def _repr_html_(self) -> str:
        """The same text for a notebook; nothing in it acts as HTML."""
        from html import escape  # its table of entities takes a hundredth of the start of a command

        return f"<pre>{escape(str(self))}</pre>"


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.model_dump()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value
