from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from whichcompute import Engine
from whichcompute.base.words import about
from whichcompute.presentation import adr
from whichcompute.recommender.result import Recommendation

DAY = date(2026, 11, 23)
WORKLOAD = {
    "workload_id": "billing-api",
    "description": "Creates the monthly invoices",
    "kind": "event_handler",
    "max_duration_s": "13m",
    "memory_mb": 2048,
    "invocations_per_month": 200_000,
    "typical_duration_s": 30,
}
HOSTILE = [
    "# Heading",
    "- item",
    "1. item",
    "2) item",
    "=== rule",
    "<script>alert(1)</script>",
    "[text](javascript:alert(1))",
    "![image](http://x/y.png)",
    "`code` ``` fence",
    "a | b | c",
    "line\nbreak\n\n## heading\n| table |",
    "*bold* _em_ ~~gone~~ $math$",
    "&lt;b&gt; & &amp;",
    "back\\slash \\[x\\]",
    "\u202ereversed \x1b[31m red \x00",
    "> quote",
]


@pytest.fixture(scope="module")
def recommendation(engine: Engine) -> Recommendation:
    return engine.recommend(WORKLOAD)


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_record_has_the_parts_of_a_decision_record(recommendation: Recommendation) -> None:
    text = adr.write(recommendation, day=DAY)
    assert text.startswith("# Run billing-api on AWS Lambda\n\n- Status: proposed\n- Date: 2026-11-23\n")
    assert list(sections(text)) == ["Context", "Options", "Decision", "Consequences", "Sources"]
    assert recommendation.fingerprint in text and text.endswith("\n") and "\n\n\n" not in text


def test_the_context_tells_what_is_known_in_words(recommendation: Recommendation) -> None:
    context = sections(adr.write(recommendation))["Context"]
    assert "Creates the monthly invoices" in context
    assert "| maximum duration | 13 min |" in context and "| memory per instance | 2 GB |" in context
    assert "where to run billing-api, an event handler." in context


def test_all_options_stand_side_by_side_with_verdict_and_cost(recommendation: Recommendation) -> None:
    options = sections(adr.write(recommendation))["Options"]
    rows = [line.split("|")[1:-1] for line in options.splitlines() if line.startswith("|")][2:]
    assert [row[0].strip() for row in rows] == [
        verdict.name.replace("outside these", "Outside these") for verdict in recommendation.verdicts
    ]
    for row, verdict in zip(rows, recommendation.verdicts, strict=True):
        cost = verdict.monthly_cost_usd
        assert (f"about {about(cost.expected)} (" if cost else "not estimated") in row[3]


def test_a_blank_cost_says_what_an_estimate_needs(engine: Engine) -> None:
    options = sections(adr.write(engine.recommend({"kind": "event_handler"})))["Options"]
    (row,) = (line for line in options.splitlines() if line.startswith("| AWS Lambda"))
    assert "no estimate: needs number of requests or jobs per month and a duration" in row
    record = adr.write(engine.recommend({"kind": "web_api"}))
    assert "State whether it uses a database: a managed database" in record, "names of fields are no words of a record"


def test_the_consequences_hold_cautions_companions_limits_and_margins(recommendation: Recommendation) -> None:
    text = adr.write(recommendation, ["Batch if it takes a day"])
    first = recommendation.verdicts[0]
    consequences = sections(text)["Consequences"]
    told = [*first.cautions, *(c.text for c in first.companions), *(u.condition for u in first.unconfirmed)]
    assert all(adr.escape(sentence.replace("_", " ")) in consequences for sentence in told)
    assert "13 min of 15 min, 13% to spare" in consequences
    assert "Batch if it takes a day" in consequences


def test_every_number_in_brackets_is_a_source_below(recommendation: Recommendation) -> None:
    parts = sections(adr.write(recommendation))
    text = parts["Options"] + parts["Consequences"]
    cited = {int(n) for marks in re.findall(r"\\\[([\d, ]+)\\\]", text) for n in marks.split(",")}
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", parts["Sources"], flags=re.MULTILINE)]
    assert cited == set(listed) and listed == list(range(1, len(listed) + 1))
    assert "](<https://docs.aws.amazon.com/" in parts["Sources"]


