"""Colours and letters: what every chart is drawn in, for readers with a light and with a dark scheme.

Colours are CSS variables (`--wc-…` on `.wc-chart`), so a page around a chart may set its own; attributes beside them
serve viewers that know no CSS.
"""

from __future__ import annotations

from html import escape

from whichcompute.knowledge.services import RECORDS

COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#14171c"),
    "ink": ("#1c2128", "#e8eaed"),
    "soft": ("#5b6470", "#a3abb6"),
    "rule": ("#e3e6ea", "#2b3038"),
    **{service: record.colours for service, record in RECORDS.items()},
}
"""Colours by role or service, for a light and for a dark scheme; all readable as text on the paper."""


def style() -> str:
    """The rules for both schemes, for a `style` element."""
    light, dark = (";".join(f"--wc-{role}:{pair[n]}" for role, pair in COLOURS.items()) for n in (0, 1))
    used = "".join(f".wc-chart .s-{r}{{stroke:var(--wc-{r})}}.wc-chart .f-{r}{{fill:var(--wc-{r})}}" for r in COLOURS)
    scheme = f"@media (prefers-color-scheme:dark){{.wc-chart{{{dark}}}}}"
    return f".wc-chart{{color-scheme:light dark;fill:var(--wc-ink);{light}}}{scheme}{used}"


def look(fill: str = "", stroke: str = "") -> str:
    """The attributes for these colours; what has a stroke only is not filled."""
    classes = " ".join([f"f-{fill}"] * bool(fill) + [f"s-{stroke}"] * bool(stroke))
    filled = f'fill="{COLOURS[fill][0] if fill else "none"}"'
    return f'class="{classes}" {filled}' + (f' stroke="{COLOURS[stroke][0]}"' if stroke else "")


def text_at(x: float, y: float, words: str, attributes: str = "") -> str:
    """A text element, escaped."""
    return f'<text x="{x}" y="{y}" {attributes}>{escape(words)}</text>'.replace(" >", ">")
