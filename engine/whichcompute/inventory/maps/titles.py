"""Column titles as people write them: the words that matter, and the unit.

>>> split("RAM (GiB)"), split("# of vCPUs"), split("Arbeitsspeicher in MB")
(('ram', 'gb'), ('vcpu', ''), ('arbeitsspeicher', 'mb'))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.base.units import SUFFIXES
from whichcompute.inventory.maps.mapping import Column, ColumnMap, Skip
from whichcompute.inventory.maps.paths import bases, normal
from whichcompute.inventory.maps.values import HINT, HINTED, power_states, tables
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

_SIZE = re.compile(
    r"(?<![A-Za-z]{2})([KMGT])i?[BbOo]s?(?![A-Za-z])|(?:(?<=[A-Z])in)?(?<=[a-z])([KMGT])i?[Bb](?![A-Za-z])|"
    r"[ _(\[]([kmgt])i?[bo](?![A-Za-z])"
)
_CPU = re.compile(r"(v?)cpus?(?![a-z])", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_RUN = re.compile(r"[A-Za-z]+|\d+")
_VIEW = re.compile(r"(?<=[a-z])0$")  # how views of Configuration Manager end the names of columns
_SEVERAL = re.compile(r"(?<=[A-Za-z])(?:\(s\)|'s\b)")  # `vCPU(s)`, `vCPU's`
_BRACKETS = re.compile(r"[\[(]\s*(?:in )?([A-Za-z]+)\s*[\])]\s*$")
_SYNONYM = re.compile(r"([^()\[\]]+)[(\[]([^()\[\]]+)[)\]]([^()\[\]]*)")
_PROCESSORS = ("vcpus", "cores", "processors")
_UNIT = re.compile(r"_(s|mb|gb|usd|per_month)$")
_DRIVE = re.compile(r"\b([C-Z])(?=[Dd](?:rive|isk))")  # `DdrivesizeGB`
_JOINED = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O"})
_LONGEST = 40  # letters of words that are written as one
_CANDIDATES = 20  # columns whose values are tried for one field: a table may have very many
_MOST = 1 << 19  # titles that a row of 1 MB can hold: each is looked at many times, and a smaller cache keeps none
_MACHINE = ("vcpus", "memory_mb", "os", "environment", "stored_data_gb", "cpu_architecture", "kind", "region")
"""The descriptors that lists of machines may have besides those that are known of a tool."""
_UNITS = {"kb", "mb", "gb", "tb", "byte"}
_LISTS = (
    "filling",
    "counting",
    "other",
    "total",
    "machine",
    "virtual",
    "disks",
    "disk",
    "disk_part",
    "no_machine",
    "device",
    "container",
    "memory_or_disks",
)


@lru_cache(_MOST)
def split(header: str) -> tuple[str, str]:
    """The words of a header that matter, joined by blanks, and its unit of size ('' if none)."""
    text = _CPU.sub(lambda found: f" {found[1].lower()}cpu ", _unit_apart(unaccented(header)))
    words = _words_in(text)
    unit = next((word for word in words if word in _UNITS), "")
    named = [word for word in words if word not in _UNITS]
    kept = [word for word in named if word not in _table()["filling"]]
    kept = named if kept in ([], ["id"]) else kept  # the id of what: `Guest ID` is no `ID`
    return " ".join(dict.fromkeys(kept)), "b" if unit == "byte" else unit


def _words_in(text: str) -> list[str]:
    """The words of a text, split at capitals; but `OSname` is no `Sname`, and all of it is looked at first."""
    runs = ((run.lower(), [word.lower() for word in _WORD.findall(run)]) for run in _RUN.findall(text))
    known = ([run] if _parts(run) and not all(map(_parts, words)) else words for run, words in runs)
    return [part for words in known for word in words for part in _apart(word)]


@lru_cache(_MOST)
def _apart(word: str) -> tuple[str, ...]:
    """The words that are written as one, such as `memory` and `size`: as long as possible; the word if there are none.

    >>> _apart("memorysize"), _apart("guestos"), _apart("kubernetes")
    (('memory', 'size'), ('guest', 'os'), ('kubernete',))
    """
    return tuple(map(_singular, _parts(word) or (word,)))


@lru_cache(_MOST)
def _parts(word: str) -> tuple[str, ...]:
    if len(word) > _LONGEST:
        return ()
    if word in _vocabulary():
        return (word,)
    for end in range(len(word) - 2, 1, -1):
        if word[:end] in _vocabulary() and (rest := _parts(word[end:])):
            return (word[:end], *rest)
    return ()


@cache
def _vocabulary() -> frozenset[str]:
    """The words of all titles and lists but single letters."""
    texts = (*_table()["titles"].values(), *(_table()[name] for name in _LISTS), _UNITS)
    words = (word for several in texts for text in several for word in _WORD.findall(unaccented(text).lower()))
    return frozenset(word for word in words if len(word) > 1)


def _unit_apart(text: str) -> str:
    text = _DRIVE.sub(r"\1 ", _SEVERAL.sub("s", _VIEW.sub("", text)))
    return _SIZE.sub(lambda found: f" {(found[1] or found[2] or found[3]).upper()}B ", text)


def unaccented(text: str) -> str:
    """The text without accents and joined letters, words of other scripts in English.

    >>> unaccented("Mémoire"), unaccented("cœurs"), unaccented("Größe"), unaccented("内存(GB)")
    ('Memoire', 'coeurs', 'Grosse', ' memory (GB)')
    """
    for word, english in () if text.isascii() else _table()["other_scripts"]:
        text = text.replace(word, f" {english} ")
    return unicodedata.normalize("NFKD", text.translate(_JOINED)).encode("ascii", "ignore").decode()


def _singular(word: str) -> str:
    plural = word.endswith("s") and not word.endswith("ss") and (len(word) > 3 or word[:-1] in _UNITS)
    return word[:-1] if plural else word


@cache
def known() -> Mapping[str, tuple[str, ...]]:
    """The titles of data/titles.toml by what they name, in order of preference."""
    return {name: tuple(split(title)[0] for title in titles) for name, titles in _table()["titles"].items()}


@cache
def _table() -> Mapping[str, Any]:
    path = folder("data") / "titles.toml"
    table = read_toml(path)
    titles, scripts = table.get("titles", {}), table.get("other_scripts", {})
    tables = isinstance(titles, dict) and isinstance(scripts, dict)
    every = [*titles.values(), *scripts.values(), *map(table.get, _LISTS)] if tables else []
    if not every or not all(isinstance(texts, list) and all(isinstance(t, str) for t in texts) for texts in every):
        raise DataError(
            f"{path}: needs {', '.join(_LISTS)} and the tables titles and other_scripts, each lists of texts"
        )
    words = [(word, english) for english, texts in scripts.items() for word in texts]
    longest = sorted(words, key=lambda pair: -len(pair[0]))  # a longer word may hold a shorter one
    return {"titles": titles, "other_scripts": longest, **{name: frozenset(table[name]) for name in _LISTS}}


def columns_of(header: Sequence[str], what: str) -> list[str]:
    """The columns of a header whose title names `what`, in order of preference."""
    titles = [frozenset(title.split()) for title in known()[what]]
    sized = what in DESCRIPTORS and DESCRIPTORS[what].unit in ("MB", "GB")
    inner = what in _MACHINE or what in ("cores", "processors", "instance_type")
    numeric = sized or what in DESCRIPTORS and DESCRIPTORS[what].type == "number" or what in ("cores", "processors")
    places = []
    for column in (column for column in header if "%" not in column):
        texts = [frozenset(split(title)[0].split()) for title in _either(column, numeric)]
        if inner and texts[0] not in titles:
            texts.append(frozenset(_inner(column).split()))
        texts.append(_explained(column, what))
        fitting = [titles.index(text) for text in texts if text in titles]
        if fitting and not (sized and _counts(column)):
            places.append((min(fitting), column))
    return [column for _, column in sorted(places, key=lambda place: place[0])][:_CANDIDATES]


def _either(column: str, numeric: bool) -> list[str]:
    """The title, and the text on either side of a slash in it, but for numbers, which would be two in one cell."""
    return [column] if numeric else list(dict.fromkeys([column, *column.split("/")]))


def _explained(column: str, what: str) -> frozenset[str]:
    """The words of a title that another one in brackets explains, such as `Arbeitsspeicher (RAM)`; none if it differs.

    >>> _explained("Arbeitsspeicher (RAM)", "memory_mb"), _explained("Disk (OS)", "stored_data_gb")
    (frozenset({'ram'}), frozenset())
    """
    if (found := _SYNONYM.fullmatch(column)) is None:
        return frozenset()
    before, within = split(f"{found[1]} {found[3]}")[0], split(found[2])[0]
    kinds = _PROCESSORS if what in _PROCESSORS else (what,)
    named = {title: name for name in reversed(kinds) for title in known()[name]}
    both = before in named and within in named
    best = min((within, before), key=lambda title: kinds.index(named[title])) if both else ""
    return frozenset(best.split()) if best and named[best] == what else frozenset()


def _inner(column: str) -> str:
    """The words of the last part of a title such as `hardware.cpu_cores`; '' if what comes before says something else.

    >>> _inner("hardware$.cpu_cores"), _inner("limit.cpu")
    ('cpu core', '')
    """
    before, point, last = column.replace("|", ".").rpartition(".")
    return "" if not point or _table()["other"] & _words(before) else split(last)[0]


def named(cells: Sequence[str]) -> int:
    """How many of these cells are titles that say what a column holds."""
    titles = {title for words in known().values() for title in words}
    return sum(normal(cell) in DESCRIPTORS or split(cell)[0] in titles for cell in cells if cell.strip())


def exact(column: str, what: str) -> bool:
    """Whether the title of a column names `what` and nothing else."""
    return split(column)[0] in known()[what]


def nearly(header: Sequence[str], what: str) -> list[str]:
    """The columns whose title names `what` among other words, none of which says something else about it."""
    titles = sorted(known()[what], key=len, reverse=True)
    found = []
    for column in header:
        words = split(column)[0].split()
        held = any(f" {title} " in f" {' '.join(words)} " for title in titles)
        other = _table()["other"].intersection(words) or _counts(column) or "%" in column
        if held and not other and " ".join(words) not in titles:
            found.append(column)
        if len(found) == _CANDIDATES:
            break
    return found


def names_several(column: str) -> bool:
    """Whether a title names disks, not the amount of one or of all: their number, or a list of them."""
    words = {word.lower() for word in _WORD.findall(unaccented(column))}
    return bool(words & _table()["disks"])


def names_memory_or_disks(title: str) -> bool:
    """Whether a title that is read as memory may name disks as well."""
    return split(title)[0] in _table()["memory_or_disks"]


def names_amount(title: str) -> bool:
    """Whether a title names an amount of storage: a size, or a number with a unit."""
    return bool(_words(title) & {"size", "capacity"}) or split(title)[1] != ""


def names_one_of_several(column: str, header: Sequence[str]) -> bool:
    """Whether a title is that of the size of a disk, and another one that of their number."""
    disk = _table()["disk"]
    return "size" in _words(column) and any(each != column and _counts(each) and disk & _words(each) for each in header)


def disks_of(header: Sequence[str]) -> list[str]:
    """The columns for one of several disks each, such as `Disk 1 (GB)`, `C: drive` or `Data disk`."""
    disk, parts = _table()["disk"], _table()["disk_part"]
    found = []
    for column in header:
        words = {word for word in _words(_unit_apart(column)) if len(word) == 1 or word not in _table()["filling"]}
        rest = words - disk - _UNITS
        if words & disk and rest and all(word in parts or word.isdigit() or len(word) == 1 for word in rest):
            found.append(column)
    return found[:_CANDIDATES]


def names_machines(header: Sequence[str], *, virtual: bool = False) -> bool:
    """Whether a title says that each row is a machine, such as `Server name` or `hostname`, or a `virtual` one."""
    words = _table()["virtual" if virtual else "machine"]
    return any(_words(column) & words and len(_words(column) - words) <= 1 for column in header)


def names_no_machines(header: Sequence[str]) -> bool:
    """Whether a title says that rows are no machines, such as `Container image` or `Runtime`."""
    return any(_words(column) & _table()["no_machine"] for column in header)


def containers() -> frozenset[str]:
    """The words for a container in a column that says what a row is."""
    return frozenset(_table()["container"])


def totals() -> tuple[str, ...]:
    """The words that name a row of totals."""
    return tuple(mark for word in sorted(_table()["total"]) for mark in (word, f"{word}:"))


def _counts(column: str) -> bool:
    return "#" in column or bool(_words(column) & _table()["counting"])


def _words(column: str) -> set[str]:
    return set(_words_in(unaccented(column)))


def _like_field(column: str) -> tuple[str, str]:
    """The field that a title names with its unit in brackets, such as `max duration [s]`, and the unit."""
    if (found := _BRACKETS.search(column)) is None:
        return "", ""
    words, unit = normal(column[: found.start()]), found[1].lower()
    fields = (field for field in DECIDING if unit in SUFFIXES.get(DESCRIPTORS[field].unit, {}))
    return next(((field, unit) for field in fields if _UNIT.sub("", field) == words), ("", ""))


def ordinary(header: Iterable[str]) -> tuple[str, ...]:
    """The titles that are no paths or conditions in our terms, and so may be named as sources."""
    return tuple(name for name in header if bases(name) == (normal(name),))


def general_map(header: Sequence[str]) -> ColumnMap:
    """The map of an inventory of no known tool: columns named like descriptors, and usual titles of others.

    Several columns for one descriptor are candidates; `settle` chooses by their values.
    """
    named = {normal(column) for column in header}
    columns = {name: Column(name, (name,)) for name in DECIDING}
    drives = {each for each in disks_of(header) if 1 in map(len, _words(_unit_apart(each)))}  # `Disk D` is no whole
    for field in known():
        if field not in DESCRIPTORS or field in named:
            continue
        found = [title for title in columns_of(header, field) if title not in drives]
        if field in tables():
            images = columns_of(header, "image") if field == "os" and columns_of(header, "instance_type") else []
            found += [column for column in (*images, *nearly(header, field)) if column not in found]
        if found := [column for column in found if normal(column) not in DECIDING]:
            columns[field] = Column(field, tuple(found), table=field if field in tables() else "")
    for column in header:
        field, unit = _like_field(column)
        if field and field not in named and columns[field].sources == (field,):
            columns[field] = Column(field, (column,), unit=unit)
    if roles := tuple(column for column in columns_of(header, "role") if not _counts(column)):
        hinted = {field: table for field, table in HINTED.items() if field not in named}
        columns |= {name: Column(name, roles, table=table, rule=HINT, hint=True) for name, table in hinted.items()}
    off = power_states()["off"]
    skips = [Skip(column, off, "not running", guessed=True) for column in columns_of(header, "power_state")]
    skips += [Skip(column, power_states()["yes"], "a template") for column in columns_of(header, "template")]
    devices = tuple(sorted(_table()["device"]))
    skips += [Skip(column, devices, "a device, not a workload") for column in columns_of(header, "device_type")]
    ids = ("workload_id", *columns_of(header, "id"))
    return ColumnMap("", tuple(columns.values()), tuple(skips), ids, usual=frozenset(DECIDING))


def completed(chosen: ColumnMap, header: Sequence[str]) -> ColumnMap:
    """The map of a tool that lists machines, with columns of usual titles for what it does not find in this header."""
    bound = chosen.bind(header)
    found = {column.descriptor: column for column in bound.columns}
    if "packaging" not in found or found["packaging"].always != "machine_image":
        return chosen
    usual = frozenset(_MACHINE) - {*found}
    general = general_map(ordinary(header))
    columns = tuple(column for column in general.columns if column.descriptor in usual and column.names)
    off = any(set(power_states()["off"]) <= {*skip.values} for skip in bound.skips)
    skips = () if off else tuple(skip for skip in general.skips if skip.guessed)
    return replace(chosen, columns=(*chosen.columns, *columns), skips=(*chosen.skips, *skips), usual=usual)
