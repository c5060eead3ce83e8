from __future__ import annotations

from pathlib import Path

import pytest

from whichcompute.base.errors import DataError
from whichcompute.cli.configuration import Configuration, find, read


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "deep" / "down").mkdir(parents=True)
    (folder / "ours").mkdir()
    (folder / "ours" / "pack.toml").write_text('name = "ours"\n')
    (tmp_path / "secret.toml").write_text('name = "secret"\n')
    return folder


def write(folder: Path, text: str, name: str = "whichcompute.toml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_the_nearest_file_applies_and_ours_wins_over_the_shared_one(project: Path) -> None:
    write(project, 'region = "eu-west-1"')
    assert find(project / "deep" / "down").region == "eu-west-1"
    write(project / "deep", '[tool.whichcompute]\nregion = "sa-east-1"', "pyproject.toml")
    assert find(project / "deep" / "down").region == "sa-east-1"
    write(project / "deep", 'region = "us-west-2"')
    assert find(project / "deep" / "down").region == "us-west-2"


def test_a_project_file_that_does_not_mention_us_is_left_alone(project: Path) -> None:
    own = write(project, 'region = "eu-west-1"')
    write(project / "deep", "[tool.black]\nline-length = 3", "pyproject.toml")
    assert find(project / "deep").file == own
    write(project / "deep", "[tool.black\n", "pyproject.toml")
    assert find(project / "deep").file == own
    write(project / "deep", "[tool.whichcompute]\nregion = ", "pyproject.toml")
    with pytest.raises(DataError, match="not valid TOML"):
        find(project / "deep")


def test_without_a_file_nothing_is_set() -> None:
    assert find(Path("/")) == Configuration()


def test_a_file_that_is_named_must_hold_settings(project: Path) -> None:
    with pytest.raises(DataError, match=r"has no \[tool.whichcompute\]"):
        read(write(project, "[project]\n", "pyproject.toml"))


@pytest.mark.parametrize(
    "text",
    [
        'rules = ["../secret.toml"]',
        'rules = ["/etc/passwd"]',
        'rules = ["ours/../../secret.toml"]',
        'model = "../../models"',
        'rules = ["link.toml"]',
        'rules = ["links"]',
        'model = "linked"',
    ],
)
def test_a_file_that_was_found_reads_nothing_outside_its_folder_until_it_is_named(text: str, project: Path) -> None:
    secret = project.parent / "secret.toml"
    (project / "link.toml").symlink_to(secret)
    (project / "links").mkdir()
    (project / "links" / "a.toml").symlink_to(secret)
    (project / "linked").symlink_to(project.parent)
    file = write(project, text)
    with pytest.raises(DataError, match=f"leads out of {project}; a configuration that was found reads nothing"):
        find(project / "deep")
    assert read(file).file == file


@pytest.mark.parametrize("text", ['region = "eu-west-1"', "not TOML: root:x:0:0"])
def test_a_file_that_was_found_is_no_link_out_of_its_folder(project: Path, text: str) -> None:
    (project / "deep" / "whichcompute.toml").symlink_to(write(project.parent, text, "x.toml"))
    with pytest.raises(DataError, match="whichcompute.toml leads out of"):
        find(project / "deep")


def test_what_lies_inside_is_read(project: Path) -> None:
    write(project, 'rules = ["ours", "ours/pack.toml"]\nmodel = "deep"')
    found = find(project / "deep" / "down")
    assert found.rules == (project / "ours", project / "ours" / "pack.toml")
    assert (found.model, found.keys) == (project / "deep", ("rules", "model"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'regin = "eu-west-1"',
            "regin: unknown; allowed: rules, model, region, free_tier, documents, fail_on, suppress",
        ),
        ('region = "mars"', "region: 'mars' is not an AWS Region; allowed: af-south-1"),
        ('documents = "javascript:x"', "documents: 'javascript:x' is not an address; allowed: https://..."),
        ('documents = "https://a.example/{verson}"', "'https://a.example/{verson}' is not an address; allowed: https"),
        ("free_tier = 1", "free_tier: '1' must be true or false"),
        ('rules = "ours"', "rules: 'ours' must be a list of texts"),
        ("fail_on = { score = ['limit'] }", "fail_on: score: 'limit'; allowed: undecided, close, none"),
        ("fail_on = { scan = [] }", "fail_on: scan: unknown; allowed: recommend, score, check, review"),
        ('suppress = [{ rule = "a.b" }]', "suppress: reason: is missing"),
        ("a = [" * 100, "nested deeper than"),
    ],
)
def test_a_broken_file_is_refused_with_its_name(text: str, words: str, project: Path) -> None:
    file = write(project, text)
    with pytest.raises(DataError) as refused:
        find(project)
    assert str(refused.value).startswith(f"{file}: ") and words in str(refused.value)


def test_a_suppression_names_a_rule_or_outcome_and_files_below_the_configuration(project: Path) -> None:
    write(
        project,
        'suppress = [{ rule = "a.b", reason = "r", paths = ["deep/*.yaml"] }, { rule = "margin", reason = "s" }]',
    )
    found = find(project)
    reasons = {
        (rule, outcome, file): (each := found.suppression(rule, outcome, str(project / file))) and each.reason
        for rule, outcome, file in [
            ("a.b", "limit", "deep/down/x.yaml"),
            ("a.b", "limit", "x.yaml"),
            ("c.d", "margin", "x.yaml"),
            ("a.b", "limit", "../deep/x.yaml"),
        ]
    }
    assert list(reasons.values()) == ["r", None, "s", None]
