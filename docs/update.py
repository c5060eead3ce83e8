"""Rewrites what the documents quote from the program: `make docs`. A test fails when any of it is out of date.

In Markdown, each `console` block is a transcript: lines after `$ ` are commands, run in the checkout, and what follows
each is its output. docs/cli.md, docs/rules.md, docs/descriptors.md, docs/costs.md, docs/presets.md and
docs/python.md are made whole, and so are the typed fields of Workload and the sheets of the questionnaire.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent))
from reference import python_reference, typed_fields
from sheets import as_csv

from whichcompute.cli import cli
from whichcompute.inventory.maps.presets import presets
from whichcompute.knowledge import facts as all_facts
from whichcompute.knowledge.descriptors import DERIVED, DESCRIPTORS
from whichcompute.knowledge.facts import Fact, Facts
from whichcompute.pricing.model import CostModel

ROOT = Path(__file__).resolve().parent.parent
LISTED = 8  # columns that are listed of those that a descriptor may be read from
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DAY = "2026-11-23"  # facts go stale by the calendar; what is quoted must not


def run(command: str) -> str:
    """What a `whichcompute` command prints, standard error included, with paths and colours as in a plain terminal."""
    words = command.replace("whichcompute", f'"{sys.executable}" -m whichcompute --as-of {DAY}', 1)
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "PYTHONPATH": str(ROOT / "engine")}
    done = subprocess.run(
        words, shell=True, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
    )
    return done.stdout.replace("python -m whichcompute", "whichcompute")


def transcripts(markdown: str) -> str:
    """The text with every transcript run again."""

    def again(match: re.Match[str]) -> str:
        commands = [line for line in match[1].splitlines() if line.startswith("$ ")]
        return "```console\n" + "".join(f"{line}\n{run(line[2:])}" for line in commands) + "```"

    return _BLOCK.sub(again, markdown)


def commands(group: click.Group, name: str = "whichcompute") -> Iterator[str]:
    """The group and every command below it, in the order of its help."""
    yield name
    context = click.Context(group)
    for word in group.commands or group.list_commands(context):
        command = group.get_command(context, word)
        yield from commands(command, f"{name} {word}") if isinstance(command, click.Group) else [f"{name} {word}"]


def cli_reference() -> str:
    """docs/cli.md: the help of every command."""
    parts = ["# Command reference\n\nMade from `--help` by `make docs`.\n"]
    for title in commands(cli):
        parts.append(f"\n## {title}\n\n```text\n{run(f'{title} --help')}```\n")
    return "".join(parts)


def descriptor_reference() -> str:
    """docs/descriptors.md: the descriptor table for readers."""
    rows = ["# Descriptors\n\nMade from `data/descriptors.toml` by `make docs`. All are optional; empty is unknown.\n"]
    rows.append("\n| field | values | meaning |\n|---|---|---|\n")
    for d in DESCRIPTORS.values():
        values = d.allowed().removeprefix("allowed: ") if d.decides else "text"
        rows.append(f"| `{d.name}` | {values} | {d.meaning} |\n")
    rows.append("\nDerived from others, for rules:\n\n| name | unit | meaning |\n|---|---|---|\n")
    rows += [f"| `{d.name}` | {d.unit} | {d.meaning} |\n" for d in DERIVED.values()]
    return "".join(rows)


def preset_reference() -> str:
    """docs/presets.md: the maps for inventories of known tools."""
    parts = [
        "# Inventories of other tools\n\nMade from `data/presets/` by `make docs`. A file is recognised by its header; "
        "`--preset NAME` names the preset, `--preset none` reads a file without one.\n"
    ]
    for name, preset in presets().items():
        headers = " or ".join(", ".join(f"`{column}`" for column in columns) for columns in preset.detect)
        recognised = f"the columns {headers}" if headers else "`--preset` only"
        parts.append(f"\n## {preset.title}: `{name}`\n\nRecognised by {recognised}.\n\n")
        parts.append("| descriptor | from | rule |\n|---|---|---|\n")
        for column in preset.map.columns:
            sources = ", ".join(f"`{source}`" for source in column.names[:LISTED]) or f"always `{column.always}`"
            more = f" and {len(column.names) - LISTED} more" if len(column.names) > LISTED else ""
            indicated = ", an indication (`--no-roles` leaves it out)" if column.hint else ""
            parts.append(f"| `{column.descriptor}` | {sources}{more} | {column.rule or 'unchanged'}{indicated} |\n")
        skips: dict[str, list[str]] = {}
        for skip in preset.map.skips:
            skips.setdefault(skip.because, []).append(f"`{skip.column}`")
        parts += [f"\nSkipped: {because} ({', '.join(columns)}).\n" for because, columns in skips.items()]
        for join in preset.join:
            taken = " or ".join(f"`{title}`" for title in join.take)
            how = "the sum of " if join.sum else ""
            parts.append(f"\nJoined where a workbook has no `{join.field}`: {how}{taken} of its sheet {join.sheet}.\n")
        unlike = list(preset.others)
        parts += [f"\nNot scored: {', '.join(unlike)}.\n"] if unlike else []
        parts += [f"\n{note}\n" for note in preset.map.notes]
        parts.append(f"\nColumns as in {', '.join(f'<{url}>' for url in preset.seen_in)}.\n")
    return "".join(parts)


_COSTS = """# Costs

