"""Whatever a file holds, a scan ends without an error of its own."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

import whichcompute.importers
from whichcompute.importers.rows import scan_as_csv
from whichcompute.importers.scanning import scan

FOLDER = Path(whichcompute.importers.__file__).parent
WORDS = sorted(
    {word for path in FOLDER.rglob("*.py") for word in re.findall(r'"([A-Za-z][\w:./ -]{1,40})"', path.read_text())}
)
VALUES = [
    "",
    "1",
    "0",
    "-1",
    "512",
    "rate(1 day)",
    "²",
    "${a.b}",
    "9" * 400,
    "{{x}}",
    "a:b/c",
    "true",
    "none",
    "1e9",
    "*",
]
SHAPES: list[dict[str, object]] = [
    {"Resources": {"A": {"Type": "AWS::Serverless::Function"}, "B": {"Type": "AWS::ECS::TaskDefinition"},
                   "C": {"Type": "AWS::Batch::JobDefinition"}, "D": {"Type": "AWS::Events::Rule"}}},
    {"services": {"a": {"image": "x"}}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {},
     "spec": {"template": {"spec": {"containers": [{}]}}}},
    {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {}, "spec": {"schedule": "x"}},
    {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {}, "spec": {}},
    {"provider": {"name": "aws"}, "functions": {"f": {}}},
    {"name": "a", "type": "Scheduled Job"},
    {"containerDefinitions": [{"image": "x", "name": "a"}]},
    {"containerProperties": {"image": "x"}},
    {"planned_values": {"root_module": {"resources": [{"address": "a.b", "type": "aws_lambda_function"}]}}},
    {"bindings": [{"type": "timerTrigger"}]},
]  # fmt: skip


def tree(chance: random.Random, depth: int) -> object:
    kind = chance.random()
    if depth <= 0 or kind < 0.4:
        return chance.choice([*VALUES, None, 1, True, 0.5])
    if kind < 0.55:
        return [tree(chance, depth - 1) for _ in range(chance.randrange(3))]
    return {chance.choice(WORDS): tree(chance, depth - 1) for _ in range(chance.randrange(4))}


def grown(chance: random.Random, value: object, depth: int = 0) -> object:
    """A shape with random entries added, and sometimes with a part replaced."""
    if depth and chance.random() < 0.08:
        return tree(chance, 2)
    if isinstance(value, list):
        return [grown(chance, element, depth + 1) for element in value]
    if not isinstance(value, dict):
        return value
    more = {chance.choice(WORDS): tree(chance, 3) for _ in range(chance.randrange(5))}
    return {**more, **{key: grown(chance, inner, depth + 1) for key, inner in value.items()}}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: next(iter(shape)))
def test_no_document_breaks_a_scan(tmp_path: Path, shape: dict[str, object]) -> None:
    for seed in range(60):
        (tmp_path / f"f{seed}.json").write_text(json.dumps(grown(random.Random(seed), shape)))
    found = scan([tmp_path])
    assert found.files


@pytest.mark.parametrize("name", ["Dockerfile", "Procfile", "x.crontab", "main.tf", "fly.toml", "a.service", "a.timer"])
def test_no_text_breaks_a_scan(tmp_path: Path, name: str) -> None:
    parts = [
        *WORDS,
        *VALUES,
        "\n",
        "\n",
        " ",
        "=",
        "[",
        "]",
        "{",
        "}",
        '"',
        "FROM ",
        "@daily ",
        "* ",
        "[Service]\n",
        "<<E\n",
    ]
    for seed in range(60):
        chance = random.Random(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / name).write_text("".join(chance.choice(parts) for _ in range(60)))
    assert scan([tmp_path]) is not None


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
MERGES = "a0: &a0 {k0: v}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: v}}\n" for n in range(1, 40)
)


def doubled(first: str, pattern: str, between: str) -> str:
    """Twelve lines of which each is ten times in the next one."""
    lines = [f"  l{n}: {between.join([pattern.format(n - 1)] * 10).join(first)}" for n in range(1, 12)]
    return "\n".join(["  l0: abcdefgh", *lines])


def serverless(first: str, between: str) -> str:
    """A configuration of the Serverless Framework whose timeout is the last of such lines."""
    custom = doubled(first, "${{self:custom.l{}}}", between)
    return f"provider: {{name: aws}}\ncustom:\n{custom}\nfunctions: {{f: {{timeout: '${{self:custom.l11}}'}}}}\n"


def terraform(first: str, pattern: str, between: str, timeout: str) -> str:
    """A configuration of Terraform with such lines as locals, and a function and a task that are made of the last."""
    lines = (
        doubled(first, pattern, between).replace(": ", " = ").replace("abcdefgh", '["a"]' if "(" in first else '"a"')
    )
    return f"""locals {{\n{lines}\n}}
