from __future__ import annotations

import os
from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.importers.walk import candidates


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def names(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in candidates(root)]


def test_only_files_that_may_matter_are_named(tmp_path: Path) -> None:
    make(tmp_path, "a.yml", "b.py", "Dockerfile", "Procfile", "sub/c.tf", "fly.toml", "pyproject.toml", "my.crontab")
    assert names(tmp_path) == ["Dockerfile", "Procfile", "a.yml", "fly.toml", "my.crontab", "sub/c.tf"]


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_named_gitignore_and_is_no_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    make(tmp_path, "repository/a.yml", "rules")
    (tmp_path / "rules").write_text("a.yml\n")
    own = tmp_path / "repository" / ".gitignore"
    os.mkfifo(own) if kind == "pipe" else own.symlink_to(tmp_path / "rules")
    assert names(tmp_path / "repository") == ["a.yml"]


def test_gitignore_is_respected(tmp_path: Path) -> None:
    make(tmp_path, "a.yml", "out/b.yml", "keep/c.yml", "deep/x/y/d.yml", "e.gen.json", "f[1].json", "g1.json", "h.json")
    (tmp_path / ".gitignore").write_text("# no\n/out/\n*.gen.*\ndeep/**/d.yml\ng[0-9].json\nh.*\n!h.json\n\n!\n")
    (tmp_path / "keep" / ".gitignore").write_text("c.yml\n")
    assert names(tmp_path) == ["a.yml", "f[1].json", "h.json"]


def test_hostile_patterns_end(tmp_path: Path) -> None:
    make(tmp_path, "a" * 200 + ".yml")
    (tmp_path / ".gitignore").write_text("*a" * 60 + "b\n" + "**/" * 60 + "b\n[z-a]\n[\n")
    assert len(names(tmp_path)) == 1


def test_links_lead_nowhere_outside(tmp_path: Path) -> None:
    make(tmp_path, "outside/a.yml", "root/b.yml")
    root = tmp_path / "root"
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "c.yml").symlink_to(tmp_path / "outside" / "a.yml")
    (root / "d.yml").symlink_to(root / "b.yml")
    (root / "loop").symlink_to(root)
    (root / "gone.yml").symlink_to(root / "nothing")
    assert names(root) == ["b.yml", "d.yml"]


def test_packages_of_others_are_not_walked(tmp_path: Path) -> None:
    make(tmp_path, "node_modules/a/b.yml", ".git/c.yml", ".terraform/d.tf", "e.yml")
    assert names(tmp_path) == ["e.yml"]


def test_a_file_is_always_read_and_a_missing_one_is_named(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    assert list(candidates(tmp_path / "a.txt")) == [tmp_path / "a.txt"]
    with pytest.raises(DataError, match="no such file"):
        list(candidates(tmp_path / "b"))


def test_a_file_of_our_own_excludes_what_git_keeps(tmp_path: Path) -> None:
    make(tmp_path, "compose.yml", "compose.dev.yml", "examples/a.yml", "sub/compose.dev.yml")
    (tmp_path / ".gitignore").write_text("compose.yml\n")
    (tmp_path / ".whichcomputeignore").write_text("# for developers alone\ncompose.dev.yml\n/examples/\n!compose.yml\n")
    assert names(tmp_path) == ["compose.yml"]