Made from `data/facts/` by `make docs`: what a cost estimate assumes, why, and what that changes.

An estimate is made three times: with the low, the expected and the high value of every assumption below. What is known
of a workload replaces its assumption, so the more is answered, the narrower the range. A recommendation shows the
expected cost with the range, and names the two assumptions that make it widest, and what of them is assumed; where no
answer settles either, also the answer that narrows it most. Lines are exact quantities times list
prices; sums in prose have two digits, from 1,000 USD on three.

## Classes of work

| work | which | how it is priced |
|---|---|---|
| computing | jobs, events, messages, stream records; GPU work; inference | a unit takes an instance while it runs |
| requests | websites, APIs and servers over HTTP or gRPC | several at a time share a vCPU |
| open connections | WebSocket, TCP, UDP; what of an HTTP request is waiting | many at a time share a vCPU |

How many requests a vCPU serves at a time says how much of its duration a request computes: at 4 a quarter, while it
waits for databases and other services, at 16 a sixteenth, at 1 all of it. No field asks for it and no published
measurement of it was found that holds for more than one program, so the range is wide, and named among what makes
estimates uncertain. `typical_duration_s` is the time from request to answer, not CPU time.

Computing work never costs less than units x duration x size. All services get the same number of instances, the same
memory policy and the same peak. The capacity follows the load, and the high estimate carries a stated peak all month.
Where `autoscaling` is no, the expected one carries it too, but no more than four times what follows the load: a fleet
that cannot grow is not bought for a peak many times its usual load. Queue workers and stream processors have capacity
for the average in all estimates, as their queue evens out the peak, and so has what must cost nothing while idle
(`scale_to_zero`). Provisioned concurrency has the capacity that instances have. The estimates of a high scenario whose
price is not known in the Region are those of the expected one, and say so.

Load balancers follow one policy. Several machines or tasks that clients reach have one. A single EC2 instance (plain,
or of Elastic Beanstalk) or a single Lightsail bundle that needs neither high availability nor auto scaling has none:
its public address stays while it runs, is in every estimate, and TLS ends on it at no charge, as with a certificate
of Let's Encrypt. Only its high estimate has a load balancer (`balancer_of_one`), as the managed certificate, or
replacing the machine unseen, can be worth one; for a website of one vCPU and 2 GB it costs 24 USD a month, more than
the instance, so the expected estimate of one without the other would compare unlike things. Tasks under ECS, on Fargate
and on EC2, have one even where there is one task, as each that starts has another address; outside production the low
estimate finds them by name (service discovery). The nodes of a Lightsail container service include theirs. On
Lightsail only HTTP has a load balancer. The answer outside is ranked by the estimate of a plain instance where clients
reach it, but for an API, which is not compared with a single machine.

A private network does not by itself call the internet. A function that reaches a database there needs no NAT gateway; a
task on Fargate takes three interface endpoints, for the registry, its layers and the logs, an instance under ECS three
more for its agent, or each a NAT gateway where that costs less. Plain instances, managed databases and caches need
neither. A NAT gateway, with its public address, is counted where traffic leaves other than as answers to clients, and
in the high estimate.

A fixed address (`static_ip`) lies on an instance, and costs what each public address does. Functions and tasks have
none that stays: they take a NAT gateway, but where clients reach tasks, a Network Load Balancer with the address in
place of the Application Load Balancer, at the same price.

