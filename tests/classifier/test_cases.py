from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import read_case_file, read_cases, shipped


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ours.csv"


def test_descriptor_columns_and_label_are_enough(file: Path) -> None:
    file.write_text("kind,max_duration_s,label\nbatch_job,2h,Batch\n,,lambda\n")
    first, second = read_cases([file])
    assert first.values == {"kind": "batch_job", "max_duration_s": 7200.0}
    assert (first.label, first.serves, first.certainty) == ("batch", {"batch"}, "high")
    assert (second.values, second.label) == ({}, "lambda")


def test_a_case_without_an_id_is_named_by_file_and_line(file: Path) -> None:
    file.write_text("kind,label\nserver,lightsail\n")
    assert read_cases([file])[0].id == "ours.csv: line 2"


def test_what_serves_too_and_what_is_impossible_are_read(file: Path) -> None:
    file.write_text("case_id,kind,label,acceptable,excluded\na,server,ecs_ec2,fargate; lightsail,lambda\n")
    (case,) = read_cases([file])
    assert case.serves == {"ecs_ec2", "fargate", "lightsail"}
    assert case.excluded == {"lambda"}


def test_where_a_case_for_none_went_is_read(file: Path) -> None:
    file.write_text("kind,label,outside\nserver,none,ec2\n")
    assert read_cases([file])[0].outside == "ec2"


def test_columns_of_other_names_are_left_aside_and_told(file: Path) -> None:
    file.write_text("kind,team,label\nserver,blue,none\n")
    assert read_case_file(file).unread == ("team",)


def test_a_case_in_two_files_counts_once(file: Path, tmp_path: Path) -> None:
    file.write_text("case_id,kind,label\na,server,lightsail\n")
    again = tmp_path / "again.csv"
    again.write_text("case_id,kind,label\na,server,lightsail\nb,server,lightsail\n")
    assert [case.id for case in read_cases([file, again])] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("kind,label\nserver,lamda\n", ["line 2, column label", "'lamda'", "lambda, fargate"]),
        ("kind,label\nserver,\n", ["line 2", "label is empty"]),
        ("kind,label\nserver,lambda;batch\n", ["line 2", "names several"]),
        ("kind,label\nserver,batch\nweb,batch\n", ["line 3, column kind", "'web'", "website"]),
        ("memory_mb,label\nlots,batch\n", ["line 2, column memory_mb", "'lots'", "allowed: a number"]),
        ('kind,description,label\nserver,"two\nlines",batch\nserver,x,foo\n', ["line 4, column label", "'foo'"]),
        ("kind,label,excluded\nserver,batch,batch\n", ["line 2", "excluded 'batch' is the label"]),
        ("kind,label,certainty\nserver,batch,sure\n", ["column certainty", "'sure'", "high, medium, low"]),
        ("kind,label\nserver,batch,more\n", ["line 2", "3 cells", "2 columns"]),
        ("kind,team\nserver,blue\n", ["line 1", "no column `label`"]),
        ("label\nbatch\n", ["line 1", "no descriptor column"]),
        ("kind,kind,label\nserver,server,batch\n", ["line 1", "'kind' is duplicated"]),
        ("", ["line 1", "no column `label`"]),
        ('kind,label\n"server,batch\n', ["ours.csv", "line"]),
    ],
    ids=[
        "unknown label",
        "empty label",
        "two labels",
        "bad choice",
        "bad number",
        "line numbers count lines, not rows",
        "label excluded",
        "bad certainty",
        "too many cells",
        "no label column",
        "no descriptor",
        "repeated column",
        "empty file",
        "open quote",
    ],
)
def test_a_bad_file_is_refused_with_its_place(text: str, told: list[str], file: Path) -> None:
    file.write_text(text)
    with pytest.raises(DataError) as error:
        read_cases([file])
    assert all(part in str(error.value) for part in told), str(error.value)


def test_all_problems_are_told_at_once_up_to_ten(file: Path) -> None:
    file.write_text("kind,label\n" + "server,foo\n" * 12)
    with pytest.raises(DataError) as error:
        read_cases([file])
    assert str(error.value).count("'foo'") == 10
    assert str(error.value).splitlines()[9:] == [str(error.value).splitlines()[9], "and 2 more"]
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_the_shipped_cases_are_sound_and_their_ids_unique() -> None:
    cases = read_cases([shipped()])
    assert len({case.id for case in cases}) == len(cases) > 600
    assert all(case.url and case.description for case in cases)
