"""The readers of files that lie in repositories, and of messages, as targets for fuzzing (see `fuzz`)."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from random import Random
from threading import Event
from typing import Any

from benchmarks import fuzz_inputs as inputs
from benchmarks.fuzz_bench import Bench, Unsafe, printed
from whichcompute import Engine
from whichcompute.cli import configuration
from whichcompute.cli.terminal import safe_json
from whichcompute.engine import review
from whichcompute.knowledge.descriptors import DECIDING, DESCRIPTORS
from whichcompute.knowledge.price_lists import read_price_list
from whichcompute.presentation.check import markdown_check, render_check, scan_lines
from whichcompute.presentation.sarif import sarif

_SECRET = "hunter2"
CODE = {
    "template.yaml": """AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters: {Size: {Type: Number, Default: 512}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      MemorySize: !Ref Size
      Timeout: 30
      Environment: {Variables: {DB_PASSWORD: "hunter2", A: !Sub "${AWS::Region}-x"}}
      Events:
        Api: {Type: Api, Properties: {Path: /, Method: get}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: "1024"
      Memory: "2048"
      ContainerDefinitions: [{Name: web, Image: "nginx:1", PortMappings: [{ContainerPort: 80}]}]
""",
    "main.tf": """variable "memory" { default = 512 }
locals { name = "a-${var.memory}" }
resource "aws_lambda_function" "orders" {
  function_name = local.name
  runtime       = "python3.12"
  memory_size   = var.memory
  timeout       = 5 * 60
  environment { variables = { TOKEN = "secret" } }
}
resource "aws_ecs_task_definition" "web" {
  for_each = toset(["a", "b"])
  family   = each.key
  cpu      = 256
  memory   = 512
  container_definitions = jsonencode([{ name = "web", image = "nginx", portMappings = [{ containerPort = 80 }] }])
}
""",
    "docker-compose.yml": """services:
  web:
    image: wordpress:6
    ports: ["80:80"]
    deploy: {resources: {limits: {cpus: "0.5", memory: 512M}}}
    volumes: [data:/var/www]
  db: {image: "mysql:8", environment: {MYSQL_ROOT_PASSWORD: secret}}
volumes: {data: {}}
""",
    "k8s.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  template: {spec: {containers: [{name: web, image: "nginx", resources: {limits: {cpu: 500m, memory: 1Gi}}}]}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: night}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}
""",
    "serverless.yml": """service: orders
provider: {name: aws, runtime: nodejs20.x, memorySize: 256}
functions: {hello: {handler: a.b, timeout: 10, events: [{httpApi: "*"}, {schedule: rate(1 hour)}]}}
""",
    "plan.json": """{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
 {"address": "aws_lambda_function.a", "type": "aws_lambda_function", "name": "a",
  "values": {"timeout": 900, "memory_size": 3008, "runtime": "java21"}}]}}}""",
    "fly.toml": 'app = "a"\n[http_service]\ninternal_port = 8080\n[[vm]]\nmemory = "1gb"\ncpus = 1\n',
    "Procfile": "web: gunicorn a:app\nworker: celery -A a worker\n",
    "crontab": "0 3 * * * root /usr/bin/backup\n",
    "app.service": "[Service]\nExecStart=/usr/bin/app\nMemoryMax=2G\nCPUQuota=150%\n",
}


def _dated(text: str) -> str:
    return re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", text)


def code(rng: Random, bench: Bench) -> None:
    """Infrastructure code: damaged, with values that are no such values, and with links out of the folder."""
    folder = bench.fresh()
    name = rng.choice(sorted(CODE))
    text = CODE[name]
    for _ in range(rng.randrange(4)):
        word = rng.choice(re.findall(r"[\w.]+", text) or ["a"])
        text = text.replace(word, rng.choice([*inputs.TEXTS, "9" * 400, "rate(1 day)", "*"]), 1)
    given = inputs.mutated(rng, text, 3) if rng.random() < 0.7 else text
    (folder / name).write_text(bench.take(given), "utf-8", "replace")
    if rng.random() < 0.1:
        (folder / "link.tf").symlink_to(rng.choice(["/etc/passwd", "/dev/zero", str(folder), "link.tf"]))
    found = bench.engine.check(folder)
    if _SECRET in found.model_dump_json():
        raise Unsafe("the value of a secret is in the answer")
    for line in scan_lines(bench.engine.scan(folder)):
        printed(line)
    printed(render_check(found))
    printed(safe_json(found.model_dump_json()))
    printed(safe_json(json.dumps(json.loads(sarif(found)))))
    printed(markdown_check(found))


def prices(rng: Random, bench: Bench) -> None:
    """A price list of a Region."""
    sound = {
        "region": "eu-central-1",
        "price": [
            {"id": "lambda.price_per_request", "value": 2e-7, "source": "s", "read_on": "2026-11-01"},
            {"id": "fargate.price_per_vcpu_hour", "value": {"x": 0.04}, "source": "s", "read_on": "2026-11-01"},
        ],
        "source": [{"key": "s", "title": "T", "kind": "vendor-doc", "url": "https://example.com"}],
    }
    table = inputs.altered(rng, sound) if rng.random() < 0.6 else sound
    table = table if isinstance(table, dict) else {"price": table}
    lines = "".join(f"{json.dumps(key)} = {inputs.as_toml(value)}\n" for key, value in table.items())
    text = _dated(lines)
    path = bench.fresh() / "prices.toml"
    path.write_text(bench.take(inputs.mutated(rng, text, 2) if rng.random() < 0.5 else text), "utf-8", "replace")
    read = read_price_list(path)
    for dated in (each for values in read.prices.values() for each in values):
        if isinstance(dated.value, float) and not 0 <= dated.value < 1e15:
            raise Unsafe(f"price {dated.value}")
    if rng.random() < 0.05:
        facts = bench.engine.facts.extended([], read.sources, [read])
        Engine(facts=facts, region=read.region).recommend({"kind": "website", "vcpus": 1.0, "memory_mb": 512.0})


@cache
def _server(engine: Engine) -> Any:
    from whichcompute.cli.mcp_server import server

    return server(engine)


def message(rng: Random, bench: Bench) -> None:
    """A call of a tool by the Model Context Protocol."""
    from mcp.server.mcpserver.exceptions import ToolError

    names = ["recommend", "next_question", "what_would_change_it", "check_limits", "explain_rule", "scan"]
    workload: Any = {rng.choice([*DECIDING, *inputs.TEXTS]): inputs.anything(rng, 2) for _ in range(rng.randrange(3))}
    sound = {"kind": rng.choice(inputs.KINDS)}
    arguments: dict[str, Any] = {
        "workload": rng.choice([workload, sound, sound, inputs.anything(rng)]),
        "service": rng.choice(["lambda", *inputs.TEXTS]),
        "rule": rng.choice(["lambda.duration-exceeds-limit", *inputs.TEXTS]),
        "path": str(bench.folder / rng.choice(["nothing", *(text for text in inputs.TEXTS if len(text) < 100)])),
        "free_tier": inputs.anything(rng, 1),
    }
    name = rng.choice(names if rng.random() < 0.95 else inputs.TEXTS)
    kept = {key: value for key, value in arguments.items() if rng.random() < 0.8}
    bench.take((name, kept))
    try:
        asyncio.run(_server(bench.engine).call_tool(name, kept))
    except ToolError as error:
        if "Traceback" in str(error) or "bug" in str(error):
            raise Unsafe(str(error)[:300]) from None


_HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "a", "version": "1"}}
_LINES: list[dict[str, Any]] = [
    {"id": 1, "method": "initialize", "params": _HELLO},
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/list"},
    {"id": 3, "method": "tools/call", "params": {"name": "explain_rule", "arguments": {"rule": "lambda.x"}}},
    {"id": 4, "method": "resources/read", "params": {"uri": "whichcompute://facts/lambda.max_duration"}},
    {"method": "notifications/cancelled", "params": {"requestId": 3}},
    {"id": 5, "result": {}},
]


