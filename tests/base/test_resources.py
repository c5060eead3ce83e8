from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base import resources
from whichcompute.base.errors import DataError


@pytest.mark.parametrize("name", ["rules", "data", "models"])
def test_the_shipped_folders_are_found(name: str) -> None:
    assert resources.folder(name).is_dir()


def test_a_folder_that_is_missing_is_said() -> None:
    with pytest.raises(DataError, match="nothing"):
        resources.folder("nothing")


def test_reading_is_bounded_and_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    assert resources.read_bytes(path, 5) == b"12345"
    with pytest.raises(DataError, match="f: larger than 4 bytes"):
        resources.read_bytes(path, 4)


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert resources.read_toml(path) == {"a": 1}


def test_shipped_tables_are_read_as_the_careful_reader_reads_them() -> None:
    paths = [path for name in ("rules", "data") for path in resources.folder(name).rglob("*.toml")]
    assert len(paths) > 40
    for path in paths:
        quickly = resources.read_toml(path)
        assert repr(quickly) == repr(resources.parse_toml(path.read_text("utf-8"), path.name)), path


def test_a_shipped_table_with_an_error_is_said_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_is_shipped", lambda _path: True)
    path = tmp_path / "f.toml"
    path.write_text("a = 1\nb = \n")
    with pytest.raises(DataError, match=r"f\.toml: not valid TOML: .*line 2, column 5"):
        resources.read_toml(path)


@pytest.mark.parametrize("text", ['a = "x \u202e y"', '"\u2066a" = 1', 'a = "\\u202e"'])
def test_characters_that_change_the_order_of_a_text_are_refused(text: str) -> None:
    with pytest.raises(DataError, match="control characters are not read"):
        resources.parse_toml(text, "given")


def test_a_key_of_very_many_parts_is_refused_at_once() -> None:
    with pytest.raises(DataError, match="nested"):
        resources.parse_toml(".".join("a" * 100_000) + ' = "\\t"', "given")


@pytest.mark.parametrize("text", ["a = [", "a = 1\na = 2", "a = " + "[" * 1000 + "]" * 1000, "x" * 1000])
def test_broken_toml_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(DataError, match="given"):
        resources.parse_toml(text, "given")
