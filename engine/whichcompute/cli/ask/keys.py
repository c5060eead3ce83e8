"""Single key presses from a terminal (POSIX); elsewhere the questionnaire reads whole lines."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]  # a module, or none

_KEY = re.compile(r"\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|\x1b|.", re.DOTALL)
_NAMES = {
    "\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down", "\r": "enter", "\n": "enter",
    "\x7f": "erase", "\x08": "erase", "\x15": "clear", "\x1b": "clear", "\x04": "end",
}  # fmt: skip


def available() -> bool:
    """Whether single keys can be read on this system."""
    return termios is not None


class Keys:
    """Reads keys of a terminal by file descriptor: a character, or up, down, enter, erase, clear, end, other."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._waiting: list[str] = []
        self._signals: list[int] = []

    def read(self) -> str:
        """The next key; 'end' when the terminal is gone. Ctrl-C raises KeyboardInterrupt as ever."""
        while not self._waiting:
            try:
                ready, _, _ = select.select([self._descriptor, *self._signals[:1]], [], [])
                if self._descriptor not in ready:  # the handler of the signal runs before the next line
                    os.read(self._signals[0], 1024)
                    continue
                data = os.read(self._descriptor, 1024)
            except OSError:  # the window was closed
                return "end"
            if not data:
                return "end"
            self._waiting = _KEY.findall(self._decoder.decode(data))
        key = self._waiting.pop(0)
        return _NAMES.get(key, "other" if key.startswith("\x1b") or not key.isprintable() else key)

    @contextmanager
    def raw(self) -> Iterator[None]:
        """Keys arrive one by one and are not echoed inside; the terminal is set back afterwards, come what may.

        A signal that arrives just before a read would be noticed at the next key only; it wakes the read by a pipe.
        """
        before = termios.tcgetattr(self._descriptor)
        changed: list[Any] = list(before)
        changed[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(self._descriptor, termios.TCSADRAIN, changed)
        self._signals = list(os.pipe())
        os.set_blocking(self._signals[1], False)
        earlier = signal.set_wakeup_fd(self._signals[1], warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(earlier)
            for end in self._signals:
                os.close(end)
            self._signals = []
            termios.tcsetattr(self._descriptor, termios.TCSADRAIN, before)
