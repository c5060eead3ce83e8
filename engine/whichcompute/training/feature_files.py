"""Finds the reference distribution and the interactions anew, from judgements alone, and writes them as data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_text
from whichcompute.classifier import directions
from whichcompute.classifier.features import Features, Field, Term, set_shares
from whichcompute.classifier.features import fields as fields_of
from whichcompute.classifier.judgements import Judgement, read_judgements
from whichcompute.knowledge.facts import Facts
from whichcompute.training import reference
from whichcompute.training.interactions import Finder, SearchLimits

_REFERENCE = """\
# The reference distribution: the share of each cell of each field, as far as answers depend on it. Learned from the
# judgements alone (training/reference.py), but for the shares that features.toml sets; `whichcompute train
# --find-interactions` writes this file anew.
#
# A number: below its first cut, then from each cut of features.toml on. A boolean: no, yes. A choice: each value.

[shares]
"""


def find_in(files: Sequence[Path], facts: Facts) -> None:
    """Finds both on the judgements in these files; DataError when there are none, or a file cannot be read."""
    judged = read_judgements(files).rows
    if not judged:
        raise DataError("interactions are found on judgements; name a file of them with --judgements")
    find(judged, facts)


def find(
    judged: Sequence[Judgement], facts: Facts, search: SearchLimits | None = None, data: Path | None = None
) -> None:
    """Writes reference.toml and the interactions of features.toml into the folder `data` (None: the shipped one)."""
    data = data or folder("data")
    path, declared = data / "features.toml", directions.load()
    fields = fields_of(path)
    shares = {**reference.learn(Features(fields, facts), judged, declared), **set_shares(path)}
    rounded = {name: [round(share, 4) for share in row] for name, row in shares.items()}
    rounded = {name: [share / sum(row) for share in row] for name, row in rounded.items()}
    features = Features(fields, facts, shares=rounded)
    found = Finder(features, judged, declared).find(search or SearchLimits())
    (data / "reference.toml").write_text(reference_text(fields, shares), encoding="utf-8")
    path.write_text(with_interactions(read_text(path), features, found), encoding="utf-8")


def reference_text(fields: Sequence[Field], shares: Mapping[str, Sequence[float]]) -> str:
    """The file of the reference distribution."""
    return _REFERENCE + "".join(f"{field.name} = {_row(field, shares[field.name])}\n" for field in fields)


def _row(field: Field, shares: Sequence[float]) -> str:
    numbers = [f"{share:.4f}" for share in shares]
    if field.cuts or field.cells == (False, True):
        return f"[{', '.join(numbers)}]"
    return f"{{ {', '.join(f'{cell} = {number}' for cell, number in zip(field.cells, numbers, strict=True))} }}"


def with_interactions(text: str, features: Features, found: Sequence[Term]) -> str:
    """The feature file with these interactions instead of those in it."""
    start, end = text.index("interactions = ["), text.index("]\n\n[cuts]")
    rows = [", ".join(f'"{features.lines[number]}"' for number in term) for term in found]
    return f"{text[:start]}interactions = [\n" + "".join(f"  [{row}],\n" for row in rows) + text[end:]
