"""Output files that appear whole or not at all: written beside their target, then renamed over it.

What is being written is locked, so that a second run for the same target is refused (see `parts`).
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from whichcompute.base.errors import InventoryError, unwritable
from whichcompute.base.parts import Part, folder_locked, locked_part, remove_left_over

STANDARD, ERRORS = "-", "/dev/stderr"
"""Standard output and standard error."""
_STANDARD = {STANDARD: "stdout", "/dev/stdout": "stdout", ERRORS: "stderr"}
_COPY = 1 << 20
_STREAMS = ("/dev/", "/proc/")
_LONGEST = 240
"""Bytes of a target's name that the name of its part keeps: file systems allow 255 in all."""
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def resolved(name: str | Path) -> Path:
    """The file that a name refers to, symbolic links followed; InventoryError where they form a loop."""
    try:
        return Path(name).resolve()
    except (RuntimeError, OSError):
        raise InventoryError(f"{name}: symbolic links that form a loop; name the file itself") from None


def is_stream(name: str) -> bool:
    """Whether a name means standard output, a pipe or a device: written to as it is, nothing is beside it."""
    return name == STANDARD or name.startswith(_STREAMS) or (os.path.exists(name) and not os.path.isfile(name))


class Output:
    """A file in the making. It reaches its target with `prepare` and `commit`; `discard` leaves the target as it was.

    `-` is standard output; it, pipes and devices (`stream`) get the whole content at the commit. What this process has
    open is not opened again by its name, which would empty a file that it is redirected into.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.path = resolved(target)
        self.stream = is_stream(target)
        if target != STANDARD and self.path.is_dir():
            raise InventoryError(f"{target}: is a directory; a file is needed")
        try:
            folder = Path(tempfile.gettempdir()) if self.stream else self.path.parent
            name = os.fsdecode(os.fsencode(self.path.name)[:_LONGEST])
            with folder_locked(folder):
                busy = remove_left_over(folder, name)
                if busy and not self.stream:
                    raise InventoryError(f"{target}: another run is writing it; wait for its end, or choose another")
                handle, self.part = locked_part(folder, name)
        except OSError as error:
            raise InventoryError(unwritable(target, error)) from None
        self._lock = os.dup(handle)  # holds the lock beyond the end of writing
        self.file: BinaryIO = io.BufferedWriter(Part(handle, target))
        self._syncs = ThreadPoolExecutor(1)
        self._sync: Future[None] | None = None

    def sync_ahead(self) -> None:
        """Starts to flush the content so far to the disk in the background; a commit then waits for the rest.

        Raises the OSError of an earlier one: the system reports it only once.
        """
        if self.stream or (self._sync is not None and not self._sync.done()):
            return
        if self._sync is not None:
            self._sync.result()
        self._sync = self._syncs.submit(os.fsync, self._lock)

    def prepare(self) -> None:
        """Brings all of the content to the disk, so that a commit needs no more space."""
        if self._sync is not None:
            self._sync.result()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        if not self.stream:
            os.chmod(self.part, _mode(self.path))

    def commit(self) -> None:
        """Writes the content to its target."""
        if not self.stream:
            os.replace(self.part, self.path)
            _sync_folder(self.path.parent)
            return
        with self.part.open("rb") as content:
            if name := _STANDARD.get(self.target):
                standard = getattr(sys, name)
                standard.flush()
                shutil.copyfileobj(content, standard.buffer, _COPY)
                standard.buffer.flush()
            else:
                # By its name as given: a pipe such as /dev/fd/63 has no other.
                with Path(self.target).open("wb") as target:
                    shutil.copyfileobj(content, target, _COPY)

    def discard(self) -> None:
        """Removes what was written so far; after `commit` there is nothing to remove."""
        self._syncs.shutdown()
        with contextlib.suppress(OSError, InventoryError):
            self.file.close()
        self.part.unlink(missing_ok=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


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

    def __exit__(self, kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if kind is None:
                _commit(self._open)
        finally:
            for output in self._open:
                output.discard()
        if isinstance(error, OSError) and error.errno is not None and error.filename is None:
            names = ", ".join(output.target for output in self._open)
            raise InventoryError(unwritable(names, error)) from None


def _commit(outputs: Sequence[Output]) -> None:
    """Writes all outputs: what can fail comes first, and no signal ends the run between two renames.

    BrokenPipeError if the reader of a stream has closed it, as `head` does; the files are then written all the same.
    """
    closed: BrokenPipeError | None = None
    for output in outputs:
        with _naming(output):
            output.prepare()
    for output in outputs:
        if output.stream:
            try:
                with _naming(output):
                    output.commit()
            except BrokenPipeError as error:
                closed = error
    with _signals_held():
        _replace([output for output in outputs if not output.stream])
    if closed is not None:
        raise closed


def _replace(outputs: Sequence[Output]) -> None:
    """Renames all over their targets; if one cannot be renamed, the targets before it get back what they were."""
    kept: list[tuple[Output, Path]] = []
    try:
        for output in outputs:
            before = output.part.with_suffix(".old")
            try:
                if len(outputs) > 1:
                    os.link(output.path, before)
            except OSError:  # a file system without hard links, or a new file
                before = before if output.path.exists() else output.path
            with _naming(output):
                output.commit()
            kept.append((output, before))
    except InventoryError:
        for done, before in kept:
            if before == done.path:
                done.path.unlink()
            elif before.exists():
                os.replace(before, done.path)
        raise
    finally:
        for output in outputs:
            output.part.with_suffix(".old").unlink(missing_ok=True)


@contextlib.contextmanager
def _naming(output: Output) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InventoryError(unwritable(output.target, error)) from None


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Delivers signals that would end the run only at the end of the block; only the main thread gets any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number in _SIGNALS:
        if before[number] not in (None, signal.SIG_IGN):
            signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler not in (None, signal.SIG_IGN):
                signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def refuse_to_overwrite(
    files: Iterable[str | Path | None], force: bool = False, inputs: Iterable[str | Path | None] = ()
) -> None:
    """Raises InventoryError for files that exist (unless `force` is set), are read, or come twice."""
    read = (name for name in inputs if name is not None and str(name) != STANDARD)
    taken = {resolved(name): f"{name} is read by this run" for name in read}
    there = []
    for name in files:
        if name is None or is_stream(str(name)):
            continue
        path = resolved(name)
        if path in taken:
            raise InventoryError(f"{taken[path]}; choose another output")
        taken[path] = f"{name} is used for two outputs"
        if path.is_file() and not force:
            there.append(str(name))
    if there:
        exist, other, them = (
            ("exists", "another output", "it") if len(there) == 1 else ("exist", "other outputs", "them")
        )
        raise InventoryError(f"{', '.join(there)}: {exist}; choose {other}, or give --force to overwrite {them}")


def must_end(file: str | Path | None, form: str, *endings: str) -> None:
    """Raises InventoryError for a file whose name promises another form than the one written; pipes take any form."""
    if file is not None and not is_stream(str(file)) and Path(file).suffix.lower() not in endings:
        raise InventoryError(f"{file}: what is written there is {form}; end its name in {' or '.join(endings)}")


def write_text(target: str | Path, text: str) -> None:
    """Writes a text file, whole or not at all; InventoryError says why it cannot be written."""
    write_texts({str(target): text})


def write_texts(texts: Mapping[str, str]) -> None:
    """Writes some text files, in their order and only when all could be prepared."""
    with Outputs() as outputs:
        for target, text in texts.items():
            outputs.add(target).file.write(text.encode())
