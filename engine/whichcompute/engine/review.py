"""Decision records in a folder, evaluated again: which answers have changed since they were written, and why."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from whichcompute.base.errors import DataError, InventoryError, WhichcomputeError, shown
from whichcompute.base.resources import read_text
from whichcompute.base.units import in_range
from whichcompute.base.version import VERSION
from whichcompute.knowledge.descriptors import Value, read
from whichcompute.knowledge.services import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from whichcompute.engine.core import Engine
    from whichcompute.presentation.own_text import OwnText
    from whichcompute.recommender.result import Recommendation

MAX_BYTES = 1_000_000
MAX_FILES = 10_000
_NEEDED = ("workload", "answer", "decision", "fingerprint")
_DECISIONS = ("decided", "close", "undecided", "none")


@dataclass(frozen=True)
class Review:
    """One record evaluated again; `why` explains a change or names what is wrong, with file and line.

    `own` is what people wrote into it; None where the record does not say what was drafted. `supersedes` is the file
    name of the record beside it that it replaces; that one is `superseded`, whatever it would be today. `since`: what
    has changed, for the record that will replace this one.
    """

    path: Path
    outcome: Literal["same", "changed", "superseded", "damaged"]
    name: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    workload: dict[str, Value] | None = None
    free_tier: bool = False
    own: OwnText | None = None
    supersedes: str = ""
    since: str = ""


def review(engine: Engine, folder: Path, engine_of: Callable[[date], Engine]) -> list[Review]:
    """Every record below a folder, by path; files without a block are no records of ours and are left out.

    `engine_of` builds the engine with the facts of a day, to tell changed facts from changed rules. A damaged block is
    a separate outcome. Raises InventoryError when the folder cannot be read.
    """
    if not folder.is_dir():
        raise InventoryError(f"{folder}: no such folder; give the folder of the decision records")
    results = []
    for path in _markdown(folder):
        try:
            result = _review(engine, path, folder, engine_of)
        except WhichcomputeError as error:
            result = Review(path, "damaged", why=str(error))
        if result is not None:
            results.append(result)
    by = {(new.path.parent, new.supersedes): new.path.name for new in results if new.supersedes != new.path.name}
    return [_superseded(result, by.get((result.path.parent, result.path.name), "")) for result in results]


def _superseded(result: Review, by: str) -> Review:
    if not by or result.outcome == "damaged":
        return result
    return replace(result, outcome="superseded", why=f"superseded by {by}")


def _markdown(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.lower().endswith(".md"):
                continue
            count += 1
            if count > MAX_FILES:
                raise InventoryError(f"{folder}: more than {MAX_FILES:,} Markdown files, the most that are read")
            yield Path(parent, name)


def _review(engine: Engine, path: Path, folder: Path, engine_of: Callable[[date], Engine]) -> Review | None:
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{path}: is a link that leads out of the folder; it is not read")
    if not stat.S_ISREG(path.stat().st_mode):
        raise DataError(f"{path}: not a regular file")
    text = read_text(path, MAX_BYTES)
    found = _block(text, path)
    if found is None:
        return None
    block, place = found
    try:
        values = read({**block["workload"], **_ranges(block)})
    except WhichcomputeError as error:
        raise DataError(f"{place}: {error}") from None
    free_tier = block.get("free_tier") is True
    now = engine.recommend(values, free_tier=free_tier)
    before, after = f"{block['answer']}, {block['decision']}", f"{now.service}, {now.decision}"
    name = str(values.get("workload_id", path.stem))
    own, old = _own(text, block), block.get("supersedes")
    supersedes = old if isinstance(old, str) else ""
    result = Review(path, "same", name, before, after, "", dict(values), free_tier, own, supersedes)
    if before == after:
        return result
    day = _day(block.get("as_of"), place)
    cause, limits = _why(block, day, engine.facts.as_of, values, engine_of), [*_limits(now, block["answer"])]
    since = " ".join((cause, *(limit.rpartition(" [")[0] for limit in limits)))
    return replace(result, outcome="changed", why=" ".join((cause, *limits, now.summary)), since=since)


def _limits(now: Recommendation, answer: str) -> Iterator[str]:
    """What rules the answer of the record out today."""
    for verdict in now.verdicts:
        excluding = [reason for reason in verdict.reasons if reason.effect == "exclude" and verdict.service == answer]
        yield from (f"{verdict.name} is ruled out: {reason.text} [{reason.rule}]" for reason in excluding)


def _ranges(block: dict[str, Any]) -> dict[str, float]:
    """The numbers of a record that represent a range, with its words."""
    ranges = block.get("ranges")
    named = ranges.items() if isinstance(ranges, dict) else ()
    values = ((name, block["workload"].get(name), words) for name, words in named)
    return {name: in_range(value, words) for name, value, words in values if isinstance(value, float)}


def _own(text: str, block: dict[str, Any]) -> OwnText | None:
    """What people wrote above the block of a record."""
    from whichcompute.presentation.adr import FENCE
    from whichcompute.presentation.own_text import own_text

    drafted = block.get("drafted")
    return own_text(text.rpartition(FENCE)[0].splitlines(), drafted) if isinstance(drafted, str) else None


def _why(
    block: dict[str, Any],
    day: date | None,
    now: date | None,
    values: dict[str, Value],
    engine_of: Callable[[date], Engine],
) -> str:
    """What the change comes from: facts, if the facts of the day of the record still give its answer."""
    if day is not None:
        then = engine_of(day).recommend(values, free_tier=block.get("free_tier") is True)
        if (then.service, then.decision) == (block["answer"], block["decision"]):
            if now is not None and now < day:
                return f"On {now} other facts (limits or prices) applied than on {day}."
            return f"Facts (limits or prices) have changed since {day}."
        if then.fingerprint == block["fingerprint"]:
            return "Rules, facts and classifier are the same: the record was edited."
    version = block.get("whichcompute")
    since = f" since version {shown(version)}" if version not in (None, VERSION) else ""
    return f"Rules or the classifier have changed{since}."


def _block(text: str, path: Path) -> tuple[dict[str, Any], str] | None:
    """The last block of a record and its place; DataError when it is damaged."""
    from whichcompute.presentation.adr import FENCE

    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.rstrip() == FENCE]
    if not starts:
        return None
    first = starts[-1] + 1
    place = f"{path}:{first + 1}"
    last = next((number for number in range(first, len(lines)) if lines[number].rstrip() == "```"), None)
    if last is None:
        raise DataError(f"{place}: the block is not closed; its last line must be ```")
    try:
        block = json.loads("\n".join(lines[first:last]))
    except json.JSONDecodeError as error:
        raise DataError(f"{path}:{first + error.lineno}: not valid JSON: {error.msg} (column {error.colno})") from None
    except (RecursionError, ValueError):
        raise DataError(f"{place}: not usable JSON") from None
    if not isinstance(block, dict) or not isinstance(block.get("workload"), dict):
        raise DataError(f"{place}: the block has no mapping 'workload'")
    if missing := [name for name in _NEEDED if name not in block]:
        raise DataError(f"{place}: the block has no '{missing[0]}'")
    for name, allowed in (("answer", ANSWERS), ("decision", _DECISIONS)):
        if block[name] not in allowed:
            raise DataError(f"{place}: {name} is {shown(block[name])}; allowed: {', '.join(allowed)}")
    return block, place


def _day(value: object, place: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise DataError(f"{place}: as_of is {shown(value)}; use YYYY-MM-DD") from None
