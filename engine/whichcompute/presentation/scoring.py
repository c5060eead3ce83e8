"""The outcome of a scoring as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from whichcompute.base.errors import shown
from whichcompute.base.words import counted
from whichcompute.inventory.readers.batch import Trouble
from whichcompute.inventory.rejects import RejectGroups
from whichcompute.inventory.run import Outcome

_GROUPS = 10


def summary_lines(outcome: Outcome) -> Iterator[str]:
    """The outcome in a few lines: rows by service, normalised values, rejects by cause, and the fingerprint."""
    decisions: Counter[str] = Counter()
    services: Counter[str] = Counter()
    for (service, decision), count in outcome.tally.outcomes.items():
        decisions[decision] += count
        if service:
            services[service] += count
    found = "; ".join(
        ", ".join(f"{name} {count:,}" for name, count in c.most_common()) for c in (decisions, services) if c
    )
    yield f"{counted(outcome.rows, 'row')} read, {outcome.tally.count:,} written" + (f": {found}" if found else "")
    for name, count in outcome.tally.normalised.items():
        yield f"{counted(count, 'value')} of {name} normalised"
    if cells := outcome.tally.unread:
        yield f"{counted(cells.total(), 'cell')} cannot be read and count as unknown"
        yield from (f"  {counted(count, 'row')}: {_cause(trouble)}" for trouble, count in cells.most_common(_GROUPS))
        if len(cells) > _GROUPS:
            yield f"  and {counted(len(cells) - _GROUPS, 'other value')}"
    if outcome.rejects.count:
        yield f"{counted(outcome.rejects.count, 'row')} rejected, see {outcome.rejects_file}"
        yield from (f"  {line}" for line in reject_lines(outcome.rejects))
    recorded = f", recorded in {outcome.record_file}" if outcome.record_file else ""
    yield f"fingerprint {outcome.fingerprint}{recorded}"


def reject_lines(rejects: RejectGroups, most: int = _GROUPS) -> list[str]:
    """The largest groups of rejects, and how many groups there are besides."""
    lines = [f"{counted(count, 'row')}: {_cause(trouble)}" for trouble, count in rejects.largest(most)]
    more = rejects.groups - len(lines)
    return [*lines, *([f"and {counted(more, 'other reason')}"] if more > 0 else [])]


def _cause(trouble: Trouble) -> str:
    found = f"{shown(trouble.column)} = '{shown(trouble.value)}': " if trouble.column else ""
    return f"{found}{trouble.reason}"
