from __future__ import annotations

import pytest

from tests.importers.conftest import Found
from whichcompute import Engine
from whichcompute.importers.checking import Check, check
from whichcompute.importers.suppressions import comments

NEAR = """
Resources:
  Job:
    Type: AWS::Lambda::Function
    Properties:
      Timeout: 880
      Runtime: python3.12
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1  # whichcompute: ignore x.y: because", (1, ("x.y",), "because")),
        ("# whichcompute: ignore x.y, margin: why\n# more\n\na: 1", (4, ("x.y", "margin"), "why")),
        ("a = 1 // whichcompute: ignore x.y: why", (1, ("x.y",), "why")),
        ("/* whichcompute: ignore x.y: why */\na = 1", (2, ("x.y",), "why")),
        ("; whichcompute: ignore x.y\n[Service]", (2, ("x.y",), "")),
        ("# whichcompute: something else", None),
        ("a: whichcompute", None),
    ],
)
def test_a_comment_names_rules_reason_and_line(text: str, expected: tuple[int, tuple[str, ...], str] | None) -> None:
    found = [(one.target, one.rules, one.reason) for one in comments("f", text)]
    assert found == ([] if expected is None else [expected])


def checked(found: Found, engine: Engine, text: str) -> Check:
    return check(engine.recommender, found({"t.yml": text}))


def margins(result: Check) -> list[str]:
    return [problem.rule for problem in result.problems if problem.outcome == "margin"]


def test_a_problem_is_kept_apart_with_the_reason(found: Found, engine: Engine) -> None:
    (rule,) = margins(checked(found, engine, NEAR))
    at_the_line = NEAR.replace("880", f"880  # whichcompute: ignore {rule}: split in October")
    above = NEAR.replace("  Job:", "  # whichcompute: ignore margin: split in October\n  Job:")
    for text in (at_the_line, above):
        result = checked(found, engine, text)
        assert margins(result) == [] and not result.notes
        (one,) = result.workloads[0].suppressed
        assert (one.problem.rule, one.reason) == (rule, "split in October")


def test_suppressions_without_effect_are_named(found: Found, engine: Engine) -> None:
    (rule,) = margins(checked(found, engine, NEAR))
    without = checked(found, engine, NEAR.replace("880", f"880  # whichcompute: ignore {rule}"))
    assert margins(without) == [rule] and without.notes == (
        f"t.yml:5: the suppression of {rule} has no reason, and so no effect",
    )
    elsewhere = checked(found, engine, NEAR.replace("python3.12", f"python3.12  # whichcompute: ignore {rule}: x"))
    assert margins(elsewhere) == [rule] and "nothing is reported there" in elsewhere.notes[0]


def test_a_resource_in_json_has_it_in_its_metadata(found: Found, engine: Engine) -> None:
    text = """
    {"Resources": {"Job": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 880},
      "Metadata": {"whichcompute": {"ignore": {"margin": "split in October"}}}}}}
    """
    result = check(engine.recommender, found({"t.json": text}))
    assert margins(result) == [] and result.workloads[0].suppressed[0].reason == "split in October"


def test_a_suppression_at_the_call_of_a_module_is_about_what_is_in_it(found: Found, engine: Engine) -> None:
    module = (
        'variable "longest" {}\nresource "aws_lambda_function" "f" {\n  timeout = 880\n  runtime = "python3.12"\n}\n'
    )
    files = {
        "m/main.tf": module,
        "main.tf": """
        # whichcompute: ignore margin: split in October
        module "one" { source = "./m" }
        module "two" { source = "./m" }
        """,
    }
    result = check(engine.recommender, found(files))
    one, two = result.workloads
    assert (one.workload.calls, two.workload.calls) == (("main.tf:2",), ("main.tf:3",))
    assert [problem.outcome for problem in one.problems] == ["undecided"] and not result.notes
    assert one.suppressed[0].reason == "split in October"
    assert "margin" in [problem.outcome for problem in two.problems]
    assert two.workload.place == "m/main.tf:2, called at main.tf:3"


def test_a_suppression_at_a_nested_template_is_about_what_is_in_it(found: Found, engine: Engine) -> None:
    outer = """
    Resources:
      Jobs:
        Type: AWS::CloudFormation::Stack
        Metadata: {whichcompute: {ignore: {margin: split in October}}}
        Properties: {TemplateURL: inner.yml}
    """
    result = check(engine.recommender, found({"outer.yml": outer, "inner.yml": NEAR}))
    assert margins(result) == [] and result.workloads[0].workload.calls == ("outer.yml:2",)
