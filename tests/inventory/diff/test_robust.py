"""Whatever lies in a file, a comparison comes back or a message that names the file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from whichcompute.base.errors import WhichcomputeError
from whichcompute.inventory.diff import compare
from whichcompute.inventory.diff.tables import changes_as_csv, changes_as_json
from whichcompute.presentation.diff import lines

CELLS = st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n",'), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARTS = ("provenance.rules", "provenance.facts", "provenance.model", "options", "counts", "read", "id", "fingerprint")


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), other=st.lists(st.tuples(CELLS, CELLS, CELLS)))
def test_any_cells_compare(rows: list[tuple[str, ...]], other: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("old.csv", "new.csv")]
        for path, content in zip(paths, (rows, other), strict=True):
            text = "".join(f"{','.join(row)},\n" for row in content)
            path.write_text(f"workload_id,recommended_service,decision,confidence\n{text}", encoding="utf-8")
        try:
            found = compare(str(paths[0]), str(paths[1]), cells=True)
        except WhichcomputeError as error:
            assert "cannot be paired by number" in str(error)
            return
        json.dumps(changes_as_json(found))
        assert b"".join(changes_as_csv(found)).startswith(b"row,change,")
        assert all(line.isprintable() for line in lines(found, None))


@settings(max_examples=60)
@given(parts=st.dictionaries(st.sampled_from(PARTS), JSON), document=JSON)
def test_any_record_is_read_or_named(parts: dict[str, object], document: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("workload_id,recommended_service,decision\na,lambda,decided\n")
        for told in ({"format": 1, **parts}, document):
            Path(f"{path}.scoring.json").write_text(json.dumps(told))
            try:
                compare(str(path), str(path))
            except WhichcomputeError as error:
                assert "a.csv.scoring.json" in str(error)
