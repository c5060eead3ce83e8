from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute import Engine
from whichcompute.presentation.evaluation import words
from whichcompute.training.evaluation import evaluate


@pytest.fixture(scope="module")
def figures(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    file: Path = tmp_path_factory.mktemp("cases") / "cases.csv"
    file.write_text("kind,max_duration_s,label\nevent_handler,12,lambda\nbatch_job,7200,batch\n")
    return evaluate([file], engine.recommender)


def test_the_words_say_whether_the_cases_were_trained_on(figures: dict[str, object]) -> None:
    assert "none of which the classifier was trained on" in words({**figures, "trained_on": 0})
    assert "was trained on 2 of them, which flatters it" in words({**figures, "trained_on": 2})


def test_the_words_show_every_part_and_where_none_went_only_if_known(figures: dict[str, object]) -> None:
    assert all(part in words(figures) for part in ("majority class", "rules alone", "both together"))
    assert "place outside named" not in words({**figures, "outside_accuracy": None})
    assert "place outside named            0.500" in words({**figures, "outside_accuracy": 0.5})
