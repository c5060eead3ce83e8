"""The services that are compared, one record each, and the answers there are: these services or none of them.

A service is one record in data/services.toml, one file in `pricing/`, its rules and its facts. What comes from outside
the package adds its record by `add_service` before anything else of the package is used, and its rules and facts as a
rule pack:

    from whichcompute.knowledge.services import ServiceRecord, add_service

    add_service(ServiceRecord("batch_farm", "Batch Farm", ("#444444", "#bbbbbb"), pricing="batch_farm.pricing"))
    engine = whichcompute.Engine(rules="batch_farm/rules.toml")

Tables over all services are built once, at import; so the list is closed when it is first read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from whichcompute.base.entries import entries_of
from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder

NONE: Literal["none"] = "none"
"""The answer that no service compared can run the workload; in a rule's `service`: what to consider instead."""
MOST = 7
"""As many services can be compared: the columns rank them by a table of all rankings."""


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """What the package has to know of a service besides its rules and facts.

    `colours` are for a light and a dark scheme; `dash` is the SVG dash pattern of its line in charts (empty: solid).
    `pricing` is the dotted name of the module whose `PRICING` estimates its cost (see `pricing/services.py`), and
    `priced_like` another service whose price it can have too. `guide` is the source to read on in before building,
    `stack_guides` that of ready-made stacks (values of `app_stack`), `prices` the source of its prices. `per_request`:
    all of its price is for work that comes, nothing while idle.
    """

    id: str
    name: str
    colours: tuple[str, str]
    pricing: str
    dash: str = ""
    serverless: bool = False
    per_request: bool = False
    priced_like: str = ""
    guide: str = ""
    stack_guides: Mapping[str, str] = field(default_factory=dict)
    prices: str = ""


_RECORDS = entries_of(folder("data") / "services.toml", "service", ServiceRecord)
SHIPPED = tuple(record.id for record in _RECORDS)
"""The services whose rules come with the package."""


def add_service(record: ServiceRecord) -> None:
    """Adds a service from outside the package; DataError when its id cannot be used or the list is closed."""
    place = f"service '{shown(record.id)}'"
    if "SERVICES" in globals():
        raise DataError(f"{place} is added too late; add it before anything else of whichcompute is used")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", record.id):
        raise DataError(f"{place}: an id is a lower-case letter, then lower-case letters, digits and _")
    if record.id == NONE or record.id in (other.id for other in _RECORDS):
        raise DataError(f"{place} is duplicated; in use: {', '.join(r.id for r in _RECORDS)}, {NONE}")
    if len(_RECORDS) == MOST:
        raise DataError(f"{place} is one too many; at most {MOST} services can be compared")
    _RECORDS.append(record)


if TYPE_CHECKING:
    Service: TypeAlias = str
    """The id of a service."""
    Answer: TypeAlias = str
    """The id of a service, or 'none'."""
    RECORDS: dict[str, ServiceRecord]
    """The record of each service by id, in the order in which services are listed."""
    SERVICES: tuple[Service, ...]
    """The ids of the services, in that order."""
    ANSWERS: tuple[Answer, ...]
    """The services, and 'none' last."""
    SERVICE_NAMES: dict[Answer, str]
    """The full name of each answer."""
else:

    def __getattr__(name: str) -> object:
        # Reached once: the first look at any of these closes the list and sets them all.
        if name not in ("Service", "Answer", "RECORDS", "SERVICES", "ANSWERS", "SERVICE_NAMES"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        services = tuple(record.id for record in _RECORDS)
        globals().update(
            SERVICES=services,
            ANSWERS=(*services, NONE),
            RECORDS={record.id: record for record in _RECORDS},
            SERVICE_NAMES={**{record.id: record.name for record in _RECORDS}, NONE: "outside these services"},
            # Literal at run time, so that the JSON Schemas list the ids.
            Service=Literal[services],
            Answer=Literal[(*services, NONE)],
        )
        return globals()[name]