class _Answers(io.BytesIO):
    """What the server answers; `last` is set with the answer to the last line."""

    def __init__(self) -> None:
        super().__init__()
        self.last = Event()

    def write(self, data: Any, /) -> int:
        if b'"last"' in bytes(data):
            self.last.set()
        return super().write(data)


class _Host(io.BytesIO):
    """What a host says; it hangs up only once its last line was answered, or after a while."""

    def __init__(self, said: bytes, answers: _Answers) -> None:
        super().__init__(said)
        self._answers = answers

    def read1(self, size: int | None = -1, /) -> bytes:
        found = super().read1(size)
        if not found:
            self._answers.last.wait(20)
        return found


def session(rng: Random, bench: Bench) -> None:
    """Lines of a session by the Model Context Protocol: damaged, out of order, none of it a message."""
    given = [*_LINES[:2], *rng.choices(_LINES, k=rng.randrange(5))] if rng.random() < 0.7 else rng.choices(_LINES, k=3)
    lines = [json.dumps({"jsonrpc": "2.0", **(line if rng.random() < 0.7 else _altered(rng, line))}) for line in given]
    for at in range(len(lines)):
        if rng.random() < 0.3:
            lines[at] = rng.choice([inputs.mutated(rng, lines[at], 3), rng.choice(inputs.TEXTS), "[" * 100_000, "{}"])
    damaged = inputs.mutated_bytes(rng, "\n".join(lines).encode("utf-8", "replace"))
    data = bench.take(damaged + b'\n{"jsonrpc": "2.0", "id": "last", "method": "ping"}\n')
    answers, before = _Answers(), (sys.stdin, sys.stdout)
    sys.stdin, sys.stdout = io.TextIOWrapper(_Host(data, answers)), io.TextIOWrapper(answers)
    try:
        asyncio.run(_server(bench.engine).run_stdio_async())
        said = answers.getvalue().decode()
    finally:
        sys.stdin, sys.stdout = before
    if (
        "Traceback" in said
        or "bug in" in said
        or "last" not in [json.loads(line)["id"] for line in said.split("\n")[:-1]]
    ):
        raise Unsafe(f"the session ended before its last line, or with a bug: {said[-300:]}")


