from __future__ import annotations

import json
from pathlib import Path

from whichcompute.classifier.model_files import CARD, MODEL
from whichcompute.training.candidates import FAMILIES


def test_the_card_names_its_command_and_every_family(trained: Path) -> None:
    card = (trained / CARD).read_text()
    assert card.startswith("# Model card\n\nWritten by `whichcompute train --cases ours.csv --out small`.")
    assert all(f"| {family.title} |" in card for family in FAMILIES.values())


def test_the_card_tells_the_weights_of_the_model_beside_it(trained: Path) -> None:
    model = json.loads((trained / MODEL).read_text())
    card = (trained / CARD).read_text()
    assert f"Temperature {model['temperature']:.3f}; {len(model['features'])} features" in card
    assert f"prefer strong {model['rule_weights']['prefer']['strong']:.2f}" in card


def test_no_table_of_the_card_has_a_ragged_row(trained: Path) -> None:
    widths = [line.count("|") for line in (trained / CARD).read_text().splitlines() if line.startswith("|")]
    assert len(set(widths)) <= 6
    assert "nan" not in (trained / CARD).read_text()
