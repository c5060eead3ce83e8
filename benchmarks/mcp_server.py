"""Measures the Model Context Protocol server as a host meets it: start-up, and the answer time of each tool.

    python benchmarks/mcp_server.py --calls 50 --starts 5

A real client session of the SDK over standard input and output. Start-up is from starting the command to the end of
`initialize`. Prints medians and 95th percentiles in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from typing import Any

from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

WORKLOAD = {
    "kind": "web_api", "protocol": "http", "packaging": "container", "vcpus": 1, "typical_duration_s": 0.2,
    "state": "stateless", "environment": "production",
}  # fmt: skip
TOOLS = ("recommend", "next_question", "check_limits", "explain_rule", "what_would_change_it")
SERVER = StdioServerParameters(command=sys.executable, args=["-m", "whichcompute", "mcp"], env=dict(os.environ))


def arguments_of(tool: str, number: int) -> dict[str, Any]:
    """What a tool is called with; another workload each time, as the server remembers what it has weighed."""
    if tool == "explain_rule":
        return {"rule": "lambda.duration-exceeds-limit"}
    workload = {**WORKLOAD, "memory_mb": 512 + 64 * number, "invocations_per_month": 1e6 * (1 + number)}
    return {"workload": workload, **({"service": "fargate"} if tool == "check_limits" else {})}


async def session_seconds(calls: int) -> tuple[float, dict[str, list[float]]]:
    """The seconds until a session is ready, and those of each call by tool, the tools alternating."""
    started = time.perf_counter()
    async with stdio_client(SERVER) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        ready = time.perf_counter() - started
        seconds: dict[str, list[float]] = {name: [] for name in TOOLS}
        for number in range(calls):
            for name in TOOLS:
                arguments = arguments_of(name, number)
                begun = time.perf_counter()
                answer = await session.call_tool(name, arguments)
                seconds[name].append(time.perf_counter() - begun)
                if answer.is_error:
                    raise SystemExit(f"{name}: {answer.content}")
    return ready, seconds


def line(name: str, seconds: list[float]) -> str:
    """One line of figures in milliseconds."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return f"{name:<24} median {statistics.median(ordered) * 1e3:7.1f} ms   95 % {high * 1e3:7.1f} ms"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=50, help="calls of each tool")
    parser.add_argument("--starts", type=int, default=5, help="sessions started")
    options = parser.parse_args()
    runs = [asyncio.run(session_seconds(options.calls if not at else 1)) for at in range(options.starts)]
    print(line("start-up to initialized", [ready for ready, _ in runs]))
    for name, seconds in runs[0][1].items():
        print(line(name, seconds[1:] or seconds))
        if seconds:
            print(f"{'':<24} first  {seconds[0] * 1e3:7.1f} ms")


if __name__ == "__main__":
    main()