Burstable machines (EC2 and Lightsail) serve measured load up to their baseline, and load that is rare, spiky, or that
of a hobby or a test, beyond it: on EC2 with surplus credits. Any other load counts as busy all the time, also where
nothing is said of it, and its instances need a machine that sustains their vCPUs, stated or assumed: one of fixed
performance, or a burstable one within its baseline. Up to a quarter of a vCPU, stated or assumed, is a low load by its
size (`idle_vcpus`). x86 types of fixed performance begin at two vCPUs, so a server of one vCPU and 2 GB costs 71 USD a
month where nothing is said of its load, and 21 USD where `traffic` is `rare` or `spiky`: the estimate names this
question, as it decides. Most machines keep a small part of their vCPUs busy, so the low estimate has a burstable one;
the high estimate sustains all vCPUs. Tasks on Fargate do not burst: they pay the vCPUs that are stated.

Unknown memory is that of the language, the stack or the product (`memory_mb_java`, `memory_mb_game` ...), the most of
them where several are known. A class of product counts for servers and websites: a job for a game is not a game server.

Where the number or the duration of units of work is not stated and a bracket is safe, it is assumed, and the estimate
says so: the duration of requests, events and scheduled tasks whose number is known; daily to hourly runs of a schedule,
which do not overlap; and a thousand to a hundred thousand requests or events a month where traffic is rare or the
environment is hobby or dev_test. Elsewhere an unknown number leaves functions and jobs without an estimate.

Jobs pay for instances while they run, under Batch and under ECS alike, as a capacity provider starts and stops them;
servers and services, those with GPUs too, pay all month. Work that may be interrupted runs on Spot, at the discount
that was seen, in the low estimate at the most that AWS names, in the high one on demand. Open connections take the same
instances whatever serves them, and where a machine is stated, as many of it as hold them.

Not counted: databases, queues and other services beside the workload, support, tax, savings plans (the report says what
they could save), traffic between Availability Zones, FSx, and free tiers unless `--free-tier` is given (Lambda only);
the first 1,024 GB a month from CloudFront are free for every account and not counted. A relational database that the
workload uses is said apart, in RDS with 4 GB of memory (1 to 16 GB): it costs the same with each answer. So are
licences of SQL Server on EC2, by edition, for a database on Windows.

A machine that holds several instances, a container or a job keeps 5 % of its memory for the system, on ECS, Batch,
plain EC2 and Lightsail, with GPUs or without: a container of 16 GB does not fit a machine of 16 GB. A server that fills
a machine is sized like it, and only the high estimate keeps memory there too. A Dedicated Host is one of the family
that holds the instances at the least cost (c5, m5, r5 or the newest), at 1.1 times the size that fills it. A database
on Lightsail that must survive the loss of an Availability Zone takes a plan with a standby. Windows adds the same
charge to the price of Linux in every Region.

## What the estimates are held against

`tests/pricing/published.toml` holds what AWS publishes as examples (Lambda, Fargate, API Gateway; for Batch, whose
page has none, the Fargate example it must equal; for Lightsail the plans of its user guide), met to the cent, and 21
figures of bills and estimates that others published with their inputs, met within 1 %. No estimate is below the
physical minimum of stated work: `python benchmarks/physical_minimum.py` tries 20,000 random workloads.

## Break-even

`recommend --full` says where the cheapest service changes over requests, duration and memory. For Lambda and Fargate it
also says how far the break-even moves with what is assumed: each assumption below is set to its low and its high
value alone, and all of them to what moves it down, and up. Published figures differ by a factor of twenty because
each holds for assumptions it does not name: how many requests a vCPU serves at a time alone moves it from 13 million
requests a month to no limit for an API of 200 ms and 512 MB, an API Gateway in front from 9 to 130 million.

## Many workloads

`score` sums up the estimates with their range, and says how much rests on rows that are settled (decided or none).
The range holds if all low, or all high, assumptions hold together; single estimates may err in both directions. The
report (`--report`) adds what workloads could share where they lie in one Region and environment and need not be
apart: Application Load Balancers with a target group for each, and ECS hosts filled without gaps, so that the saving
is the most that is possible; the quotas of a new account that they break together, with the request to make; and what
a Compute Savings Plan covers and takes off at most, instances of Windows left out. `score --portfolio FILE` writes
all of it as JSON, and `Engine.portfolio(frame)` returns it.

## Regions

