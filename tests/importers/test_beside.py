from __future__ import annotations

from pathlib import Path

from whichcompute.importers.beside import MAX_BYTES, Files, files_of
from whichcompute.importers.found import Findings
from whichcompute.importers.nodes import Node


def test_no_file_outside_the_folder_is_read(tmp_path: Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    (tmp_path / "secret.json").write_text("[]")
    (top / "link.json").symlink_to(tmp_path / "secret.json")
    (top / "large.json").write_text(" " * (MAX_BYTES + 1))
    (top / "own.json").write_text("[]")
    files = Files(top, top)
    names = ["../secret.json", str(tmp_path / "secret.json"), "link.json", "large.json", "", "\x00", "own.json"]
    assert [files.text(Node(name, 1)).value for name in names] == [None] * 6 + ["[]"]


def test_a_file_that_is_read_has_its_name_from_where_the_scan_began(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.yml").write_text("b: 1")
    files = files_of(Findings("a/main.yml", tmp_path / "a" / "main.yml", tmp_path))
    assert files.text(Node("x.yml", 1)).file == "a/x.yml" and files.used == ["a/x.yml"]
    assert files_of(Findings("text")).text(Node("x.yml", 1)).value is None
