from __future__ import annotations

import errno
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.base.outputs import Outputs, write_text, write_texts


def write(target: Path | str, content: bytes) -> None:
    with Outputs() as outputs:
        outputs.add(str(target)).file.write(content)


def test_an_output_appears_whole(tmp_path: Path) -> None:
    write(tmp_path / "out.csv", b"x")
    assert (tmp_path / "out.csv").read_bytes() == b"x"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_nothing_is_left_when_the_run_fails(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), Outputs() as outputs:
        outputs.add(str(tmp_path / "old.csv")).file.write(b"half")
        outputs.add(str(tmp_path / "new.csv")).file.write(b"half")
        raise KeyboardInterrupt
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.csv": b"old"}


def test_until_the_end_the_target_is_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    with Outputs() as outputs:
        outputs.add(str(target)).file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"


def test_a_new_file_has_ordinary_rights_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "new", b"")
        (tmp_path / "old").touch(0o600)
        write(tmp_path / "old", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(tmp_path / "link.csv", b"x")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"x"


def test_a_device_stays_a_device() -> None:
    write("/dev/null", b"x")
    assert Path("/dev/null").is_char_device()


def test_a_dash_is_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write("-", b"x,y\n")
    assert capfdbinary.readouterr().out == b"x,y\n"


@pytest.mark.parametrize("name", [".", "missing/out.csv"], ids=["a folder", "a folder that is not there"])
def test_what_cannot_be_written_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InventoryError, match="is a directory|cannot be written"):
        write(tmp_path / name, b"")


def test_a_full_disk_is_told_by_name_and_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(InventoryError, match=r"out\.csv: cannot be written \(No space left"), Outputs() as outputs:
        outputs.add(str(tmp_path / "out.csv"))
        fail()
    assert list(tmp_path.iterdir()) == []


def left_over(folder: Path, name: str) -> Path:
    """A part as a killed run leaves it, with pieces of a Parquet file beside it."""
    part = folder / f".{name}.abcd_123.part"
    part.write_bytes(b"half")
    beside = folder / f"{part.name}.xyz"
    beside.mkdir()
    (beside / "000000000.parquet").touch()
    return part


def test_what_a_killed_run_left_is_removed_by_the_next_for_the_same_target(tmp_path: Path) -> None:
    for name in ("out.csv", "out.csv.rejects.csv", "other.csv", "out.cs"):
        left_over(tmp_path, name)
    (tmp_path / ".out.csv.notes.part").touch()
    write(tmp_path / "out.csv", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".other.csv.abcd_123.part",
        ".other.csv.abcd_123.part.xyz",
        ".out.cs.abcd_123.part",
        ".out.cs.abcd_123.part.xyz",
        ".out.csv.notes.part",
        "out.csv",
    ]


def test_what_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with Outputs() as outputs:
        first = outputs.add(str(target))
        first.file.write(b"first")
        write(target, b"second")
        assert first.part.exists() and target.read_bytes() == b"second"
    assert target.read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_part_stays_locked_until_it_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, replace = tmp_path / "out.csv", os.replace

    def meanwhile(source: Path, destination: Path) -> None:
        monkeypatch.setattr(os, "replace", replace)
        write(target, b"second")
        replace(source, destination)

    monkeypatch.setattr(os, "replace", meanwhile)
    write(target, b"first")
    assert target.read_bytes() == b"first"


def test_many_runs_at_once_never_remove_each_others_parts(tmp_path: Path) -> None:
    def run(number: int) -> None:
        for _ in range(20):
            write(tmp_path / "out.csv", b"%d" % number * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert len(set((tmp_path / "out.csv").read_bytes())) == 1


def test_a_part_that_was_taken_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = tempfile.mkstemp, []

    def once_removed(suffix: str, prefix: str, folder: Path) -> tuple[int, str]:
        handle, name = make(suffix, prefix, folder)
        made.append(name)
        if len(made) == 1:
            os.unlink(name)
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", once_removed)
    write(tmp_path / "out.csv", b"x")
    assert len(made) == 2 and (tmp_path / "out.csv").read_bytes() == b"x"


def test_a_link_that_looks_like_a_part_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / ".out.csv.abcd_123.part").symlink_to(tmp_path / "mine")
    write(tmp_path / "out.csv", b"x")
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_what_goes_wrong_ahead_is_told_at_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(InventoryError, match="cannot be written .Input/output error"), Outputs() as outputs:
        output = outputs.add(str(tmp_path / "out.csv"))
        output.file.write(b"rows")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", broken)
            output.sync_ahead()
            while output._sync is not None and not output._sync.done():
                time.sleep(0.01)
    assert not list(tmp_path.iterdir())


def test_a_text_is_written_as_utf8_with_nothing_left_beside_it(tmp_path: Path) -> None:
    write_text(tmp_path / "record.md", "für\n")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("record.md", "für\n".encode())]


def test_of_several_texts_none_is_written_when_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(InventoryError, match="cannot be written"):
        write_texts({str(tmp_path / "a.json"): "new", str(tmp_path / "no" / "b.json"): "new"})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.json", "old")]
