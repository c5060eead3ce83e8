"""Workload: the pydantic model made from the descriptor table; apart, as one recommendation needs only the table.

WorkloadError names every bad value.

>>> workload = Workload(kind="event_handler", max_duration_s="15m", high_availability="yes")
>>> workload.max_duration_s, workload.high_availability, workload.os
(900.0, True, None)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model, model_validator

from whichcompute.base.errors import Problem, WorkloadError
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor, Value, read


class _WorkloadBase(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        # WorkloadError is no ValueError, so pydantic lets it through as it is, with every bad field.
        if isinstance(given, Mapping):
            return read(given)
        raise WorkloadError([Problem("workload", given, "allowed: a mapping of descriptor names to values")])

    def __repr_args__(self) -> Iterator[tuple[str, Value]]:
        yield from self.known().items()

    def known(self) -> dict[str, Value]:
        """The known values by descriptor name."""
        return {name: value for name, value in self if value is not None}


def _annotation(descriptor: Descriptor) -> Any:
    if descriptor.type == "choice":
        return Literal[tuple(descriptor.choices)] | None
    if descriptor.type == "boolean":
        return bool | None
    if descriptor.type == "text":
        return str | None
    number = {"type": "integer" if descriptor.integer else "number", "minimum": 0, "maximum": descriptor.maximum}
    text = {"type": "string", "examples": [descriptor.example]}
    return Annotated[float | None, WithJsonSchema({"anyOf": [number, text, {"type": "null"}], "default": None})]


def _model() -> type[_WorkloadBase]:
    fields: dict[str, Any] = {
        d.name: (_annotation(d), Field(default=None, title=d.title, description=d.meaning))
        for d in DESCRIPTORS.values()
    }
    model = create_model("Workload", __base__=_WorkloadBase, __module__=__name__, **fields)
    model.__doc__ = "A workload: every field is optional; null, or left out, is unknown."
    return model


if TYPE_CHECKING:
    from typing import Unpack

    from whichcompute.knowledge.fields import Fields, Held

    class Workload(Held, _WorkloadBase):
        """A workload; its fields are the rows of the descriptor table."""

        def __init__(self, **values: Unpack[Fields]) -> None: ...

else:
    Workload = _model()