def test_it_is_written_as_those_who_decide_would(engine: Engine, recommendation: Recommendation) -> None:
    parts = sections(adr.write(recommendation))
    decided = sections(adr.write(engine.recommend({**WORKLOAD, "max_duration_s": 12, "state": "stateless"})))[
        "Decision"
    ]
    assert decided.strip().startswith("We will run billing-api on AWS Lambda. Lambda is designed for event-driven")
    assert parts["Decision"].strip().startswith("We will run billing-api on AWS Lambda. ")
    assert "Deciders: to be named" in adr.write(recommendation)
    assert adr.write(engine.recommend({"kind": "web_api", "packaging": "container"})).startswith(
        "# Run the web API on "
    )
    record = adr.write(engine.recommend({}))
    assert record.startswith("# Where to run the workload\n"), "a title must not decide what the record leaves open"
    assert sections(record)["Decision"].strip().startswith("No decision yet. Too little")
    assert not re.search(r"[+-]\d\.\d\d", parts["Options"]), "a weight without a scale says nothing"


def test_the_context_says_what_the_workload_is_in_one_sentence(engine: Engine) -> None:
    def context(**workload: object) -> str:
        return sections(adr.write(engine.recommend(workload)))["Context"].strip().partition("\n")[0]

    assert context(workload_id="shop", kind="website") == "We have to decide where to run shop, a website."
    assert context(workload_id="x", kind="event_handler") == "We have to decide where to run x, an event handler."
    assert context(kind="web_api") == "We have to decide where to run the web API."
    assert context(workload_id="x") == "We have to decide where to run x."
    host = {"kind": "server", "packaging": "machine_image", "os": "windows", "dedicated_hardware": True}
    decision = sections(adr.write(engine.recommend(host)))["Decision"]
    assert "these would serve too:\n\n- Amazon EC2: " in decision


def test_decisions_on_record_are_linked_and_said_in_one_line_for_each_service(recommendation: Recommendation) -> None:
    parts = sections(adr.write(recommendation))
    lines = re.findall(r"^- Precedent: .*comparable decisions on record", parts["Options"], re.MULTILINE)
    left = [verdict for verdict in recommendation.verdicts if verdict.probability >= 0.01]
    assert len(lines) == len(left) > 1
    assert all(f"](<{case.url}>)" in parts["Consequences"] for case in recommendation.similar)


def test_what_to_settle_has_sources_and_ends_at_five(engine: Engine) -> None:
    one = engine.recommend({"kind": "event_handler", "max_duration_s": 10, "state": "stateless"})
    assert one.service == "lambda" and one.considerations
    recommendation = replace(one, considerations=one.considerations * 4)
    settle = re.search(r"### To settle before building\n\n(.*?)\n\n", adr.write(recommendation), re.DOTALL)
    assert settle is not None
    lines = settle[1].splitlines()
    assert len(lines) == 5 and all(re.search(r"\\\[[\d, ]+\\\]$", line) for line in lines)


def test_none_of_the_five_is_a_decision_too(engine: Engine) -> None:
    text = adr.write(engine.recommend({"os": "other", "host_access": "kernel"}))
    assert text.startswith("# Run the workload on Amazon EC2\n")
    assert "\n### Amazon EC2\n" in text and "are not weighed" not in text
    assert "None of the services compared fits as well." in text and "EC2" in sections(text)["Decision"]
    assert sections(text)["Decision"].count(text.partition("Amazon EC2. ")[2].partition("\n")[0]) == 1, "said twice"


def test_each_estimate_cites_the_prices_of_its_service(engine: Engine) -> None:
    need = {"kind": "web_api", "invocations_per_month": 3e7, "typical_duration_s": 1, "memory_mb": 1024}
    cited = {
        verdict.service: reason.sources[0].url
        for verdict in engine.recommend(need).verdicts
        for reason in verdict.reasons
        if reason.effect == "cost"
        and verdict.monthly_cost_usd
        and verdict.service != "none"  # its instances are those of ECS
    }
    assert {"lambda", "fargate", "ecs_ec2"} <= {*cited} and len({*cited.values()}) == len(cited), cited