resource "aws_lambda_function" "f" {{ timeout = {timeout} }}
resource "aws_ecs_task_definition" "t" {{
  container_definitions = "[{{\\"image\\": \\"x\\", \\"a\\": ${{jsonencode(local.l11)}}}}]"
}}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docker-compose.yml", LAUGHS + "services: {a: {image: x, b: *a11}}\n"),
        ("docker-compose.yml", MERGES + "services: {a: {image: x, b: *a39}}\n"),
        ("template.json", '{"Resources": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000 + "}"),
        ("template.json", "[" * 1_000_000 + "AWS::"),
        ("template.yaml", "AWS::\n" + "- " * 100_000 + "x"),
        ("template.yaml", "AWS::\n" + "".join(f"{' ' * n}a:\n" for n in range(1500))),
        ("main.tf", "a = " + "[" * 100_000),
        ("main.tf", "a " + "{\na " * 50_000),
        ("main.tf", "a = " + "f(" * 50_000 + ")" * 50_000),
        ("main.tf", 'a = "' + "${x[" * 50_000),
        ("main.tf", 'resource "aws_lambda_function" "f" {\n timeout = ' + "(" * 3000 + "1" + ")" * 3000 + "\n}\n"),
        ("fly.toml", "a = " + "[" * 100_000),
        ("app.service", "[Service]\n" + "ExecStart=x\n" * 200_000),
        ("crontab", "*/1 " * 100_000 + "\n" + "1,2-3/4 * * * * x\n" * 20_000),
        ("Dockerfile", "FROM x AS y\nFROM y\n" * 50_000),
        ("serverless.yml", serverless("[]", ", ")),
        ("serverless.yml", serverless('""', "")),
        ("main.tf", terraform("[]", "local.l{}", ", ", "try(var.x, local.l11)")),
        ("main.tf", terraform("[]", "local.l{}", ", ", "length(flatten(local.l11))")),
        ("main.tf", terraform("()", "local.l{}", ", ", "local.l11").replace("= (", "= concat([],")),
        ("main.tf", terraform('""', "${{local.l{}}}", "", "local.l11")),
        ("task.json.tpl", "{" + '"containerDefinitions": ${x},' * 50_000 + '"b": [] }'),
    ],
    ids=["aliases", "merges", "json objects", "json lists", "sequences", "mappings", "hcl lists", "hcl blocks",
         "hcl calls", "hcl templates", "hcl brackets", "toml", "systemd", "crontab", "stages",
         "serverless lists", "serverless texts", "hcl likely", "hcl flat", "hcl joined", "hcl texts", "places"],
)  # fmt: skip
def test_hostile_texts_end(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    result = scan([tmp_path])
    assert result.unreadable or len(result.workloads) <= 25_000


def test_a_template_of_100_megabytes_is_named_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "template.yaml").open("wb") as file:
        file.truncate(100_000_000)
    result = scan([tmp_path])
    assert "larger than 20,000,000 bytes" in result.unreadable[0].reason


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    (outside / "deep").mkdir(parents=True)
    (outside / "docker-compose.yml").write_text("services: {secret: {image: x}}\n")
    inside.mkdir()
    (inside / "docker-compose.yml").symlink_to(outside / "docker-compose.yml")
    (inside / "folder").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    (inside / "main.tf").write_text(
        'resource "aws_ecs_task_definition" "t" { container_definitions = file("../outside/task.json") }\n'
    )
    (outside / "task.json").write_text('[{"name": "secret", "image": "x", "memory": 777}]')
    result = scan([inside])
    assert "secret" not in result.model_dump_json() and "777" not in result.model_dump_json()


SECRETS = [
    "hush-hush-1",
    "AKIAABCDEFGHIJKLMNOP",
    "ghp_abcdefghijklmnopqrstuvwxyz0123",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ.abc",
]


def test_secrets_in_values_and_names_never_leave_their_files(tmp_path: Path) -> None:
    quiet, key, token, jwt = SECRETS
    texts = {
        "docker-compose.yml": f"services: {{api-{key}: {{image: 'x', command: [run, --password={quiet}], environment: "
        f"{{TOKEN: {quiet}}}, labels: {{a: {token}}}, mem_limit: '{quiet}'}}}}\n",
        "task.json": json.dumps({"family": "f", "containerDefinitions": [
            {"name": token, "image": f"https://user:{quiet}@host/x", "environment": [{"name": "A", "value": quiet}]},
            {"name": jwt, "image": "y", "secrets": [{"name": "B", "valueFrom": quiet}]}]}),
        "crontab": f"* * * * * curl -H token={quiet} https://user:{quiet}@host/{token}\n",
        "main.tf": f'resource "aws_lambda_function" "f" {{\n environment {{\n variables = {{ A = "{quiet}" }}\n }}\n'
        f' timeout = "{quiet}"\n}}\nvariable "p" {{ default = "{quiet}" }}\n',
        "terraform.tfvars": f'p = "{quiet}"\n',
        "k.yaml": f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {jwt}}}\nspec: {{containers: [{{image: x, env: "
        f"[{{name: A, value: {quiet}}}], args: [{quiet}]}}]}}\n",
        "broken.yml": f"services:\n  a: {{image: x, password: {quiet}\n b: [\n",
        "broken.tf": f'password = "{quiet}',
        "Dockerfile": f"FROM python:3\nENV TOKEN={quiet}\nARG KEY={key}\nCMD run --token={quiet}\n",
        "Procfile": f"web: run --token={quiet}\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    found = scan([tmp_path])
    said = found.model_dump_json() + scan_as_csv(found) + repr(found)
    assert len(found.workloads) >= 7 and not [secret for secret in SECRETS if secret in said]
