"""Words for people: wrapped text, lists, counts, amounts of money, and names near a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from whichcompute.base.units import plain

_NARROWEST = 20  # columns: in fewer, words are cut rather than wrapped
_COMPARED = 60  # characters of a name: comparing takes the square of its length
_LEAST = 0.01  # USD


def wrap(text: str, width: int, indent: str = "", hang: str | None = None, *, break_words: bool = True) -> list[str]:
    """A text in lines of at most `width` columns; the lines after the first begin with `hang` (None: with `indent`)."""
    import textwrap

    return textwrap.wrap(
        text,
        max(width, _NARROWEST),
        initial_indent=indent,
        subsequent_indent=indent if hang is None else hang,
        break_long_words=break_words,
        break_on_hyphens=False,
    )


def joined(items: Iterable[str], word: str = "and") -> str:
    """Some items as a list in a sentence.

    >>> joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *others, last = items
    return f"{', '.join(others)} {word} {last}" if others else last


def few(items: Sequence[str], most: int = 12) -> str:
    """Some items as a list, the number of the others behind the first ones.

    >>> few(["a", "b"]), few(["a", "b", "c"], most=1)
    ('a, b', 'a and 2 more')
    """
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def plural(count: float, thing: str) -> str:
    """The name of a thing for so many of it.

    >>> plural(1, "row"), plural(2, "row")
    ('row', 'rows')
    """
    return thing if count == 1 else f"{thing}s"


def counted(count: int, thing: str) -> str:
    """A number of things in words.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {plural(count, thing)}"


def short(count: float) -> str:
    """A count in few digits.

    >>> short(950), short(2_553), short(14_230_000), short(2e9)
    ('950', '2,553', '14.2 million', '2 billion')
    """
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if count >= size:
            return f"{plain(float(f'{count / size:.3g}'))}{word}"
    return plain(float(f"{count:.4g}"))


def usd(amount: float) -> str:
    """An amount of money to the cent, for the lines of an estimate.

    >>> usd(0.1), usd(12137.5)
    ('$0.10', '$12,137.50')
    """
    return f"${amount:,.2f}"


def about(amount: float) -> str:
    """An amount of money as an estimate is worth: two digits, three from 1,000 USD on.

    >>> [about(amount) for amount in (0, 0.004, 0.723, 1.17, 7.21, 54.06, 160.59, 1468.53, 36_833.36, 2_553_000)]
    ['$0', 'under $0.01', '$0.72', '$1.20', '$7', '$54', '$160', '$1,470', '$36,800', '$2.55 million']
    """
    if 0 < amount < _LEAST:
        return "under $0.01"
    rounded = float(f"{amount:.2g}" if amount < 1000 else f"{amount:.3g}")
    if rounded >= 1e6:
        return f"${short(rounded)}"
    return f"${rounded:,.2f}" if 0 < rounded < 5 else f"${rounded:,.0f}"


def estimated(amount: float) -> str:
    """An amount of money in a sentence.

    >>> estimated(54.06), estimated(0.004)
    ('about $54', 'under $0.01')
    """
    return about(amount) if 0 < amount < _LEAST else f"about {about(amount)}"


def nearest(name: str, known: Iterable[str], most: int = 1, *, likeness: float = 0.6) -> list[str]:
    """The known names most like one that is not known, the nearest first; upper and lower case are alike.

    >>> nearest("Memry", ["kind", "memory_mb", "Memory"])
    ['Memory']
    >>> nearest("us-esat-1", ["us-west-1", "us-east-1"])
    ['us-east-1']
    """
    from difflib import get_close_matches

    folded: dict[str, list[str]] = {}
    for each in known:
        folded.setdefault(each.casefold(), []).append(each)
    name = name[:_COMPARED].casefold()
    # Letters that changed places are the most usual slip, and likeness counts them as two.
    near = sorted(get_close_matches(name, folded, most + 2, likeness), key=lambda each: sorted(each) != sorted(name))
    return [each for found in near for each in folded[found]][:most]


def did_you_mean(name: str, known: Iterable[str], most: int = 1) -> str:
    """The known names nearest to one that is not known, to put after the message; empty when none is near.

    >>> did_you_mean("memry_mb", ["kind", "memory_mb"])
    ' (did you mean memory_mb?)'
    """
    near = nearest(name, known, most)
    return f" (did you mean {joined(near, 'or')}?)" if near else ""


_FORMULA = re.compile(r"(?![+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?\Z)[=+\-@\t\r]")


def upper(text: str) -> str:
    """A text with its first letter as a capital, for the start of a sentence or a name in a list."""
    return text[:1].upper() + text[1:]


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: a quote is put before what looks like one but is not a number.

    >>> safe("=1+1"), safe("-5"), safe("web api")
    ("'=1+1", '-5', 'web api')
    """
    return f"'{text}" if _FORMULA.match(text) else text


CERTAIN = 0.97
"""No probability above this is given as a number: so few decisions are known that more cannot be measured."""


def percent(probability: float) -> str:
    """A probability in whole percent.

    >>> percent(0.994), percent(0.68), percent(0.002), percent(0)
    ('>97%', '68%', '<1%', '0%')
    """
    if probability > CERTAIN:
        return f">{CERTAIN:.0%}"
    return "<1%" if 0 < probability < 0.005 else f"{probability:.0%}"
