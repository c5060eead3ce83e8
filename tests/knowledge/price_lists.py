"""Price lists written for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from whichcompute.knowledge.facts import Facts

READ = 'source = "house-judgement", read_on = 2026-11-01'


def price_list(path: Path, region: str, prices: Mapping[str, str]) -> Path:
    """A price list with these values, each as TOML."""
    lines = [f'    {{ id = "{id_}", value = {value}, {READ} }},' for id_, value in prices.items()]
    path.write_text("\n".join([f'region = "{region}"', "price = [", *lines, "]\n"]))
    return path


def times(facts: Facts, factor: float) -> dict[str, str]:
    """Every price of the facts times a factor, as the values of a price list."""
    prices = {}
    for fact in facts.all():
        value = facts.get(fact.id)
        if fact.by_region and isinstance(value, list):
            prices[fact.id] = f"[{', '.join(_row(row, factor) for row in value)}]"
        elif fact.by_region:
            prices[fact.id] = repr(value * factor)
    return prices


def _row(row: object, factor: float) -> str:
    assert isinstance(row, dict)
    parts = []
    for name, value in row.items():
        number = value * factor if name.startswith("usd") else value
        parts.append(f'{name} = "{number}"' if isinstance(number, str) else f"{name} = {str(number).lower()}")
    return f"{{ {', '.join(parts)} }}"