def test_a_record_without_a_day_says_so(recommendation: Recommendation) -> None:
    assert recommendation.as_of is None and "- Date: not stated" in adr.write(recommendation)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_text_of_the_workload_acts_neither_as_markdown_nor_as_html(engine: Engine, text: str) -> None:
    plain = adr.write(engine.recommend({"workload_id": "x", "description": "y", "kind": "website"}))
    record = adr.write(engine.recommend({"workload_id": text, "description": text, "kind": "website"}))
    assert record.count("\n") == plain.count("\n")
    for line, other in zip(record.splitlines(), plain.splitlines(), strict=True):
        if line != other:
            own = line.removeprefix("# Where to run ")
            bare = re.sub(r"\\.", "", own)
            assert not re.search(r"[<>`*|\[\]~$]|(?<!\w)_|_(?!\w)", bare), line
            assert line.startswith("# Where to run ") or not re.match(r"[#=+>-]|\d+[.)]", line), line
            assert line.isprintable()


def test_escaping_keeps_plain_words_as_they_are() -> None:
    for text in ("Creates invoices", "ecs_ec2 at 3.5 GB, 10% (or so)", "Größe: 5", "2.5 GB"):
        assert adr.escape(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call __init__ of a_b", "call \\_\\_init\\_\\_ of a_b"),
        ("ask @everyone of @a/b, #12 and GH-3", "ask @&#8203;everyone of @&#8203;a/b, #&#8203;12 and GH-&#8203;3"),
        ("see https://a.example and www.a.example", "see https&#58;//a.example and www&#46;a.example"),
    ],
)
def test_names_and_addresses_stay_text(text: str, expected: str) -> None:
    assert adr.escape(text) == expected


def test_a_limit_is_listed_once_and_ids_of_facts_stay_whole(engine: Engine) -> None:
    job = {"kind": "batch_job", "max_duration_s": "5h", "memory_mb": "32GB", "packaging": "container"}
    parts = adr.write(engine.recommend(job)).split("\n### ")
    title, _, limits = next(part for part in parts if part.startswith("Not yet")).partition("\n")
    lines = [line for line in limits.splitlines() if line.startswith("- ")]
    assert title == "Not yet checked: AWS Batch is ruled out if" and "- operating system is Windows" in lines
    assert len(lines) == len(set(lines)) > 5 and not [line for line in lines if "uled out" in line]
    assert adr._in_words("api_gateway.price_http of an event_handler on x86_64, memory_mb.") == (
        "api_gateway.price_http of an event handler on x86_64, memory per instance."
    )


def test_no_precedent_is_claimed_where_no_decision_is_comparable(engine: Engine) -> None:
    fields = {"kind": "website", "packaging": "source", "language": "python", "app_stack": "other", "traffic": "rare",
              "invocations_per_month": 100_000, "fixed_price": True, "monthly_budget_usd": 10}  # fmt: skip
    record = adr.write(engine.recommend(fields))
    assert "- Classifier: No decision on record is comparable; the classifier favours it by " in record
    assert "- Precedent" not in record


def test_what_machines_read_is_folded_and_a_tipping_point_is_said_in_round_numbers(engine: Engine) -> None:
    fields = {"kind": "website", "packaging": "source", "language": "python", "app_stack": "other", "traffic": "rare",
              "invocations_per_month": 100_000, "fixed_price": True, "monthly_budget_usd": 10}  # fmt: skip
    record = engine.record(fields)
    for_people, folded = record.split("<details><summary>What whichcompute review reads</summary>\n\n")
    assert folded.startswith(adr.FENCE) and folded.endswith("```\n\n</details>\n")
    assert "| application stack | none of the ready-made ones |" in for_people
    flips = [flip for flip in engine.sensitivity(fields) if flip.values.startswith("about ")]
    assert flips
    assert all(len(flip.values.split()[1].strip("0,.")) <= 2 for flip in flips)
