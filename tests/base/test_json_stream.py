from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whichcompute.base import json_stream
from whichcompute.base.errors import DataError
from whichcompute.base.json_stream import entries

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(
    whole=st.dictionaries(st.text(), VALUES, max_size=4),
    within=st.dictionaries(st.text(), VALUES, max_size=4),
    indent=st.sampled_from([None, 0, 2]),
    chunk=st.integers(1, 40),
)
def test_entries_are_those_of_the_whole_document(
    whole: dict[str, Any],
    within: dict[str, Any],
    indent: int | None,
    chunk: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.getbasetemp() / "stream.json"
    document = {**whole, "a": {"b": within}}
    path.write_text(json.dumps(document, indent=indent, ensure_ascii=False), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "CHUNK", chunk)
        assert dict(entries(path)) == document
        assert dict(entries(path, "a", "b")) == within
        assert dict(entries(path, "a", "c")) == dict(entries(path, "zz", "b")) == {}
        shallow = {key: None if isinstance(value, dict) else value for key, value in document.items()}
        assert dict(entries(path, shallow=True)) == shallow


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a" 1}', "character 6: not valid JSON: found '1', one of : must come here"),
        ('{"a": 1 "b": 2}', "found '\"', one of , } must come here"),
        ('{"a": tru}', "character 7: not valid JSON: Expecting value"),
        ('{"a": 1', "the file ends within JSON"),
        ("{3: 4}", "character 2: not valid JSON: a key in quotes must come here"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": "' + "x" * 3000, "an entry of more than 2,000 characters"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 1000)
    monkeypatch.setattr(json_stream, "MAX_ENTRY", 2000 if "x" in text else 200_000)
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(DataError) as refused:
        list(entries(path))
    assert str(refused.value).startswith(f"{path}: ") and words in str(refused.value)


def test_bytes_that_are_no_text_and_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(DataError, match="is not UTF-8 text"):
        list(entries(tmp_path / "x"))
    with pytest.raises(DataError, match="no such file"):
        list(entries(tmp_path / "none"))
