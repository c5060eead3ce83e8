from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whichcompute.base.errors import DataError
from whichcompute.classifier import features
from whichcompute.knowledge import facts
from whichcompute.knowledge.descriptors import DESCRIPTORS

FACTS = facts.load()
SHIPPED = features.load(FACTS)


def test_every_value_of_every_choice_and_boolean_is_a_feature() -> None:
    names = {template.name for template in SHIPPED}
    for descriptor in DESCRIPTORS.values():
        if descriptor.type == "choice":
            assert {f"{descriptor.name} == '{value}'" for value in descriptor.choices} <= names
        if descriptor.type == "boolean":
            assert {f"{descriptor.name} == true", f"{descriptor.name} == false"} <= names
        if descriptor.type == "number":
            assert f"known {descriptor.name}" in names
    assert len(names) == len(SHIPPED)


def test_unknown_is_not_zero() -> None:
    at = {template.name: number for number, template in enumerate(SHIPPED)}
    unknown, none, one = features.matrix(SHIPPED, [{}, {"gpus": 0.0}, {"gpus": 1.0}])[
        :, [at["known gpus"], at["gpus >= 1"]]
    ]
    assert (unknown.tolist(), none.tolist(), one.tolist()) == ([0, 0], [1, 0], [1, 1])


def test_the_matrix_is_what_the_conditions_say() -> None:
    values = {"kind": "server", "environment": "hobby", "traffic": "rare", "memory_mb": 1024.0}
    (row,) = features.matrix(SHIPPED, [values])
    holds = [float(all(c.holds(values) is True for c in template.conditions)) for template in SHIPPED]
    assert np.array_equal(row, holds)
    assert row.sum() == 5  # three values, memory known, and the interaction of the three


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[cuts]\nmemory = [">= 1"]', "'memory', which is no numeric descriptor"),
        ('[cuts]\nkind = [">= 1"]', "'kind', which is no numeric descriptor"),
        ('[cuts]\nmemory_mb = [">= lots"]', "lots"),
        ('[cuts]\nmax_duration_s = ["> lambda.max_duration"]', "lambda.max_duration cannot be a cut"),
        ('[[interaction]]\nname = "x"\nwhen = ["gpus > 0"]', "interaction x: needs name, because and when"),
    ],
)
def test_a_bad_feature_file_is_refused(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "features.toml"
    file.write_text(text)
    with pytest.raises(DataError) as error:
        features.load(FACTS, file)
    assert told in str(error.value)
    assert "features.toml" in str(error.value)
