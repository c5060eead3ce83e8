from __future__ import annotations

import errno
import os

import pytest

from whichcompute.base import errors
from whichcompute.base.errors import Problem, WorkloadError, shown, unwritable


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("plain", "plain"),
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("right\u202eleft", "right\\u202eleft"),
        (3.5, "3.5"),
        (["a"], "['a']"),
        pytest.param(10**5000, "a value of type int", id="more digits than Python writes"),
    ],
)
def test_what_is_shown_is_one_line_that_is_safe_to_print(value: object, safe: str) -> None:
    assert shown(value) == safe


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 1000)) == 80 and shown("x" * 1000).endswith("…")


def test_every_error_has_one_root() -> None:
    classes = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, Exception)]
    assert all(issubclass(cls, errors.WhichcomputeError) for cls in classes)


def test_a_workload_error_holds_every_problem() -> None:
    error = WorkloadError([Problem("os", "beos", "allowed: linux"), Problem("gpus", -1, "allowed: 0 and more")])
    assert str(error) == "os = 'beos': allowed: linux; gpus = '-1': allowed: 0 and more"


@pytest.mark.parametrize(
    ("code", "advice"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "writable location"), (errno.ENOENT, "create the folder first")],
)
def test_what_cannot_be_written_says_what_to_do(code: int, advice: str) -> None:
    said = unwritable("out.csv", OSError(code, os.strerror(code)))
    assert said.startswith(f"out.csv: cannot be written ({os.strerror(code)})") and advice in said


def test_a_trouble_without_a_remedy_is_only_named() -> None:
    assert unwritable("out.csv", OSError(errno.EIO, "broken")) == "out.csv: cannot be written (broken)"
