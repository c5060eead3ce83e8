"""Numbers the sources of a text in the order in which they are first cited, for a list at its end."""

from __future__ import annotations

from collections.abc import Iterable

from whichcompute.base.version import VERSION
from whichcompute.recommender.result import Cited


class Citations:
    """Sources with numbers; `brief` leaves out those without an address wherever one with an address is cited too."""

    def __init__(self, *, brief: bool = False) -> None:
        self._brief = brief
        self._numbers: dict[str, int] = {}
        self._first: dict[str, Cited] = {}
        self._sections: dict[str, dict[str, None]] = {}

    def cite(self, sources: Iterable[Cited]) -> list[int]:
        """The numbers of these sources, sources with an address first."""
        ordered = with_address(sources) if self._brief else sorted(sources, key=lambda source: not source.url)
        return list(dict.fromkeys(map(self._number, ordered)))

    def _number(self, source: Cited) -> int:
        number = self._numbers.setdefault(source.key, len(self._numbers) + 1)
        self._first.setdefault(source.key, source)
        sections = self._sections.setdefault(source.key, {})
        if source.section:
            sections[source.section] = None
        return number

    def marks(self, sources: Iterable[Cited]) -> str:
        """The numbers of these sources as in `1, 3`."""
        return ", ".join(map(str, self.cite(sources)))

    def cited(self) -> list[tuple[int, Cited, list[str]]]:
        """Every source cited so far: its number, the source, and the sections of it that were cited."""
        return [(number, self._first[key], list(self._sections[key])) for key, number in self._numbers.items()]


def with_address(sources: Iterable[Cited]) -> list[Cited]:
    """The sources that have an address; all of them where none has."""
    listed = list(sources)
    return [source for source in listed if source.url] or listed


def cites(sources: Iterable[Cited]) -> str:
    """Sources by title and address, those with an address first."""
    ordered = sorted(sources, key=lambda source: not source.url)
    return "; ".join(dict.fromkeys(f"{s.title}: {s.url}" if s.url else s.title for s in ordered))


def address(documents: str, rule: str) -> str:
    """The page of a rule in the site that is published at `documents`; empty where that is not known, or no rule."""
    site = documents.replace("{version}", VERSION).rstrip("/")
    return f"{site}/docs/rules/{rule}.html" if site and not rule.startswith("check.") else ""
