from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from whichcompute import Engine
from whichcompute.recommender.arrays import Sums, softmax

TERMS = Engine.default().aggregator.terms
SIZE = len(TERMS.items)
WORDS = -(-SIZE // 64)
SUMS = Sums(TERMS, [number if number < SIZE else None for number in range(64 * WORDS)])


@given(st.lists(st.integers(0, TERMS.index.all), min_size=1, max_size=4))
def test_many_lines_have_the_scores_and_probabilities_of_each(masks: list[int]) -> None:
    lines = np.stack([np.frombuffer(mask.to_bytes(8 * WORDS, "little"), "<u8") for mask in masks])
    excluded = [TERMS.excluded(mask) for mask in masks]
    scores = SUMS.scores(lines)
    assert np.allclose(scores, [TERMS.scores(mask) for mask in masks], rtol=0, atol=1e-9)
    wanted = [TERMS.probabilities(row, out) for row, out in zip(scores.tolist(), excluded, strict=True)]
    assert np.allclose(softmax(scores, np.array(excluded), TERMS.classifier.temperature), wanted, rtol=0, atol=1e-12)
