"""The record of a scoring: what the answers were made from, written next to them for a later comparison.

It holds neither time nor path: scoring the same inventory twice gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whichcompute.base.errors import InventoryError, shown
from whichcompute.base.resources import read_bytes
from whichcompute.inventory.maps.mapping import BoundMap, Column
from whichcompute.inventory.maps.presets import preset, presets
from whichcompute.inventory.maps.values import tables
from whichcompute.inventory.request import record_file
from whichcompute.inventory.work import ScoringPlan
from whichcompute.recommender.fingerprint import Provenance, of_content
from whichcompute.recommender.recommender import Recommender

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 2
_READABLE = (1, FORMAT)
_PROVENANCE = "provenance."
_PREFIXES = ("marks.", _PROVENANCE)  # the first one in format 1
_USER_MAP = "user map"
_NO_MAP = "none"


@dataclass(frozen=True, slots=True)
class Options:
    """How an inventory was scored. `map` names the preset, if any; `map_hash` hashes its content and its patterns."""

    explain: str
    free_tier: bool
    map: str
    map_hash: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows written, rows rejected, and the size of the output."""

    rows: int
    rejects: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ScoringRecord:
    """What a scored inventory was made from. `read`: the input columns that were read; `id`: the column of names.

    `lifted`: which hard limits rule packs of the user change, in words.
    """

    fingerprint: str
    provenance: Provenance
    options: Options
    counts: Counts
    read: tuple[str, ...]
    id: str
    lifted: tuple[str, ...] = ()
    format: int = FORMAT

    def to_json(self) -> bytes:
        """The record as JSON, with one rule and one fact per line."""
        entries = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "provenance"}
        entries |= {f"{_PROVENANCE}{each.name}": getattr(self.provenance, each.name) for each in fields(Provenance)}
        lines = ",\n".join(_entry(name, entries[name]) for name in sorted(entries))
        return f"{{\n{lines}\n}}\n".encode()


def _entry(name: str, value: Any) -> str:
    if name not in (f"{_PROVENANCE}rules", f"{_PROVENANCE}facts"):
        return f"{json.dumps(name)}: {_line(value)}"
    lines = ",\n ".join(f"{json.dumps(key)}: {_line(value[key])}" for key in sorted(value))
    return f"{json.dumps(name)}: {{\n {lines}\n}}"


# A copy by `asdict` of all that is nested takes longer than writing it.
_line = json.JSONEncoder(sort_keys=True, default=lambda part: {n: getattr(part, n) for n in part.__slots__}).encode


def record_of(recommender: Recommender, plan: ScoringPlan, counts: Counts) -> ScoringRecord:
    """The record of a scoring."""
    names = plan.source.columns
    own_map = plan.request.map_file is not None
    name = _USER_MAP if own_map else plan.map.name or _NO_MAP
    options = Options(plan.explain, plan.request.free_tier, name, _map_hash(plan.map, own_map=own_map))
    read = tuple(dict.fromkeys(names[position] for position in plan.map.positions))
    row_id = "" if plan.map.id is None else names[plan.map.id]
    lifted = recommender.aggregator.pack.lifted
    return ScoringRecord(recommender.fingerprint, recommender.provenance, options, counts, read, row_id, lifted)


def _map_hash(bound: BoundMap, *, own_map: bool) -> str:
    """The hash of a map without columns that only the header added: they are another input, not another map."""
    if own_map:
        columns = [column for column in bound.columns if column != Column(column.descriptor, (column.descriptor,))]
        skips = bound.skips
    elif bound.name in presets():
        columns, skips = list(preset(bound.name).map.columns), preset(bound.name).map.skips
    else:
        columns, skips = [], ()
    patterns = {name: [asdict(each) for each in table] for name, table in tables().items()}
    return of_content([[asdict(column) for column in columns], [asdict(skip) for skip in skips], patterns])


def read_record(scored: str) -> ScoringRecord | None:
    """The record next to a scored inventory; None if there is none. InventoryError names one that cannot be read."""
    from pydantic import ValidationError  # not imported to score, which starts faster

    name = record_file(scored)
    if name is None or not Path(name).exists():
        return None
    content = read_bytes(Path(name))
    try:
        entries = json.loads(content, parse_float=_finite, parse_constant=_finite)
        if entries.get("format") not in _READABLE:
            raise InventoryError(f"{name}: record format '{shown(entries.get('format'))}'; supported: 1 to {FORMAT}")
        parts = {key.partition(".")[2]: entries.pop(key) for key in list(entries) if key.startswith(_PREFIXES)}
        return _reader().validate_python(entries | {"provenance": parts, "format": FORMAT})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InventoryError(f"{name}: not the record of a scoring: {shown(place)}: {first['msg']}") from None
    except (ValueError, AttributeError, RecursionError):
        raise InventoryError(f"{name}: not the record of a scoring; JSON with finite numbers is needed") from None


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(text)
    return number


@cache
def _reader() -> TypeAdapter[ScoringRecord]:
    from pydantic import TypeAdapter

    return TypeAdapter(ScoringRecord)
