"""The outcome of a scoring as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from whichcompute.base.errors import shown
from whichcompute.base.words import about, counted, estimated, joined, upper
from whichcompute.inventory.maps.paths import base, normal
from whichcompute.inventory.maps.suggest import unused
from whichcompute.inventory.readers.batch import Trouble
from whichcompute.inventory.run import Outcome
from whichcompute.inventory.tally import BOUNDS, Tally
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.outside import places

_GROUPS = 10
_EXAMPLES = 3  # values that a group of like reasons names
_FEW = 3  # fields: where no more are read, most rows stay undecided
_ORDER = ("decided", "close", "undecided", "none", "skipped")


def summary_lines(outcome: Outcome) -> Iterator[str]:
    """The outcome in a few lines: rows by decision, then by service, what was read from where, and what was not."""
    decisions: Counter[str] = Counter()
    services: Counter[str] = Counter()
    for (service, decision), count in outcome.tally.outcomes.items():
        decisions[decision] += count
        if service and service != decision:
            services[service] += count
    by_decision = ", ".join(f"{name} {decisions[name]:,}" for name in _ORDER if decisions[name])
    by_service = ", ".join(f"{name} {count:,}" for name, count in services.most_common())
    found = "; services: ".join(filter(None, (by_decision, by_service)))
    yield f"{counted(outcome.rows, 'row')} read, {outcome.tally.count:,} written" + (f": {found}" if found else "")
    if outcome.tally.places:
        yield f"  outside: {by_place(outcome.tally)}"
    yield from cost_lines(outcome.tally)
    yield from (f"  {line}" for line in _read(outcome))
    if left := [f"'{shown(title)}'" for title in unused(outcome.map, outcome.columns) if title.strip()]:
        yield f"  not read: {joined([*left[:_GROUPS], *_more(len(left) - _GROUPS)])}"
    if empty := list(dict.fromkeys(_empty(outcome))):
        yield f"  empty or 0 in every row, so unknown: {joined([*empty[:_GROUPS], *_more(len(empty) - _GROUPS)])}"
    yield from _advice(outcome, decisions["undecided"])
    yield from (
        f"{counted(count, 'row')} skipped: {reason}" for reason, count in outcome.tally.skips.most_common(_GROUPS)
    )
    for name, count in outcome.tally.normalised.items():
        yield f"{counted(count, 'value')} of {name} normalised"
    if cells := outcome.tally.unread:
        yield f"{counted(cells.total(), 'cell')} cannot be read and count as unknown"
        yield from (f"  {line}" for line in _grouped(cells, "value"))
    if outcome.tally.rejects:
        where = f"see {outcome.rejects_file}" if outcome.rejects_file else "listed above; --rejects FILE keeps them"
        yield f"{counted(outcome.tally.rejects, 'row')} rejected, {where}"
        yield from (f"  {line}" for line in reject_lines(outcome.tally))
    recorded = f", recorded in {outcome.record_file}" if outcome.record_file else ""
    yield f"fingerprint {outcome.fingerprint}{recorded}"


def by_place(tally: Tally) -> str:
    """The places outside the services compared with the number of rows for which each fits best, most first."""
    names = places()
    return ", ".join(f"{names[place].name} {count:,}" for place, count in most_placed(tally))


def place_name(place: str) -> str:
    """The name of a place outside as a title."""
    return upper(places()[place].name)


def most_placed(tally: Tally) -> list[tuple[str, int]]:
    """The places outside with the number of rows for which each fits best, most first."""
    found: Counter[str] = Counter()
    for (place, _), count in tally.places.items():
        found[place] += count
    return found.most_common()


def _more(count: int) -> list[str]:
    return [f"{count:,} more"] if count > 0 else []


def cost_lines(tally: Tally) -> Iterator[str]:
    """The sum of the estimates as it is worth, for how many rows, and how much of it rests on settled rows."""
    if priced := tally.priced.total():
        low, _, high = (about(tally.bounds[which]) for which in BOUNDS)
        share = (tally.rests_on["decided"] + tally.rests_on["none"]) / max(tally.bounds["expected"], 0.01)
        yield (
            f"{estimated(tally.bounds['expected'])} a month ({low} to {high}) "
            f"for {counted(priced, 'row')} with an estimate, "
            f"{share:.0%} of it for rows that are settled (decided or none)"
        )


def _empty(outcome: Outcome) -> Iterator[str]:
    """The columns that were to be read and hold nothing, such as formulas whose results were never saved."""
    unread = {f"'{shown(title)}'" for trouble in outcome.tally.unread for title in trouble.column.split(", ")}
    for column in outcome.map.columns if outcome.tally.count else ():
        number = DESCRIPTORS[column.descriptor].type == "number" and not column.values
        if number and not (column.always or outcome.tally.read[column.descriptor]):
            plain = [name for name in column.sources if base(name) == normal(name)]  # not a path that may be absent
            yield from (title for title in _titles(outcome, plain) if title not in unread)


def _read(outcome: Outcome) -> Iterator[str]:
    """For each field from which columns it was read, in which unit, and for how many rows; those in columns of their
    own name together."""
    rows, same = outcome.tally.count, []
    for column in outcome.map.columns:
        if column.always:
            yield f"{column.descriptor} = {shown(column.always)} in every row with a value" + (
                f" ({column.rule})" if column.rule else ""
            )
        elif read := outcome.tally.read[column.descriptor]:
            names = " or ".join(_titles(outcome, column.sources)[:_EXAMPLES])
            if names == f"'{column.descriptor}'" and not column.unit:
                same.append(f"{column.descriptor} {read:,}")
                continue
            times = "".join(f" x {name}" for name in _titles(outcome, (*column.times, *column.times_if_known)))
            times += "".join(f" + {name}" for name in _titles(outcome, column.plus))
            usual = DESCRIPTORS[column.descriptor].unit
            unit = column.unit.upper() or (usual if usual in ("MB", "GB", "s") and not column.values else "")
            share = "" if read == rows else f", {read:,} of {counted(rows, 'row')}"
            yield f"{column.descriptor} from {names}{times}{f' in {unit}' if unit else ''}{share}"
    if same:
        yield f"read under their own names, in so many of {counted(rows, 'row')}: {', '.join(same)}"


def _titles(outcome: Outcome, names: Sequence[str]) -> list[str]:
    """The columns that a map names, as the inventory writes them."""
    places = (outcome.map.at.get(base(name)) for name in names)
    found = (
        name if at is None or base(name) != normal(name) else outcome.columns[at]
        for at, name in zip(places, names, strict=True)
    )
    return list(dict.fromkeys(f"'{shown(title)}'" for title in found))


def _advice(outcome: Outcome, undecided: int) -> Iterator[str]:
    """What to do where most rows are undecided because hardly anything was read."""
    read = [column for column in outcome.map.columns if outcome.tally.read[column.descriptor]]
    if 2 * undecided > outcome.tally.count and len(read) <= _FEW and read:
        names = joined([column.descriptor for column in read])
        yield f"{undecided:,} undecided: only {names} could be read; `whichcompute map` helps to name further columns"


def reject_lines(tally: Tally, most: int = _GROUPS) -> list[str]:
    """The largest groups of rejects, and how many groups there are besides."""
    return list(_grouped(tally.rejected, "reason", most))


def _grouped(troubles: Mapping[Trouble, int], thing: str, most: int = _GROUPS) -> Iterator[str]:
    """Like reasons as one line with some of their values, the most frequent first, and how many are left."""
    groups: dict[tuple[str, str], Counter[str]] = {}
    seen: set[tuple[str, str]] = set()
    for trouble, count in sorted(troubles.items(), key=lambda item: -item[1]):
        if trouble.column and trouble.value and (trouble.column, trouble.value) in seen:
            continue  # one cell may be read for several fields
        seen.add((trouble.column, trouble.value))
        groups.setdefault((trouble.column, trouble.reason), Counter())[trouble.value] += count
    listed = sorted(groups.items(), key=lambda group: -group[1].total())
    for (column, reason), values in listed[:most]:
        cause = _cause(column, [value for value, _ in values.most_common()], reason)
        yield f"{counted(values.total(), 'row')}: {cause}"
    if len(listed) > most:
        yield f"and {counted(len(listed) - most, f'other {thing}')}"


def _cause(column: str, values: Sequence[str], reason: str) -> str:
    if not column:
        return reason
    names = ", ".join(f"'{shown(value)}'" for value in values[:_EXAMPLES])
    more = f" and {counted(len(values) - _EXAMPLES, 'other value')}" if len(values) > _EXAMPLES else ""
    return f"{shown(column)} = {names}{more}: {reason}"
