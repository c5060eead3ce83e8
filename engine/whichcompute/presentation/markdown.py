"""A recommendation as Markdown: the verdicts as a table with reasons and sources, for a pull request or a wiki.

Every text that comes from a workload, a rule pack or a source is escaped, so none of it can act as Markdown or HTML.
"""

from __future__ import annotations

from collections.abc import Iterator

from whichcompute.base.words import percent
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.presentation.adr import CONSIDERATIONS, cost_range, escape, linked
from whichcompute.presentation.citations import with_address
from whichcompute.presentation.recommendation import key_reasons, standing, status
from whichcompute.recommender.result import Recommendation, Verdict


def markdown(recommendation: Recommendation) -> str:
    """The recommendation as Markdown, one row of the table for each service, best first."""
    return "\n".join(_lines(recommendation))


def _lines(recommendation: Recommendation) -> Iterator[str]:
    yield f"**{escape(recommendation.summary)}**"
    yield f"({standing(recommendation)}; confidence {percent(recommendation.confidence)})"
    yield ""
    yield "| Service | Verdict | Probability | Cost a month (USD) | Reasons | Sources |"
    yield "|---|---|--:|--:|---|---|"
    yield from map(_row, recommendation.verdicts)
    if recommendation.missing:
        titles = ", ".join(escape(DESCRIPTORS[name].title) for name in recommendation.missing)
        yield from ("", f"Unknown, and able to change the recommendation: {titles}.")
    if recommendation.considerations:
        yield from ("", "Settle before you build:", "")
    for item in recommendation.considerations[:CONSIDERATIONS]:
        yield f"- {escape(item.text)} ({', '.join(map(linked, item.sources))})"
    if recommendation.notes:
        yield ""
        yield from (f"- {escape(note)}" for note in recommendation.notes)


def _row(verdict: Verdict) -> str:
    reasons = key_reasons(verdict)
    sources = dict.fromkeys(linked(source) for reason in reasons for source in with_address(reason.sources))
    cells = (
        escape(verdict.name),
        status(verdict),
        "" if verdict.status == "ruled_out" else percent(verdict.probability),
        escape(cost_range(verdict)),
        "<br>".join(f"{escape(reason.text)} ({escape(reason.rule)})" for reason in reasons),
        "<br>".join(sources),
    )
    return f"| {' | '.join(cells)} |"
