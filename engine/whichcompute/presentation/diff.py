"""A comparison of two scorings in words: what changed, from what causes, and the rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from whichcompute.base.errors import printable, shown
from whichcompute.base.words import counted, estimated
from whichcompute.inventory.diff.changes import Changes
from whichcompute.inventory.diff.comparison import ChangedRow, ScoringComparison
from whichcompute.inventory.diff.reading import KEY, NEEDED, answer_of
from whichcompute.inventory.tally import SKIPPED
from whichcompute.knowledge.outside import places
from whichcompute.presentation.scoring import place_name
from whichcompute.presentation.writer import Style, unstyled

SHOWN = 20
_CAUSES = {
    "input": "input: cells that are read differ",
    "facts": "facts: a limit or price has another value",
    "rules": "rules: added, removed or edited",
    "model": "model: another classifier",
    "engine": "engine: another version",
    "options": "options: scored in another way",
    "edited": "edited: nothing that decides differs, so a file was changed after scoring",
    "unknown": "not the input: facts, rules, model, engine or options; without both records the cause is unknown",
}


def lines(comparison: ScoringComparison, limit: int | None = SHOWN, style: Style = unstyled) -> Iterator[str]:
    """The comparison, line by line; at most `limit` facts, rules, rows and names each (None: all)."""
    yield style(headline(comparison), "title")
    before, after = (estimated(usd) for usd in comparison.pairs.costs)
    if before != after:
        yield f"{before} -> {after} a month for all rows with an estimate"
    yield from _grouped(comparison)
    yield from _besides(comparison)
    yield from _changed(comparison, limit)
    yield from _rows(comparison, limit, style)
    for word, rows in (("added", comparison.pairs.added), ("removed", comparison.pairs.removed)):
        if rows.height:
            plain = [shown(name) for name in rows[KEY][:limit]]
            yield from ("", f"{counted(rows.height, 'row')} {word}:")
            yield f"  {', '.join(plain)}{_more(rows.height, limit)}"


def headline(comparison: ScoringComparison) -> str:
    """What changed, in one line."""
    height = comparison.pairs.frame.height
    of = counted(height, "row") + (
        " in both" if comparison.pairs.added.height or comparison.pairs.removed.height else ""
    )
    if not comparison.changed:
        return f"no recommendation changed ({of})"
    return f"{comparison.changed:,} of {of}: another service, place or decision"


def _grouped(comparison: ScoringComparison) -> Iterator[str]:
    if comparison.listed.height:
        yield from ("", "Causes (a row may have several):")
        yield from (f"  {count:>7,}  {_CAUSES[cause]}" for cause, count in comparison.causes.most_common())
    if moves := [(step, count) for step, count in comparison.transitions if step[:2] != step[2:]]:
        yield from ("", "Moves:")
        yield from (f"  {count:>7,}  {_move(*step)}" for step, count in moves)
    if comparison.columns:
        yield from ("", "Input columns that differ in these rows:")
        yield from (f"  {count:>7,}  {shown(name)}" for name, count in comparison.columns.most_common())


def _move(old: str, old_decision: str, new: str, new_decision: str) -> str:
    if old == new:
        changed = f": {_step((old_decision, new_decision))}" if old_decision != new_decision else ""
        return _named(old, old_decision) + changed
    decisions = f" ({shown(old_decision)} -> {shown(new_decision)})" if old_decision != new_decision else ""
    return f"{_named(old, old_decision)} -> {_named(new, new_decision)}{decisions}"


def _named(answer: str, decision: str) -> str:
    if not answer:
        return SKIPPED if decision == SKIPPED else "no recommendation"
    return place_name(answer) if answer in places() else shown(answer)


def _besides(comparison: ScoringComparison) -> Iterator[str]:
    others = {name: count for name, count in comparison.results.items() if count and name not in NEEDED}
    if (rest := comparison.any_result - comparison.changed) > 0:
        differing = ", ".join(f"{name} {count:,}" for name, count in others.items())
        rows = counted(rest, "further row" if comparison.changed else "row")
        listed = "" if comparison.listed.height > comparison.changed else " (--cells lists them)"
        yield from ("", f"In {rows} only other results differ{listed}. Cells that differ: {differing}")


def _changed(comparison: ScoringComparison, limit: int | None) -> Iterator[str]:
    """What differs between the scorings themselves."""
    changes = comparison.changes
    yield from _section("Facts with another value", _pairs(changes.facts), comparison.facts, limit)
    rules = {id_: f"rule {change}" for id_, change in changes.rules.items()}
    yield from _section("Rules", rules, comparison.rules, limit)
    others = list(_others(changes))
    if others:
        yield from ("", "Scorings:", *(f"  {line}" for line in others))


def _others(changes: Changes) -> Iterator[str]:
    if changes.reordered:
        yield "rules: in another order"
    if changes.model:
        yield "model: another classifier"
    if changes.engine:
        yield f"engine: {_step(changes.engine)}"
    for name, values in changes.options.items():
        yield f"{name}: {_step(values)}"
    if len(set(changes.as_of)) > 1:
        yield f"facts as of {_step(changes.as_of)}"
    if len(set(changes.fingerprints)) > 1:
        yield f"fingerprint {_step(changes.fingerprints)}"


def _section(title: str, changes: Mapping[str, str], rows: Mapping[str, int], limit: int | None) -> Iterator[str]:
    """Those that move most rows first."""
    if changes:
        yield from ("", f"{title}:")
        for id_ in sorted(changes, key=lambda id_: -rows.get(id_, 0))[:limit]:
            moved = f"  [{counted(rows[id_], 'row')}]" if rows.get(id_) else ""
            yield f"  {shown(id_)}: {printable(changes[id_])}{moved}"
        if more := _more(len(changes), limit):
            yield f"  {more.removeprefix(', ')}"


def _pairs(values: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {id_: _step(pair) for id_, pair in values.items()}


def _step(pair: tuple[str, str]) -> str:
    return " -> ".join(shown(value) for value in pair)


def _rows(comparison: ScoringComparison, limit: int | None, style: Style) -> Iterator[str]:
    if not comparison.listed.height:
        return
    yield from ("", "Rows:")
    for row in comparison.rows(limit):
        yield from row_lines(row, style)
    if more := _more(comparison.listed.height, limit):
        yield f"  {more.removeprefix(', ')}; --all lists them, -o FILE.csv writes them"


def row_lines(row: ChangedRow, style: Style = unstyled) -> Iterator[str]:
    """One row: its answers, the input cells that differ, and the rules that came or went."""
    sides = [(answer_of(side), side["decision"]) for side in (row.old, row.new)]
    yield style(f"  {shown(row.name)}: {_move(*sides[0], *sides[1])}", "title")
    yield f"    cause: {', '.join(row.why.causes)}"
    if sides[0] == sides[1]:
        differing = (name for name in row.new if row.old[name] != row.new[name])
        yield from (f"    {name}: {_step((row.old[name], row.new[name]))}" for name in differing)
    yield from (f"    {shown(name)}: {_step((old or 'empty', new or 'empty'))}" for name, old, new in row.cells)
    yield from (f"    {printable(str(move))}" for move in _telling(row))


def _telling(row: ChangedRow) -> Iterable[object]:
    """The rules of which something became; where there are none, all that came or went."""
    return [move for move in row.why.rules if move.why] or row.why.rules


def _more(count: int, limit: int | None) -> str:
    return f", and {count - limit:,} more" if limit is not None and count > limit else ""
