from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder
from whichcompute.classifier import features
from whichcompute.knowledge import facts
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS

FACTS = facts.load()
SHIPPED = features.load(FACTS)
AT = {line: number for number, line in enumerate(SHIPPED.lines)}


def test_every_deciding_descriptor_is_seen_but_those_that_only_limits_and_prices_read() -> None:
    assert {field.name for field in SHIPPED.fields} == set(DECIDING) - {"region", "outbound_gb_per_month"}
    for field in SHIPPED.fields:
        kind = DESCRIPTORS[field.name].type
        if kind == "boolean":
            assert field.lines == (f"{field.name} == true",)
        if kind == "choice" and len(field.lines) == len(DESCRIPTORS[field.name].choices):
            assert field.cells == tuple(DESCRIPTORS[field.name].choices)


def test_no_condition_asks_whether_a_field_is_known() -> None:
    assert not any(condition.op in ("known", "unknown") for condition in SHIPPED.conditions)


@pytest.mark.parametrize("field", SHIPPED.fields, ids=lambda field: field.name)
def test_the_value_of_a_cell_lies_in_it(field: features.Field) -> None:
    assert [field.cell(value) for value in field.cells] == list(range(len(field.cells)))
    assert sum(SHIPPED.shares[field.name]) == pytest.approx(1)


def test_degrees_of_ordered_conditions_never_fall() -> None:
    for field in SHIPPED.fields:
        if field.cuts:
            rows = SHIPPED.degrees([{field.name: value} for value in field.cells])
            assert (np.diff(rows, axis=0) >= 0).all()


def test_unknown_counts_as_the_average_of_the_reference() -> None:
    unknown, small, large = SHIPPED.degrees([{}, {"memory_mb": 128.0}, {"memory_mb": 4096.0}])
    column = AT["memory_mb >= 1025"]
    assert (small[column], large[column]) == (0.0, 1.0)
    assert unknown[column] == pytest.approx(sum(SHIPPED.shares["memory_mb"][2:]))
    assert not SHIPPED.columns(unknown[None, :]).any()


def test_training_reads_what_the_model_reads() -> None:
    fields = {"protocol": "websocket"}
    assert (SHIPPED.degrees([fields]) == SHIPPED.degrees([{**fields, "max_duration_s": 3600.0}])).all()
    assert (SHIPPED.degrees([{}]) != SHIPPED.degrees([{"max_duration_s": 3600.0}])).any()


def test_a_column_is_the_product_less_its_average() -> None:
    term = (AT["kind == 'website'"], AT["packaging == 'source'"])
    values = {"kind": "website", "packaging": "source"}
    ((both,), (one,)) = SHIPPED.columns(SHIPPED.degrees([values, {"kind": "website"}]), [term])
    website, source = SHIPPED.reference[list(term)]
    assert both == pytest.approx(1 - website * source)
    assert one == pytest.approx(source - website * source)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[cuts]\nmemory = [1]", "'memory' is not a descriptor of type number"),
        ("[cuts]\nkind = [1]", "'kind' is not a descriptor of type number"),
        ("[cuts]\nmemory_mb = [2, 1]", "cuts.memory_mb must be rising numbers above 0"),
        ('[ordered]\nstate = ["stateless"]', "ordered.state must list each of"),
        ('interactions = [["kind == 1"]]', "is not a condition of the features"),
        ("""interactions = [["kind == 'website'", "kind == 'web_api'"]]""", "two conditions on one field"),
    ],
)
def test_a_bad_feature_file_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    shipped = (folder("data") / "features.toml").read_text()
    file = tmp_path / "features.toml"
    cuts = "" if "[cuts]" in text or "[ordered]" in text else shipped[shipped.index("[cuts]") :]
    file.write_text(f"{text}\n{cuts}")
    with pytest.raises(DataError) as error:
        features.load(FACTS, file)
    assert problem in str(error.value)


@pytest.mark.parametrize("row", ["[0.5]", "[0.0, 0.0]", "{ maybe = 1 }", "[-1, 2]"])
def test_a_bad_share_is_refused(row: str, tmp_path: Path) -> None:
    text = (folder("data") / "reference.toml").read_text()
    file = tmp_path / "reference.toml"
    file.write_text(
        "\n".join(f"static_ip = {row}" if line.startswith("static_ip") else line for line in text.splitlines())
    )
    with pytest.raises(DataError, match="static_ip: needs 2 shares from 0, one for each cell"):
        features.load(FACTS, reference=file)
