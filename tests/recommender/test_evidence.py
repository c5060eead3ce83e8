from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recommender.columns.frames import typed_frame
from tests.strategies import workloads
from whichcompute import Engine
from whichcompute.knowledge.descriptors import Value
from whichcompute.knowledge.descriptors import with_derived as scalar_with_derived
from whichcompute.knowledge.services import ANSWERS
from whichcompute.pricing.columns import read
from whichcompute.recommender.columns.typed import with_derived
from whichcompute.recommender.evidence import EvidenceTables

CLASSIFIER = Engine.default().aggregator.classifier
TABLES = EvidenceTables(CLASSIFIER)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(workloads(), min_size=1, max_size=8))
def test_a_frame_is_read_as_its_rows_are(rows: list[dict[str, Value]]) -> None:
    scores = np.tile(np.array(CLASSIFIER.base), (len(rows), 1))
    TABLES.add(TABLES.codes(read(with_derived(typed_frame(rows)))), scores)
    alone = [CLASSIFIER.scores(scalar_with_derived(row)) for row in rows]
    assert np.allclose(scores, alone, rtol=0, atol=1e-9)


def test_a_frame_takes_as_unknown_what_its_rows_do() -> None:
    protocols = ("websocket", "http", None)
    rows: list[dict[str, Value]] = [
        {"max_duration_s": 3600.0, **({"protocol": protocol} if protocol else {})} for protocol in protocols
    ]
    scores = np.tile(np.array(CLASSIFIER.base), (len(rows), 1))
    TABLES.add(TABLES.codes(read(with_derived(typed_frame(rows)))), scores)
    assert np.allclose(scores, [CLASSIFIER.scores(row) for row in rows], rtol=0, atol=1e-9)
    assert np.allclose(scores[0], CLASSIFIER.scores({"protocol": "websocket"}), rtol=0, atol=1e-9)


def test_nothing_known_reads_nothing() -> None:
    codes = TABLES.codes(read(with_derived(typed_frame([{}, {}]))))
    scores = np.zeros((2, len(ANSWERS)))
    TABLES.add(codes, scores)
    assert not scores.any()
