from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.base.outputs import Outputs, refuse_to_overwrite, write_text, write_texts


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


def test_what_a_standard_stream_is_redirected_into_is_not_emptied(tmp_path: Path) -> None:
    script = "from whichcompute.base.outputs import ERRORS, write_texts; write_texts({'/dev/stdout': 'b', ERRORS: 'd'})"
    kept = tmp_path / "kept"
    kept.write_text("a")
    with kept.open("a") as file:
        subprocess.run([sys.executable, "-c", script], stdout=file, stderr=file, check=True)
    assert kept.read_text() == "abd"


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


def test_a_second_run_for_the_same_target_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with Outputs() as outputs:
        outputs.add(str(target)).file.write(b"first")
        with pytest.raises(InventoryError, match=r"out\.csv: another run is writing it"):
            write(target, b"second")
    assert target.read_bytes() == b"first"
    write(target, b"third")
    assert target.read_bytes() == b"third"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_many_runs_at_once_write_whole_files_or_are_refused(tmp_path: Path) -> None:
    def run(number: int) -> int:
        written = 0
        for _ in range(20):
            try:
                write(tmp_path / "out.csv", b"%d" % number * 1000)
                written += 1
            except InventoryError as error:
                assert "another run is writing it" in str(error)
        return written

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) >= 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert len(set((tmp_path / "out.csv").read_bytes())) == 1


def test_all_outputs_are_complete_before_the_first_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", full_from(2))
    with pytest.raises(InventoryError, match=r"b: cannot be written \(No space"), Outputs() as outputs:
        for name in "ab":
            outputs.add(str(tmp_path / name)).file.write(b"new")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"old"}


def full_from(call: int) -> Callable[[int], None]:
    """A stand-in for fsync: the disk is full from this call on."""
    calls = iter(range(1, 100))

    def fsync(_handle: int) -> None:
        if next(calls) >= call:
            raise OSError(errno.ENOSPC, "No space left on device")

    return fsync


def test_a_file_that_cannot_be_renamed_puts_the_others_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if target.name == "c":
            raise OSError(errno.EPERM, "Operation not permitted")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InventoryError, match="c: cannot be written"):
        write_texts({str(tmp_path / name): "new" for name in "abc"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old"}


def test_an_interrupt_between_two_renames_comes_after_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def interrupted(source: Path, target: Path) -> None:
        replace(source, target)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(os, "replace", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with SIGINT ignored
    try:
        with pytest.raises(KeyboardInterrupt):
            write_texts({str(tmp_path / name): "new" for name in "abc"})
    finally:
        signal.signal(signal.SIGINT, before)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "new", "b": "new", "c": "new"}


def test_a_pipe_without_a_name_in_a_folder_gets_the_content() -> None:
    read, written = os.pipe()
    write(f"/dev/fd/{written}", b"x")
    os.close(written)
    assert os.read(read, 10) == b"x"
    os.close(read)


def test_a_reader_that_closes_its_pipe_does_not_keep_the_files_from_being_written(tmp_path: Path) -> None:
    read, written = os.pipe()
    os.close(read)
    with pytest.raises(BrokenPipeError):
        write_texts({f"/dev/fd/{written}": "x" * (1 << 20), str(tmp_path / "report"): "y"})
    os.close(written)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"report": "y"}


def test_a_loop_of_symbolic_links_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InventoryError, match="loop: symbolic links that form a loop"):
        write(tmp_path / "loop", b"")


def test_the_longest_name_that_a_folder_takes_can_be_written(tmp_path: Path) -> None:
    write(tmp_path / ("a" * 255), b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a" * 255]


def test_no_output_replaces_an_input_or_another_output_even_with_force(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").touch()
    with pytest.raises(InventoryError, match=r"map\.yaml is read by this run"):
        refuse_to_overwrite([tmp_path / "." / "map.yaml"], True, [tmp_path / "map.yaml"])
    with pytest.raises(InventoryError, match="out is used for two outputs"):
        refuse_to_overwrite([tmp_path / "out", tmp_path / "out"], True)
    refuse_to_overwrite(["-", "-", None, "/dev/null"], True, [None, "-"])


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
