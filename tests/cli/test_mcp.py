"""The Model Context Protocol server, met by a real client of the SDK over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp")

from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

WORKLOAD = {"kind": "event_handler", "max_duration_s": 12, "state": "stateless"}
TOOLS = {"recommend", "next_question", "what_would_change_it", "check_limits", "explain_rule", "scan"}


def with_session(talk: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "whichcompute", "mcp"], env={**os.environ, "NO_COLOR": "1"}
        )
        async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await talk(session)

    return asyncio.run(main())


def called(name: str, **arguments: object) -> Any:
    return with_session(lambda session: session.call_tool(name, arguments))


def test_every_tool_has_typed_input_and_output() -> None:
    tools = {tool.name: tool for tool in with_session(lambda session: session.list_tools()).tools}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.description and tool.input_schema["properties"] and tool.output_schema
    text = str(tools["recommend"].input_schema)
    assert "max_duration_s" in text and "event_handler" in text


def test_a_session_from_question_to_sources(tmp_path: Path) -> None:
    async def talk(session: ClientSession) -> None:
        async def call(name: str, **arguments: object) -> Any:
            result: Any = await session.call_tool(name, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        asked = await call("next_question", workload={})
        assert asked["field"] == "kind" or asked["choices"]
        advice = await call("recommend", workload=WORKLOAD)
        assert (advice["service"], advice["decision"]) == ("lambda", "decided")
        machine = (await call("recommend", workload={"kind": "server", "packaging": "machine_image"}))["options"][0]
        assert (machine["service"], machine["name"]) == ("none", "Amazon EC2")
        assert machine["monthly_cost_low_usd"] <= machine["monthly_cost_usd"] <= machine["monthly_cost_high_usd"]
        assert any(p["sources"] for option in advice["options"] for p in option["reasons"])
        changes = await call("what_would_change_it", workload=WORKLOAD)
        assert changes["result"] and changes["result"][0]["text"]
        limits = await call("check_limits", workload={"max_duration_s": "20m"}, service="lambda")
        assert limits["status"] == "ruled_out" and limits["exceeded"][0]["rule"].startswith("lambda.")
        rule = await call("explain_rule", rule=limits["exceeded"][0]["rule"])
        assert rule["effect"] == "exclude" and rule["sources"]
        (tmp_path / "docker-compose.yml").write_text("services:\n  api:\n    image: example/api:1\n")
        assert "api" in str(await call("scan", path=str(tmp_path)))

    with_session(talk)


def test_an_answer_is_a_range_a_number_or_a_text_with_a_unit() -> None:
    async def talk(session: ClientSession) -> None:
        async def call(name: str, **workload: object) -> Any:
            result: Any = await session.call_tool(name, {"workload": workload})
            assert not result.is_error, result.content
            return result.structured_content

        known: dict[str, object] = {"kind": "queue_worker", "packaging": "container"}
        for _ in range(12):
            asked = await call("next_question", **known)
            words = [choice["words"] for choice in asked["choices"]]
            known |= asked["choices"][0]["fields"]
            if known[asked["field"]] == words[0] and asked["field"].endswith("_s"):
                break
        else:
            raise AssertionError("no range was offered")
        field = asked["field"]
        said = await call("recommend", **known)
        assert said["options"]
        for value in (45, "45s"):
            assert (await call("recommend", **{**known, field: value}))["options"]
        wrong: Any = await session.call_tool("recommend", {"workload": {field: "quite long"}})
        assert wrong.is_error and "allowed: a number" in wrong.content[0].text

    with_session(talk)


def test_the_schema_says_how_a_number_may_be_given() -> None:
    (tool,) = (each for each in with_session(lambda session: session.list_tools()).tools if each.name == "recommend")
    text = str(tool.input_schema)
    assert "words of a range that next_question offered" in text
    assert "'type': 'number'" in text and "'examples': ['20m']" in text


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("recommend", {"workload": {"os": "beos"}}, "beos"),
        ("recommend", {"workload": "website"}, "workload = 'website': allowed: an object with the fields"),
        ("recommend", {}, "workload = '': is missing; allowed: an object"),
        ("recommend", {"workload": {}, "free_tier": "maybe"}, "free_tier = 'maybe': allowed: true, false"),
        ("recommend", {"workload": {}, "free_teir": True}, "(did you mean free_tier?)"),
        ("check_limits", {"workload": {}, "service": 5}, "service = '5': allowed: a text"),
        ("recomend", {"workload": {}}, "tool 'recomend' is not known; allowed: recommend, next_question"),
        ("check_limits", {"workload": {}, "service": "mainframe"}, "allowed: lambda"),
        ("explain_rule", {"rule": "lambda.nothing"}, "lambda.nothing"),
    ],
)
def test_bad_input_is_answered_with_what_is_allowed(name: str, arguments: dict[str, object], words: str) -> None:
    result = called(name, **arguments)
    assert result.is_error and words in result.content[0].text
    assert "Traceback" not in result.content[0].text and "pydantic" not in result.content[0].text


def test_rules_and_facts_are_resources() -> None:
    async def talk(session: ClientSession) -> list[str]:
        uris = ("rules", "facts", "facts/lambda.max_duration", "rules/lambda.duration-exceeds-limit")
        read: list[Any] = [await session.read_resource(f"whichcompute://{uri}") for uri in uris]
        return [each.contents[0].text for each in read]

    rules, facts, fact, rule = with_session(talk)
    assert "lambda.duration-exceeds-limit" in rules and "lambda.max_duration" in facts
    assert "900" in fact and "exclude" in rule
    known = json.loads(fact)
    assert known["read_on"] and known["sources"][0]["url"].startswith("https://docs.aws.amazon.com/lambda/")
    named = json.loads(rule)["sources"]
    assert named[0]["url"] and len(named) == len({(source["title"], source["url"]) for source in named})


def test_the_settings_that_the_page_gives_to_hosts_start_a_server() -> None:
    page = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")
    settings = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    commands = [[s["command"], *s["args"]] for each in settings for held in each.values() for s in held.values()]
    commands += [line.split(" -- ")[1].split() for line in re.findall(r"^claude mcp add .*$", page, re.MULTILINE)]
    assert len(commands) == 3 and all(command == ["whichcompute", "mcp"] for command in commands)


def test_a_line_that_is_not_a_message_is_answered_with_an_error_and_the_session_goes_on() -> None:
    lines = [
        "not json",
        '{"jsonrpc": "2.0", "id": 1',
        "[]",
        '{"jsonrpc": "2.0", "id": 7}',
        '{"id": 8, "method": "ping"}',
    ]
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    begin = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    end = '{"jsonrpc": "2.0", "id": 9, "method": "ping"}'
    command = [sys.executable, "-W", "default::ResourceWarning", "-m", "whichcompute", "mcp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as served:
        assert served.stdin and served.stdout and served.stderr
        served.stdin.write("\n".join([begin, *lines, end, ""]))
        served.stdin.flush()
        answers = [json.loads(served.stdout.readline()) for _ in range(len(lines) + 2)]
        served.stdin.close()
        assert (served.stderr.read(), served.wait(timeout=60)) == ("", 0)
    errors = [answer["error"]["code"] for answer in answers if answer["id"] is None]
    assert errors == [-32700, -32700, -32600, -32600, -32600]
    assert [answer["id"] for answer in answers if "result" in answer] == [1, 9]


def test_a_host_that_ends_is_not_a_bug() -> None:
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    begin = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    command = [sys.executable, "-m", "whichcompute", "mcp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as served:
        assert served.stdin and served.stdout and served.stderr
        served.stdin.write(f"{begin}\n")
        served.stdin.flush()
        assert served.stdout.readline()
        served.stdout.close()
        served.stdin.write('{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n')
        served.stdin.close()
        assert (served.stderr.read(), served.wait(timeout=60)) == ("", 0)
