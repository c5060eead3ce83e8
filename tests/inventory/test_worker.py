"""The process that scores pieces for another one."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from pathlib import Path

from whichcompute import Engine
from whichcompute.inventory import worker
from whichcompute.inventory.readers.csv_source import CsvSource, Piece
from whichcompute.inventory.request import ScoringRequest
from whichcompute.inventory.run import plan_for
from whichcompute.inventory.work import score_piece


def _asked(*requests: object) -> subprocess.CompletedProcess[bytes]:
    text = b"".join(map(pickle.dumps, requests))
    return subprocess.run([sys.executable, "-P", worker.__file__], input=text, capture_output=True, check=False)


def test_it_answers_each_piece_and_ends_with_its_input(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"kind,max_duration_s\nwebsite,3\nbatch_job,4000\n")
    with path.open("rb") as file:
        source = CsvSource(file, "in.csv")
        pieces = list(source.pieces())
        plan = plan_for(ScoringRequest(str(path), "out.csv"), source, lambda said: None, pieces)
        expected = score_piece(plan, engine.columns, pieces[0])
    done = _asked(sys.path, (plan, engine.recommender), pieces[0], object(), Piece(b"server,5\n", 4))
    assert (done.returncode, done.stderr) == (0, b"")
    stream = io.BytesIO(done.stdout)
    first, second, third = (pickle.load(stream) for _ in range(3))
    assert first == (True, expected)
    assert second[0] is False and isinstance(second[1], AttributeError)
    assert third[0] is True and third[1].text.startswith(b"server,5,")
    assert stream.read() == b""
