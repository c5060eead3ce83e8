"""Places outside the services compared: what an answer `none` points to (data/outside.toml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from whichcompute.base.errors import DataError, shown
from whichcompute.base.resources import folder, read_toml


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """One place: its id, what it is called in a sentence, the products it names, what they do, and sources."""

    id: str
    name: str
    names: tuple[str, ...]
    text: str
    sources: tuple[str, ...]


@cache
def places() -> dict[str, OutsidePlace]:
    """All places by id, in the order of the file; DataError names an entry that cannot be used."""
    path = folder("data") / "outside.toml"
    found = {}
    for entry in read_toml(path).get("outside", []):
        try:
            place = OutsidePlace(
                entry["id"], entry["name"], tuple(entry["names"]), entry["text"], tuple(entry["sources"])
            )
        except (KeyError, TypeError) as error:
            raise DataError(f"{path}: outside {shown(entry)}: needs id, name, names, text, sources ({error})") from None
        found[place.id] = place
    return found
