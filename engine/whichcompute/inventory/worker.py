"""A process that scores pieces of an inventory for another one (see `workers`).

This file runs by its path. From standard input it reads, one after the other, the places of modules, plan and
recommender, then pieces; it answers each piece with whether it could be scored, and its outcome or the error. All are
pickles between two processes of one program, over pipes that only they hold.
"""

from __future__ import annotations

import os
import pickle
import sys


def main() -> None:
    """Answers pieces from standard input until it ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may get between the answers
    sys.path[:] = pickle.load(requests)
    plan, recommender = pickle.load(requests)

    from whichcompute.inventory.work import score_piece
    from whichcompute.recommender.columns import ColumnRecommender

    columns = ColumnRecommender(recommender)
    while True:
        try:
            piece = pickle.load(requests)
        except EOFError:
            return
        try:
            answer = pickle.dumps((True, score_piece(plan, columns, piece)), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            answer = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        answers.write(answer)
        answers.flush()
        del piece, answer  # nothing of a piece stays in memory while the next is scored


if __name__ == "__main__":
    main()
