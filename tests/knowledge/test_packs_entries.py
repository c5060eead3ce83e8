from __future__ import annotations

from typing import Any

import pytest

from whichcompute.base.entries import EntryError
from whichcompute.knowledge.packs import rule_entry

ENTRY: dict[str, Any] = {
    "id": "lambda.ours",
    "service": "lambda",
    "effect": "exclude",
    "when": ["gpus > 0"],
    "because": "No GPUs.",
    "sources": ["compute-notes"],
}
VARIANT = {"name": "Other", "says": "It has them.", "sources": ["compute-notes"]}


def test_an_entry_is_read_with_its_variants() -> None:
    entry = rule_entry({**ENTRY, "fires_on": [{"gpus": 1}], "variant": [VARIANT]})
    assert (entry.id, entry.when, entry.fires_on) == ("lambda.ours", ("gpus > 0",), ({"gpus": 1},))
    assert entry.variant[0].says == "It has them." and entry.variant[0].when == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": "Ours"}, "id: 'Ours' must be written"),
        ({"id": 3}, "id: '3' must be a text"),
        ({"service": "lamda"}, "service: 'lamda'; allowed: lambda, fargate"),
        ({"service": ["lambda"]}, "service: .* allowed"),
        ({"effect": "forbid"}, "effect: 'forbid'; allowed: exclude, prefer"),
        ({"strength": {}}, "strength: .* allowed: severe, strong"),
        ({"when": []}, "when: must not be empty"),
        ({"when": "gpus > 0"}, "when: 'gpus > 0' must be a list of texts"),
        ({"when": [1]}, "when: .* must be a list of texts"),
        ({"because": ""}, "because: must not be empty"),
        ({"remedy": 1}, "remedy: '1' must be a text"),
        ({"fires_on": [1]}, "fires_on: .* must be a list of tables"),
        ({"surprise": 1}, "surprise: unknown; allowed: id, service"),
        ({"variant": [{**VARIANT, "says": ""}]}, "variant: says: must not be empty"),
        ({"variant": [{"name": "x"}]}, "variant: says: is missing"),
        ({"variant": [{**VARIANT, "x\x1b": 1}]}, r"variant: x\\x1b: unknown"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_wrong_is_named_with_what_is_allowed(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(EntryError, match=said):
        rule_entry({**ENTRY, **changes})


@pytest.mark.parametrize("part", list(ENTRY))
def test_a_missing_part_is_named(part: str) -> None:
    with pytest.raises(EntryError, match=f"{part}: is missing"):
        rule_entry({name: value for name, value in ENTRY.items() if name != part})
