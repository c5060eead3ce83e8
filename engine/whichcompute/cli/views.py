"""Results as text for this terminal: recommendations, what-ifs, paths, and what would change an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from whichcompute.base.words import wrap
from whichcompute.cli.terminal import json_text, style, width
from whichcompute.knowledge.descriptors import DESCRIPTORS

if TYPE_CHECKING:
    from whichcompute.counterfactual.break_even import BreakEven
    from whichcompute.counterfactual.paths import Flip
    from whichcompute.counterfactual.paths import Path as PathTo
    from whichcompute.counterfactual.what_if import WhatIf
    from whichcompute.recommender.result import Recommendation

Form: TypeAlias = Literal["text", "json", "markdown"]


def recommendation(result: Recommendation, form: Form, full: bool = False) -> str:
    """A recommendation as text, JSON or Markdown."""
    if form == "json":
        return json_text(result)
    if form == "markdown":
        from whichcompute.presentation.markdown import markdown

        return markdown(result)
    from whichcompute.presentation.recommendation import render

    return render(result, full=full, width=width(), style=style())


def what_if(change: WhatIf, form: Form) -> str:
    """Before and after some changes, as text or JSON."""
    from whichcompute.presentation.changes import render_what_if

    return json_text(change) if form == "json" else render_what_if(change, width=width(), style=style())


def path(found: PathTo, form: Form) -> str:
    """The path to a service, as text or JSON."""
    from whichcompute.presentation.changes import render_path

    return json_text(found) if form == "json" else render_path(found, width=width(), style=style())


def sensitivity(flips: Sequence[Flip]) -> str:
    """The single answers that would change the recommendation, in words."""
    from whichcompute.presentation.changes import render_sensitivity

    return render_sensitivity(flips, width=width(), style=style())


def break_even(found: Sequence[BreakEven]) -> str:
    """Where the cheapest service changes, a paragraph for each field; empty where too little is known."""
    lines = [style()("Where the cheapest service changes", "title")]
    for each in found:
        text = f"{DESCRIPTORS[each.field].title}: {each.text}"
        for part in (text, each.assumed.text if each.assumed else ""):
            lines += wrap(part, width(), "  ", "    ") if part else []
    return "\n".join(lines) if found else ""