def _altered(rng: Random, line: dict[str, Any]) -> dict[str, Any]:
    changed = inputs.altered(rng, line)
    return changed if isinstance(changed, dict) else {"id": changed, "method": changed}


def settings(rng: Random, bench: Bench) -> None:
    """A configuration found in a folder: it names nothing outside of it."""
    folder = bench.fresh()
    (folder / "pack.toml").write_text("")
    sound = {
        "rules": [rng.choice(["pack.toml", "../x.toml", "/etc/passwd", *inputs.TEXTS])],
        "region": rng.choice(["eu-west-1", *inputs.TEXTS]),
        "free_tier": True,
        "fail_on": {"check": ["limit"]},
        "suppress": [{"rule": "lambda.x", "reason": "r", "until": "2027-01-01", "paths": ["a/*"]}],
    }
    table = {key: value for key, value in sound.items() if rng.random() < 0.5}
    changed = inputs.altered(rng, table) if rng.random() < 0.5 else table
    table = changed if isinstance(changed, dict) else {"rules": changed}
    text = _dated("".join(f"{json.dumps(key)} = {inputs.as_toml(value)}\n" for key, value in table.items()))
    name = rng.choice(["whichcompute.toml", "pyproject.toml"])
    if name == "pyproject.toml":
        text = f"[tool.whichcompute]\n{text}"
    given = bench.take(inputs.mutated(rng, text, 2) if rng.random() < 0.5 else text)
    (folder / name).write_text(given, "utf-8", "replace")
    found = configuration.find(folder)
    inside = os.path.realpath(folder)
    for path in [*found.rules, *filter(None, [found.model])]:
        if not os.path.realpath(path).startswith(inside):
            raise Unsafe(f"{path} is outside of the folder of the configuration")
    found.suppression("lambda.x", "limit", str(folder / "a" / "b.tf"))


@cache
def _record(engine: Engine) -> str:
    return engine.record({"kind": "event_handler", "max_duration_s": 12, "state": "stateless"})


def record(rng: Random, bench: Bench) -> None:
    """A decision record, evaluated again."""
    text = _record(bench.engine)
    for _ in range(rng.randrange(3)):
        word = rng.choice(re.findall(r"[\w.]+", text.rpartition("whichcompute")[0]) or ["a"])
        text = text.replace(word, rng.choice([*DESCRIPTORS, *inputs.TEXTS]), 1)
    given = inputs.mutated(rng, text, 3) if rng.random() < 0.6 else text
    folder = bench.fresh()
    (folder / "0001.md").write_text(bench.take(given), "utf-8", "replace")
    for result in review(bench.engine, folder, lambda _: bench.engine):
        for said in (result.name, result.why, result.before, result.after):
            if not said.isprintable():
                raise Unsafe(f"not printable: {said!r:.300}")


TOOLS: dict[str, tuple[Callable[[Random, Bench], None], int]] = {
    "code": (code, 6),
    "prices": (prices, 10),
    "message": (message, 6),
    "session": (session, 3),
    "settings": (settings, 20),
    "record": (record, 6),
}