Prices are those of the Region of a workload (`region`, or `--region`); without one, of us-east-1, and that is said.
`data/facts/regions/` holds what public sources give of seven more Regions. A price that is not known is never
replaced by that of another Region: what needs it has no estimate, and text, JSON (`cost_needs`), the notes of `score`
and the report say which line lacks its price. Inventories may name Regions as AWS does (`Europe (Frankfurt)`,
`eu-central-1a`); a row whose Region cannot be read has no estimate. `whichcompute facts import-prices` reads the rest
from price list files of AWS. Where a service is not offered (Lightsail, in {without} of {regions} Regions) is a
fact, and rules it out; Lambda, Batch and ECS have endpoints in all but me-west-1 and sa-west-1 (botocore
1.44.8, 2026-11-29).

## Assumptions

0 and 1: no and yes. The field is the one whose answer replaces the assumption, or narrows it.
"""


class _Recorded(dict[str, Any]):
    """The values of facts by id, with the ids of those that were asked for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.ids: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.ids.add(key)
        return super().get(key, default)


def cost_reference() -> str:
    """docs/costs.md: every assumption of the cost estimates, its source and its effect."""
    facts = all_facts.load()
    known = facts.fact("cost.assumptions").values[0]
    without, regions = len(facts["lightsail.regions_without"]), len(DESCRIPTORS["region"].choices)
    parts = [_COSTS.format(without=without, regions=regions), "\n"]
    parts.append("| assumption | low | expected | high | field | changes | because | source |\n" + "|---" * 8 + "|\n")
    for row in known.value:
        low, expected, high = (
            f"{row[which]:,g} {row['unit'].removeprefix('count')}".strip() for which in ("low", "expected", "high")
        )
        field = f"`{row['field']}`" if row["field"] else ""
        source = _title(facts, row.get("source", known.source))
        words = (row["effect"], row["because"], source)
        parts.append(f"| `{row['name']}` | {low} | {expected} | {high} | {field} | {' | '.join(words)} |\n")
    parts.append("\nThe same in all three estimates, prices and tables apart:\n\n")
    parts.append("| fact | value | what it says | source |\n|---|---|---|---|\n")
    read = _Recorded({fact.id: facts[fact.id] for fact in facts.all()})
    CostModel(read)
    unpriced = [fact for fact in facts.all() if not fact.unit.startswith(("USD", "table", "text", "enum"))]
    fixed = [fact for fact in unpriced if fact.id.startswith("cost.") or fact.id in read.ids]
    parts += [_fact_row(fact, facts) for fact in fixed]
    parts.append(
        "\n## Lines\n\nBeside instances, nodes and bundles. Each is a quantity times its price, or its price tiers.\n\n"
    )
    parts.append("| line | unit | price |\n|---|---|---|\n")
    for row in facts["cost.lines"]:
        prices = ", ".join(f"`{price}`" for price in row["prices"])
        parts.append(f"| {row['line']} | {row['unit']} | {prices} |\n")
    parts.append("\n## Prices\n\nList prices of us-east-1; `whichcompute facts show ID` has each with its history.\n\n")
    parts.append("| price | value | what it says | source |\n|---|---|---|---|\n")
    parts += [_fact_row(fact, facts) for fact in facts.all() if fact.unit.startswith("USD")]
    return "".join(parts)


def _title(facts: Facts, reference: str) -> str:
    return facts.sources[reference.partition("#")[0]].title


def _fact_row(fact: Fact, facts: Facts) -> str:
    dated = fact.values[0]
    source = _title(facts, dated.source)
    value = f"{dated.value:,.10f}".rstrip("0").rstrip(".")
    return f"| `{fact.id}` | {value} {fact.unit} | {fact.statement} | {source} |\n"


def documents() -> dict[Path, Callable[[], str]]:
    """Every document that quotes the program, and what makes it as it should read now."""
    made: dict[Path, Callable[[], str]] = {
        ROOT / "docs/cli.md": cli_reference,
        ROOT / "docs/rules.md": partial(run, "whichcompute rules catalogue"),
        ROOT / "docs/descriptors.md": descriptor_reference,
        ROOT / "docs/presets.md": preset_reference,
        ROOT / "docs/costs.md": cost_reference,
        ROOT / "docs/python.md": python_reference,
        ROOT / "engine/whichcompute/knowledge/fields.py": typed_fields,
        ROOT / "data/answers.csv": as_csv,
    }
    quoting = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return made | {path: partial(transcripts, path.read_text()) for path in quoting if path not in made}


if __name__ == "__main__":
    for path, make in documents().items():
        text = make()
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"rewrote {path.relative_to(ROOT)}")
