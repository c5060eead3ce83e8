"""What `whichcompute recommend` adds about costs: where the cheapest service changes, in words and as a chart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from whichcompute.base.words import wrap
from whichcompute.cli.terminal import style, width
from whichcompute.engine import Engine
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value


def break_even(engine: Engine, values: Mapping[str, Value], free_tier: bool) -> str:
    """Where the cheapest service changes, a paragraph for each field; empty where too little is known."""
    found = engine.break_even(values, free_tier=free_tier)
    lines = [style()("Where the cheapest service changes", "title")]
    for each in found:
        text = f"{DESCRIPTORS[each.field].title}: {each.text}"
        lines += wrap(text, width(), "  ", "    ")
    return "\n".join(lines) if found else ""


def save_chart(engine: Engine, values: Mapping[str, Value], free_tier: bool, file: Path) -> None:
    """Writes the chart of monthly costs, whole or not at all."""
    from whichcompute.base.outputs import write_text
    from whichcompute.presentation.charts import cost_chart

    write_text(file, cost_chart(engine.recommender, values, free_tier=free_tier))
