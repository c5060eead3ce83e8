"""The report page: one HTML file that needs no network and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from whichcompute.base.errors import printable
from whichcompute.base.version import VERSION
from whichcompute.base.words import about, percent
from whichcompute.inventory.run import Outcome
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.rules import PLACEHOLDER, Rule, say_fact
from whichcompute.knowledge.services import SERVICE_NAMES
from whichcompute.presentation.report.crossing import crossings
from whichcompute.presentation.report.figures import DECISIONS, figures
from whichcompute.presentation.report.listing import borderline, listing
from whichcompute.presentation.report.portfolio import sums
from whichcompute.presentation.scoring import place_name, reject_lines
from whichcompute.recommender.columns import ColumnRecommender
from whichcompute.recommender.recommender import Recommender

_FOLDER = Path(__file__).parent
_WORDS = {
    "decided": "decided",
    "close": "close",
    "undecided": "undecided",
    "none": "outside these services",
    "skipped": "skipped",
}
_EFFECTS = {"exclude": "rules out", "prefer": "favours", "caution": "counts against"}
_RULE_ID = re.compile(r"\[([a-z0-9_]+\.[a-z0-9-]+)\]")


def report_page(outcome: Outcome, columns: ColumnRecommender) -> bytes:
    """The page for a finished run that was counted with `report`."""
    recommender = columns.recommender
    pack = recommender.aggregator.pack
    rows = outcome.tally.listed()
    data = listing(columns, rows, pack)
    counted = figures(outcome, columns, pack, rows)
    style, script = (_read(name) for name in ("page.css", "page.js"))
    texts = data["reasons"]["texts"]
    names = SERVICE_NAMES | {place: place_name(place) for place in places()}
    return (
        _template()
        .render(
            f=counted,
            inventory=outcome.inventory if outcome.inventory != "-" else "standard input",
            preset=outcome.map.name,
            as_of=pack.facts.as_of,
            version=VERSION,
            fingerprint=recommender.fingerprint,
            lifted=pack.lifted,
            words=_WORDS,
            effects=_EFFECTS,
            service_names=SERVICE_NAMES,
            legend=[role for role in (*DECISIONS, "skipped") if counted.decisions[role]],
            listed=rows.height,
            rule_ids=sorted({id_ for text in texts for id_ in _RULE_ID.findall(text)}),
            freeing=max((line for line in counted.blocking if line.alone), key=lambda line: line.alone, default=None),
            borderline=borderline(rows),
            crossings=crossings(rows, recommender),
            portfolio=sums(outcome.tally.portfolio(recommender.costs)),
            about=about,
            remedy=lambda rule: _remedy(rule, recommender),
            **_read_or_not(outcome),
            answers={answer: name for answer, name in names.items() if answer in data["shared"]["answer"]["texts"]},
            names=names,
            data=_json({**data, "names": names, "words": _WORDS}),
            style=Markup(style),
            script=Markup(script),
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
        .encode("utf-8", "replace")  # names of files need not be text
    )


def _read_or_not(outcome: Outcome) -> dict[str, Any]:
    """What the page says of rows and cells that could not be read as they were."""
    return {
        "rejected": outcome.tally.rejects,
        "rejects": reject_lines(outcome.tally),
        "rejects_file": outcome.rejects_file and printable(outcome.rejects_file),
        "mended": outcome.tally.normalised,
        "skips": outcome.tally.skips,
    }


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["percent"] = percent
    return environment.get_template("page.html.j2")


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(data: object) -> Markup:
    """Data within a script element: no character of it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _remedy(rule: Rule, recommender: Recommender) -> str:
    """What would lift a limit, its facts filled in; what depends on the workload stays general."""
    facts = recommender.aggregator.pack.facts
    return PLACEHOLDER.sub(lambda key: say_fact(facts, key[1]) if key[1] in facts else "its value", rule.entry.remedy)
