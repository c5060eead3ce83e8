"""Output files that appear whole or not at all: written beside their target, then renamed over it."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from engine.errors import InventoryError

STANDARD = "-"
_COPY = 1 << 20


class Output:
    """A file in the making. It reaches its target with `commit`; `discard` leaves the target as it was.

    `-` is standard output; it, pipes and devices get the whole content at the commit.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self._path = Path(target).resolve()
        self._direct = target == STANDARD or (self._path.exists() and not self._path.is_file())
        if target != STANDARD and self._path.is_dir():
            raise InventoryError(f"{target}: is a folder, a file is needed")
        try:
            folder = None if self._direct else self._path.parent
            handle, name = tempfile.mkstemp(".part", f".{self._path.name}.", folder)
        except OSError as error:
            raise InventoryError(f"{target}: cannot be written ({error.strerror})") from None
        self.part = Path(name)
        self.file: BinaryIO = os.fdopen(handle, "wb")

    def commit(self) -> None:
        """Puts the content in its place."""
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
        """Removes what was written so far."""
        with contextlib.suppress(OSError):
            self.file.close()
        self.part.unlink(missing_ok=True)


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
            raise InventoryError(f"{output.target}: cannot be written ({failed.strerror})") from None
        finally:
            for output in self._open:
                output.discard()
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            names = ", ".join(output.target for output in self._open)
            raise InventoryError(f"{names}: cannot be written ({error.strerror})") from None
