from __future__ import annotations

from typing import Any

import pytest

from whichcompute.base.errors import DataError
from whichcompute.engine import verification
from whichcompute.engine.verification import Verified, botocore_models, verify
from whichcompute.knowledge.facts import load

FACTS = load()
TIMEOUT = "<p>The default is 3 seconds, and the maximum allowed value is <b>1,800</b> seconds.</p>"
DESCRIBED: dict[str, Any] = {
    "shapes": {
        "MemorySize": {"min": 128, "max": 4096},
        "Architecture": {"enum": ["arm64", "x86_64"]},
        "RetentionPeriodInDays": {"max": 90},
        "CreateFunctionRequest": {"members": {"Timeout": {"documentation": TIMEOUT}}},
    }
}


def found(described: dict[str, Any]) -> dict[str, Verified]:
    return {each.fact: each for each in verify(FACTS, lambda api: described)}


def test_values_are_compared_in_the_unit_of_the_fact() -> None:
    results = found(DESCRIBED)
    assert results["lambda.memory_min"].outcome == "same"
    assert results["lambda.architectures"].outcome == "same"
    assert results["lambda.durable_history_max"].outcome == "same"
    assert results["lambda.default_timeout"].outcome == "same"


def test_a_difference_has_both_values_and_the_day_ours_was_read() -> None:
    result = found(DESCRIBED)["lambda.mi_memory_max"]
    assert (result.outcome, result.ours, result.theirs) == ("different", FACTS["lambda.mi_memory_max"], 4096.0)
    dated = FACTS.fact("lambda.mi_memory_max").at(None)
    assert dated is not None and result.read_on == dated.read_on


def test_a_difference_on_record_is_explained_until_it_changes() -> None:
    known = found(DESCRIBED)["lambda.max_duration"]
    assert (known.outcome, known.ours, known.theirs) == ("explained", 900.0, 1800.0) and "quotas page" in known.because
    longer = {"documentation": TIMEOUT.replace("1,800", "3,600")}
    changed = {"shapes": {"CreateFunctionRequest": {"members": {"Timeout": longer}}}}
    assert found(changed)["lambda.max_duration"].outcome == "different"


def test_what_a_description_no_longer_says_is_not_called_a_difference() -> None:
    assert {each.outcome for each in found({"shapes": {}}).values()} == {"not stated"}


def test_without_botocore_the_command_to_type_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "botocore", None)
    with pytest.raises(DataError, match=r"pip install 'whichcompute\[verify\]'"):
        botocore_models()


def test_every_entry_names_a_fact_once_and_is_found_in_the_installed_botocore() -> None:
    pytest.importorskip("botocore")
    model, version = botocore_models()
    results = verify(FACTS, model)
    assert version.startswith("botocore ") and len(results) == len({each.fact for each in results}) > 20
    # Descriptions change with each release; most of them say what they said.
    assert sum(each.outcome == "not stated" for each in results) <= len(results) / 4
    path = verification.folder("data") / "verification.toml"
    assert path.read_text().count("[[check]]") == len(results)
