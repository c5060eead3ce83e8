from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.base.errors import ModelError
from whichcompute.classifier import model as classifier
from whichcompute.classifier.model_files import FILES, MANIFEST, MODEL, Stored, check_writable, contents, save


@pytest.fixture
def folder(engine: Engine, tmp_path: Path) -> Path:
    return Path(shutil.copytree(engine.model_folder, tmp_path / "model"))


def resigned(folder: Path, name: str, text: str) -> None:
    """Writes a file and its hash, so that only its content can be refused."""
    (folder / name).write_text(text)
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest))


def test_the_shipped_folder_holds_just_its_files(engine: Engine) -> None:
    assert {path.name for path in engine.model_folder.iterdir()} == set(FILES)
    assert set(contents(engine.model_folder)) == set(FILES) - {MANIFEST}


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    save(tmp_path / "m", Stored({"format": 1}, {"majority": {"base": [1]}}, [{"id": "a"}, {"id": "é"}], "card\n"))
    found = contents(tmp_path / "m")
    assert json.loads(found[MODEL]) == {"format": 1}
    assert json.loads(found["decisions.json"])["decisions"] == [{"id": "a"}, {"id": "é"}]
    assert {path.name for path in (tmp_path / "m").iterdir()} == set(FILES)


def test_what_a_killed_run_left_beside_a_model_keeps_nobody_from_reading_or_writing_it(tmp_path: Path) -> None:
    stored = Stored({"format": 1}, {}, [], "card\n")
    save(tmp_path, stored)
    (tmp_path / ".manifest.json.abcd_123.part").write_text("{")
    before = contents(tmp_path)
    save(tmp_path, stored)
    assert contents(tmp_path) == before and not list(tmp_path.glob(".*"))


def test_a_folder_with_other_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(ModelError, match=r"mine\.txt"):
        check_writable(tmp_path)


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (lambda f: shutil.rmtree(f), "no such model folder"),
        (lambda f: (f / MANIFEST).unlink(), "no such file"),
        (lambda f: (f / MANIFEST).write_text("{"), "manifest.json is not JSON"),
        (lambda f: (f / MANIFEST).write_text('{"files": {}}'), "must list model.json"),
        (lambda f: (f / MODEL).write_text("{}"), "SHA-256 differs"),
        (lambda f: (f / "classifier.joblib").write_bytes(pickle.dumps([1])), "classifier.joblib"),
        (lambda f: (f / "decisions.json").unlink(), "decisions.json"),
        (lambda f: resigned(f, MODEL, "[1]"), "model.json must hold an object"),
        (lambda f: resigned(f, MODEL, '{"format": 1}'), "format '1'"),
    ],
    ids=["no folder", "no manifest", "broken manifest", "empty manifest", "changed", "stray", "lost", "list", "format"],
)
def test_a_broken_folder_is_refused(
    break_it: Callable[[Path], object], told: str, folder: Path, engine: Engine
) -> None:
    break_it(folder)
    with pytest.raises(ModelError) as error:
        classifier.load(folder, engine.facts)
    assert told in str(error.value)
    assert "whichcompute train" in str(error.value)


def test_a_place_that_cannot_be_written_is_refused_before_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, _: path != tmp_path)
    with pytest.raises(ModelError, match="cannot be written, as .* is read-only"):
        check_writable(tmp_path / "new" / "model")
