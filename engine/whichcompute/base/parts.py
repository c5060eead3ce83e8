"""Parts: the files that outputs are written to before they are renamed over their targets, locked while that lasts.

A part without a lock was left by a run that was killed, and is removed by the next run for the same target.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whichcompute.base.errors import InventoryError, unwritable

try:
    import fcntl
except ImportError:  # Windows: parts are not locked, and none is taken for left over
    fcntl = None  # type: ignore[assignment]  # a module, or none

_TRIES = 100


class Part(io.FileIO):
    """The file of a part: what cannot be written to it is said of its target."""

    def __init__(self, handle: int, target: str) -> None:
        super().__init__(handle, "wb")
        self._target = target

    def write(self, content: Any) -> int:
        """Writes some bytes; InventoryError names the target."""
        try:
            return super().write(content)
        except OSError as error:
            raise InventoryError(unwritable(self._target, error)) from None


def locked_part(folder: Path, name: str) -> tuple[int, Path]:
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


def remove_left_over(folder: Path, name: str) -> bool:
    """Removes the parts that killed runs left, for this target and for the files that belong to it (`NAME.…`).

    Returns whether another run is writing this target.
    """
    ours = re.compile(rf"\.{re.escape(name)}(\..+)?\.[a-z0-9_]{{8}}\.part")
    entries: list[str] = []
    with contextlib.suppress(OSError):  # a folder may be written to and not be listed
        entries = os.listdir(folder)
    busy = False
    for part in filter(ours.fullmatch, entries):
        with contextlib.suppress(OSError):  # gone meanwhile, or of another user
            locked = not _remove_unlocked(folder / part)
            busy |= locked and part[len(name) + 1 :].count(".") == 2  # `.NAME.xxxxxxxx.part`
    return busy


def _remove_unlocked(part: Path) -> bool:
    """Whether a part could be removed: not while another run holds its lock."""
    handle = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        taken = _take(handle)
        if taken:
            for beside in part.parent.glob(f"{glob.escape(part.name)}.*"):  # pieces of a Parquet file
                shutil.rmtree(beside, ignore_errors=True)
            part.unlink()
        return taken is not False
    finally:
        os.close(handle)


@contextlib.contextmanager
def folder_locked(folder: Path) -> Iterator[None]:
    """Keeps other runs from looking for parts in the folder and making them, where folders can be locked."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
