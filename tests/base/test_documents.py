from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.documents import parse_workload, read_workload
from whichcompute.base.errors import DataError
from whichcompute.knowledge.descriptors import read


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('{"kind": "batch_job", "max_duration_s": "2h", "autoscaling": false}', ".json"),
        ("kind: batch_job\nmax_duration_s: 2h\nautoscaling: no\nos:\n", ".yaml"),
        ('kind = "batch_job"\nmax_duration_s = "2h"\nautoscaling = false\n', ".toml"),
    ],
)
@pytest.mark.parametrize("tell", [True, False], ids=["by its suffix", "by its looks"])
def test_the_three_formats_say_the_same(text: str, suffix: str, tell: bool) -> None:
    fields = parse_workload(text, "x", suffix if tell else "")
    assert read(fields) == {"kind": "batch_job", "max_duration_s": 7200.0, "autoscaling": False}


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "suffix", "words"),
    [
        ("{", "", "not valid JSON"),
        ("[1, 2]", ".json", "a list"),
        ('{"os": "linux", "os": "windows"}', ".json", "is duplicated"),
        ("[" * 100_000, ".json", "JSON"),
        ("", "", "nothing"),
        ("just words", ".yaml", "a text"),
        ("os: linux\nos: windows\n", ".yaml", "line 2: field 'os' is duplicated"),
        ("os: {a: b}\n", ".yaml", "line 1"),
        (BOMB, ".yaml", "aliases"),
        ("!!python/object/apply:os.system ['true']\n", ".yaml", "a list"),
        ("os: [", ".yaml", "not valid YAML"),
        ("[" * 100_000, ".yaml", "YAML"),
        ("os = ", ".toml", "not valid TOML"),
        ("os = " + "[" * 5_000, ".toml", "nested"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_broken_document_is_refused_with_its_name(text: str, suffix: str, words: str) -> None:
    with pytest.raises(DataError, match="given: ") as refused:
        parse_workload(text, "given", suffix)
    assert words in str(refused.value)


def test_a_folder_a_missing_file_and_a_large_file_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * 1_100_000)
    binary = tmp_path / "binary.json"
    binary.write_bytes(bytes(range(256)))
    for path, words in [(tmp_path, "folder"), (tmp_path / "no", "no such file"), (large, "larger"), (binary, "UTF-8")]:
        with pytest.raises(DataError, match=words):
            read_workload(str(path))
