from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import read_judgements

HEAD = "p_lambda,p_fargate,p_ecs_ec2,p_batch,p_lightsail,p_none"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "judged.csv"


def test_percentages_become_shares_that_add_up_to_1(file: Path) -> None:
    file.write_text(f"judgement_id,kind,{HEAD},outside\nj1,website,50,30,,0,10,10,ec2\n")
    (judgement,) = read_judgements([file]).rows
    assert judgement.id == "j1" and judgement.values == {"kind": "website"} and judgement.outside == "ec2"
    assert judgement.shares == (0.5, 0.3, 0.0, 0.0, 0.1, 0.1)


def test_a_file_without_descriptors_holds_opinions_on_cases(file: Path) -> None:
    file.write_text(f"case_id,{HEAD}\na,100,0,0,0,0,0\n")
    found = read_judgements([file])
    assert found.rows == ()
    assert found.opinion("a") == (1.0, 0, 0, 0, 0, 0)
    assert found.opinion("b") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"kind,{HEAD}\nserver,many,0,0,0,0,1\n", "line 2, column p_lambda: 'many'; allowed: a number from 0 to 100"),
        (f"kind,{HEAD}\nserver,0,0,0,0,0,\n", "line 2: the probabilities sum to 0"),
        (f"kind,{HEAD}\nserve,1,0,0,0,0,0\n", "line 2, column kind: 'serve'"),
        (f"team,{HEAD}\nblue,1,0,0,0,0,0\n", "neither descriptor columns nor a column case_id"),
        ("kind,p_lambda\nserver,1\n", "no column `p_fargate`"),
    ],
    ids=["not a number", "sum 0", "bad value", "neither", "missing column"],
)
def test_a_bad_file_is_refused_with_its_place(text: str, problem: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(DataError) as error:
        read_judgements([file])
    assert problem in str(error.value)
