"""Output files that appear whole or not at all: written beside their target, then renamed over it.

What is being written is locked. A part without a lock was left by a run that was killed, and is removed by the
next run for the same target.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from whichcompute.base.errors import InventoryError, unwritable

try:
    import fcntl
except ImportError:  # Windows: parts are not locked, and none is taken for left over
    fcntl = None  # type: ignore[assignment]  # a module, or none

STANDARD = "-"
_COPY = 1 << 20
_TRIES = 100


class Output:
    """A file in the making. It reaches its target with `commit`; `discard` leaves the target as it was.

    `-` is standard output; it, pipes and devices get the whole content at the commit.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self._path = Path(target).resolve()
        self._direct = target == STANDARD or (self._path.exists() and not self._path.is_file())
        if target != STANDARD and self._path.is_dir():
            raise InventoryError(f"{target}: is a directory; a file is needed")
        try:
            folder = Path(tempfile.gettempdir()) if self._direct else self._path.parent
            _remove_left_over(folder, self._path.name)
            handle, self.part = _locked_part(folder, self._path.name)
        except OSError as error:
            raise InventoryError(unwritable(target, error)) from None
        self._lock = os.dup(handle)  # holds the lock beyond the end of writing
        self.file: BinaryIO = os.fdopen(handle, "wb")
        self._syncs = ThreadPoolExecutor(1)
        self._sync: Future[None] | None = None

    def sync_ahead(self) -> None:
        """Starts to flush the content so far to the disk in the background; a commit then waits for the rest.

        Raises the OSError of an earlier one: the system reports it only once.
        """
        if self._direct or (self._sync is not None and not self._sync.done()):
            return
        if self._sync is not None:
            self._sync.result()
        self._sync = self._syncs.submit(os.fsync, self._lock)

    def commit(self) -> None:
        """Writes the content to its target."""
        if self._sync is not None:
            self._sync.result()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if self._direct:
            with self.part.open("rb") as content:
                self._copy(content)
            self.part.unlink()
            return
        os.chmod(self.part, _mode(self._path))
        os.replace(self.part, self._path)
        _sync_folder(self._path.parent)

    def _copy(self, content: BinaryIO) -> None:
        if self.target == STANDARD:
            shutil.copyfileobj(content, sys.stdout.buffer, _COPY)
            sys.stdout.buffer.flush()
        else:
            with self._path.open("wb") as target:
                shutil.copyfileobj(content, target, _COPY)

    def discard(self) -> None:
        """Removes what was written so far; after `commit` there is nothing to remove."""
        self._syncs.shutdown()
        with contextlib.suppress(OSError):
            self.file.close()
        self.part.unlink(missing_ok=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _locked_part(folder: Path, name: str) -> tuple[int, Path]:
    """A new file for a part, locked as long as it is open."""
    for _ in range(_TRIES):
        handle, part = tempfile.mkstemp(".part", f".{name}.", folder)
        if _take(handle) is not False and os.path.lexists(part):
            return handle, Path(part)
        os.close(handle)  # another run saw it before it was locked and took it for left over
    raise OSError(0, "another process removes the file while it is written")


def _take(handle: int) -> bool | None:
    """Whether the lock of an open file could be taken; None where files cannot be locked."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _remove_left_over(folder: Path, name: str) -> None:
    """Removes the parts that killed runs left, for this target and for the files that belong to it (`NAME.…`)."""
    ours = re.compile(rf"\.{re.escape(name)}(\..+)?\.[a-z0-9_]{{8}}\.part")
    entries: list[str] = []
    with contextlib.suppress(OSError):  # a folder may be written to and not be listed
        entries = os.listdir(folder)
    for part in filter(ours.fullmatch, entries):
        with contextlib.suppress(OSError):  # gone meanwhile, or of another user
            _remove_unlocked(folder / part)


def _remove_unlocked(part: Path) -> None:
    handle = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        if _take(handle):
            for beside in part.parent.glob(f"{glob.escape(part.name)}.*"):  # pieces of a Parquet file
                shutil.rmtree(beside, ignore_errors=True)
            part.unlink()
    finally:
        os.close(handle)


def _mode(path: Path) -> int:
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems cannot, and the rename itself is done
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Outputs:
    """Several outputs that are kept together: all are committed at the end of a `with` block, or none."""

    def __init__(self) -> None:
        self._open: list[Output] = []

    def __enter__(self) -> Outputs:
        return self

    def add(self, target: str) -> Output:
        """A further output."""
        output = Output(target)
        self._open.append(output)
        return output

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for output in self._open:
                    output.commit()
        except OSError as failed:
            raise InventoryError(unwritable(output.target, failed)) from None
        finally:
            for output in self._open:
                output.discard()
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            names = ", ".join(output.target for output in self._open)
            raise InventoryError(unwritable(names, error)) from None


def refuse_to_overwrite(files: Iterable[str | Path | None], force: bool = False) -> None:
    """Raises InventoryError for the first file that exists, unless `force` is set."""
    for name in files:
        if name is not None and str(name) != STANDARD and Path(name).is_file() and not force:
            raise InventoryError(f"{name}: exists; choose another output, or give --force to overwrite it")


def write_text(target: str | Path, text: str) -> None:
    """Writes a text file, whole or not at all; InventoryError says why it cannot be written."""
    write_texts({str(target): text})


def write_texts(texts: Mapping[str, str]) -> None:
    """Writes some text files, in their order and only when all could be prepared."""
    with Outputs() as outputs:
        for target, text in texts.items():
            outputs.add(target).file.write(text.encode())
