"""Makes the sheets behind the questionnaire, data/answers.csv, from decisions and archetypes (`make docs`).

Every real decision is a sheet as it is. Every archetype is drawn from: half of its sheets are complete, as those of
somebody who knows the workload well, half have gaps as real descriptions have them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from whichcompute.classifier import archetypes, cases
from whichcompute.knowledge.descriptors import DECIDING, Value

EACH = 2  # sheets of an archetype, of either sort
SEED = 7


def sheets() -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Origin and values of each sheet, the real decisions first."""
    decisions = cases.read_cases([cases.shipped()])
    shapes = archetypes.load()
    for decision in decisions:
        yield decision.id, decision.values
    yield from _complete(shapes)
    gapped = archetypes.draws(shapes, EACH, decisions, SEED)
    for number, draw in enumerate(gapped):
        yield f"archetype:{shapes[number // EACH].id}", draw.values


def _complete(shapes: Sequence[archetypes.Archetype]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    rng = Random(SEED)
    for shape in shapes:
        for _ in range(EACH):
            yield f"complete:{shape.id}", shape.draw(rng)


def as_csv() -> str:
    """The sheets as CSV: their origin, then every descriptor; blank for what is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["origin", *DECIDING])
    for origin, values in sheets():
        writer.writerow([origin, *(_cell(values.get(field)) for field in DECIDING)])
    return text.getvalue()


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.0f}" if value == int(value) else f"{value:.6g}"
