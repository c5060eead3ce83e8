"""A server of the Model Context Protocol whose errors name what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import anyio
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    CallToolResult,
    ErrorData,
    InputRequiredResult,
    JSONRPCError,
)
from pydantic import ValidationError

from whichcompute.base.errors import Problem, WorkloadError, shown
from whichcompute.base.words import did_you_mean

_TYPES = {
    "object": 'an object with the fields of a workload, such as {"kind": "web_api"}',
    "string": "a text",
    "boolean": "true, false",
}


class Server(MCPServer):
    """A server that answers what is not a message, or not an argument, with what is allowed.

    The SDK passes over the former, and answers the latter in the words of pydantic or not at all.
    """

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """The answer of a tool; ToolError names every argument that it cannot take."""
        allowed = {tool.name: tool.parameters for tool in self._tool_manager.list_tools()}
        if name not in allowed:
            raise ToolError(f"tool '{shown(name)}' is not known; allowed: {', '.join(allowed)}")
        taken = allowed[name]["properties"]
        unknown = [word for word in arguments if word not in taken]
        words = f"is not an argument; allowed: {', '.join(taken)}"
        problems = [Problem(word, arguments[word], words + did_you_mean(word, taken)) for word in unknown]
        try:
            if not problems:
                return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            problems = [*_problems(error.__cause__, taken)]
        raise ToolError(str(WorkloadError(problems)))

    async def run_stdio_async(self) -> None:
        """Serves standard input and output until the input ends."""
        lowlevel = self._lowlevel_server
        async with stdio_server() as (messages, answers), anyio.create_task_group() as tasks:
            send, receive = anyio.create_memory_object_stream[SessionMessage | Exception]()

            async def pass_on() -> None:
                async with send, messages:
                    async for message in messages:
                        if isinstance(message, Exception):
                            await answers.send(SessionMessage(_refused(message)))
                        else:
                            await send.send(message)

            tasks.start_soon(pass_on)
            await lowlevel.run(receive, answers, lowlevel.create_initialization_options())


def _refused(error: Exception) -> JSONRPCError:
    kind = error.errors()[0]["type"] if isinstance(error, ValidationError) else ""
    if kind == "json_invalid":
        data = ErrorData(code=PARSE_ERROR, message="This line is not JSON; each line is one JSON-RPC message.")
    else:
        data = ErrorData(code=INVALID_REQUEST, message="This line is not a request, notification or response.")
    return JSONRPCError(jsonrpc="2.0", id=None, error=data)


def _problems(error: ValidationError, taken: Mapping[str, Any]) -> Iterator[Problem]:
    """The arguments that are missing or of another type."""
    for found in error.errors():
        name = str(found["loc"][0])
        missing = found["type"] == "missing"
        reason = f"{'is missing; ' if missing else ''}allowed: {_TYPES[taken[name]['type']]}"
        yield Problem(name, "" if missing else found["input"], reason)
