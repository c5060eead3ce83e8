from __future__ import annotations

import os
from pathlib import Path

import pytest

from whichcompute.base.errors import InventoryError
from whichcompute.base.parts import Part, locked_part, remove_left_over


def test_what_cannot_be_written_to_a_part_is_said_of_its_target(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    wrong = pytest.raises(InventoryError, match=r"^out\.csv: cannot be written \(Bad file descriptor\)")
    with Part(os.open(tmp_path / "x", os.O_RDONLY), "out.csv") as part, wrong:
        part.write(b"x")


def test_a_part_is_left_over_as_soon_as_nobody_holds_it(tmp_path: Path) -> None:
    handle, part = locked_part(tmp_path, "out.csv")
    assert remove_left_over(tmp_path, "out.csv") and part.exists()
    os.close(handle)
    assert not remove_left_over(tmp_path, "out.csv") and not part.exists()
