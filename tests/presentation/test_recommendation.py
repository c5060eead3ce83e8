from __future__ import annotations

import json
import re

import pytest

from whichcompute import Engine
from whichcompute.base.errors import WhichcomputeError
from whichcompute.base.words import about
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.services import RECORDS
from whichcompute.presentation.recommendation import render

BLOG = {"kind": "website", "environment": "hobby", "aws_experience": "beginner"}
API = {
    "kind": "web_api",
    "protocol": "http",
    "memory_mb": 9000,
    "typical_duration_s": 0.2,
    "invocations_per_month": 1e6,
}


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("full", [False, True], ids=["short", "full"])
def test_every_line_fits_and_every_rule_has_words(engine: Engine, width: int, full: bool) -> None:
    text = render(engine.recommend(API), full=full, width=width)
    long = [line for line in text.splitlines() if len(line) > width and "https://" not in line]
    assert not long, long
    assert all(
        f" {name}" in text for name in ("AWS Lambda", "ECS on Fargate", "ECS on EC2", "AWS Batch", "Amazon Lightsail")
    )


def test_short_is_the_answer_full_is_everything(engine: Engine) -> None:
    recommendation = engine.recommend(API)
    short, full = render(recommendation), render(recommendation, full=True)
    assert short.startswith(recommendation.summary.split(".")[0][:30])
    assert len(short.splitlines()) < 72 < len(full.splitlines())
    cost = recommendation.verdicts[0].monthly_cost_usd
    assert cost is not None and f"about {about(cost.expected)} a month" in short
    told = " ".join(short.split())
    assert cost.drivers and all(
        f"answer {each.field} to narrow it: {each.question} By itself it moves" in told
        for each in cost.drivers
        if each.field
    )
    one = render(engine.recommend({"kind": "server", "os": "linux", "vcpus": 1.0, "memory_mb": 2048.0}))
    assert "assumed: traffic is unknown: vCPUs busy all the time, which takes a machine that" in " ".join(one.split())
    for verdict in recommendation.verdicts:
        assert all(reason.rule in full for reason in verdict.reasons)
    assert "near a limit" in short and "12% to spare" in short


def test_none_of_the_five_is_said_first(engine: Engine) -> None:
    text = render(engine.recommend({"os": "other", "host_access": "kernel"}))
    assert text.startswith("A hard limit rules out every service")
    assert "Outside the services compared" in text
    assert text.count("Ruled out") == 1


def test_styling_only_adds_marks(engine: Engine) -> None:
    recommendation = engine.recommend(API)
    marked = render(recommendation, style=lambda text, role: f"<{role}>{text}</{role}>")
    import re

    assert re.sub(r"</?(title|good|bad|warn|dim|plain)>", "", marked) == render(recommendation)


def test_none_is_an_answer_with_confidence_a_column_and_places(engine: Engine) -> None:
    recommendation = engine.recommend({"os": "other", "host_access": "kernel"})
    assert recommendation.service == "none" and recommendation.outside
    lines = render(recommendation).splitlines()
    assert any(">97% confidence" in line for line in lines)
    rows = [line for line in lines if "█" in line or "····" in line]
    assert len(rows) == 6 and len({min(line.find("█") % 999, line.find("·") % 999) for line in rows}) == 1
    data = json.loads(recommendation.model_dump_json())
    assert data["outside"][0]["id"] and {v["service"] for v in data["verdicts"]} >= {"none", "lambda"}


def test_it_ends_with_what_to_do_next_and_links_that_can_be_opened(engine: Engine) -> None:
    recommendation = engine.recommend(API)
    text = render(recommendation)
    steps = text.partition("\nNext steps\n")[2]
    assert recommendation.reading[0].url in steps
    assert all(word in steps for word in ("--adr", "--chart", "--what-if", "--full"))
    assert f"--what-if {recommendation.missing[0]}=VALUE" in " ".join(steps.split())
    sources = text.partition("\nSources\n")[2].splitlines()
    assert [int(line.split()[0]) for line in sources if line[:5].strip().isdigit()] == list(range(1, len(sources) + 1))
    assert sum("https://" in line for line in sources) >= len(sources) - 1


def test_the_guide_of_a_ready_made_stack_is_among_the_next_steps(engine: Engine) -> None:
    def steps(stack: str) -> str:
        return render(engine.recommend({**BLOG, "app_stack": stack})).partition("\nNext steps\n")[2]

    assert "quick-start-guide-wordpress.html" in steps("wordpress")
    assert "quick-start-guide" not in steps("lamp").partition("\nSources\n")[0]
    for record in RECORDS.values():
        assert all(guide in engine.facts.sources for guide in (record.guide, *record.stack_guides.values()))
        assert set(record.stack_guides) <= set(DESCRIPTORS["app_stack"].choices)


@pytest.mark.parametrize(
    ("workload", "drawn"),
    [
        ({"kind": "website", "app_stack": "wordpress"}, False),
        ({"kind": "website", "static_content": True, "max_duration_s": 1}, False),
        ({"os": "other", "max_duration_s": 1}, False),
        ({"kind": "batch_job", "max_duration_s": "8h"}, True),
        ({"kind": "web_api", "max_duration_s": "30s", "memory_mb": 1024}, True),
    ],
)
def test_a_chart_is_offered_where_it_can_be_drawn(engine: Engine, workload: dict[str, object], drawn: bool) -> None:
    recommendation = engine.recommend(workload)
    assert ("--chart costs.svg" in " ".join(render(recommendation).split())) == drawn
    if drawn:
        assert engine.chart(workload).startswith("<svg")
    elif recommendation.service != "none":
        with pytest.raises(WhichcomputeError, match="no cost chart"):
            engine.chart(workload)


def test_the_classifier_is_one_line_with_the_decisions_linked(engine: Engine) -> None:
    recommendation = engine.recommend({"kind": "scheduled_task", "max_duration_s": "20m", "packaging": "container"})
    total = sum(recommendation.comparable.values())
    lines = render(recommendation).splitlines()
    (line,) = (number for number, text in enumerate(lines) if "comparable decisions on record" in text)
    said = " ".join(lines[line : line + 2])
    posed = re.search(r"Of (\d+) comparable decisions on record \((\d+) of them certification exam questions\)", said)
    assert posed and int(posed[1]) == total > int(posed[2]) > 0
    assert f"{recommendation.comparable['fargate']} chose ECS on Fargate" in " ".join(said.split())
    line += 1
    urls = [case.url for case in recommendation.similar]
    assert [text.split(": ", 1)[1] for text in lines[line + 1 : line + 1 + len(urls)]] == urls


def test_the_place_outside_is_named_where_it_is_plausible_and_not_where_it_is_not(engine: Engine) -> None:
    machine = engine.recommend({"kind": "server", "packaging": "machine_image", "os": "windows"})
    text = render(machine)
    assert machine.verdicts[0].name == "Amazon EC2" and "\nAmazon EC2: possible" in text
    assert "\noutside these services; " in text and "\n  Amazon EC2 " in text
    function = engine.recommend(API)
    assert "none" not in function.plausible_services
    assert "\n  outside these services " in render(function)


def test_limits_to_check_are_counted_where_the_status_stands(engine: Engine) -> None:
    recommendation = engine.recommend(API)
    for verdict in recommendation.verdicts:
        if verdict.status == "unconfirmed":
            assert f"possible, {len(verdict.unconfirmed)} limit" in render(recommendation)
    assert "unconfirmed" not in render(recommendation, full=True)


def test_at_most_five_cautions_and_those_of_rules_first(engine: Engine) -> None:
    workload = {"kind": "website", "app_stack": "wordpress", "traffic": "spiky", "environment": "production",
                "server_management": "avoid", "aws_experience": "beginner", "fixed_price": True,
                "state": "persistent", "aws_integration": "medium", "start_within_s": 30}  # fmt: skip
    recommendation = engine.recommend(workload)
    assert recommendation.service == "lightsail"
    text = render(recommendation).partition("  settle before you build\n")[2]
    block = text.partition("\n  usually")[0] if "\n  usually" in text else text.partition("\n\n")[0]
    points = block.count("    - ")
    assert points == 5 and recommendation.verdicts[0].cautions[0].split()[0] in block.partition("\n    - ")[0]


FLASK = {"kind": "website", "packaging": "source", "language": "python", "app_stack": "other", "traffic": "rare",
         "invocations_per_month": 100_000, "fixed_price": True, "monthly_budget_usd": 10}  # fmt: skip


def test_what_no_comparable_decision_supports_says_what_carries_it_after_the_rules(engine: Engine) -> None:
    recommendation = engine.recommend(FLASK)
    assert not any(recommendation.comparable.values())
    full = render(recommendation, full=True).split("Amazon Lightsail: possible")[1]
    rules, past = full.split("  what past decisions add: a ranking, no reason\n")[:2]
    assert "[lightsail.fixed-price" in rules and "classifier." not in rules
    assert "[classifier.decisions" in past and "[classifier.base" in past
    said = "No decision on record is comparable; the classifier favours it by single answers, most by fixed monthly"
    assert said in " ".join(past.split())


def test_an_answer_that_the_classifier_reads_nothing_off_is_explained_too(engine: Engine) -> None:
    verdicts = engine.recommend({"static_ip": False}).verdicts
    read = [reason for verdict in verdicts for reason in verdict.reasons if reason.effect == "evidence"]
    assert any(not reason.fields for reason in read) and all("comparable" in reason.text for reason in read)


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        ({"kind": "queue_worker", "packaging": "container"}, "close: other answers are plausible too; "),
        ({"kind": "event_handler", "state": "stateless"}, "close: likely, but not certain; "),
        (FLASK, "decided; "),
    ],
    ids=["several", "one", "decided"],
)
def test_the_line_below_the_answer_says_what_its_decision_means(
    engine: Engine, workload: dict[str, object], words: str
) -> None:
    recommendation = engine.recommend(workload)
    assert (len(recommendation.plausible_services) > 1) == ("other answers" in words)
    (line,) = (text for text in render(recommendation).splitlines() if "confidence, based on" in text)
    assert line.startswith(words)


def test_where_further_answers_hardly_matter_the_list_of_them_says_so(engine: Engine) -> None:
    interview = engine.interview(FLASK)
    plain, asked = render(interview.recommendation()), render(interview.recommendation(), firmness=interview.firmness)
    assert "Missing answers that could change this or its cost: " in plain
    assert f"{interview.firmness} Not answered yet, and able to change its cost at least: " in " ".join(asked.split())
    assert "Missing answers" not in asked


def test_a_reason_that_leads_to_another_place_names_it(engine: Engine) -> None:
    database = {"kind": "server", "product_class": "database", "os": "windows", "memory_mb": 65536.0, "vcpus": 16.0}
    shown = render(engine.recommend({**database, "packaging": "machine_image"}), width=1000)
    assert "  + A database on Windows" in shown and "  + Amazon EC2: The workload exists as a machine image" in shown
    assert "needs memory_mb" not in shown, "both are known: what is missing is a price"
    assert "needs the price of 'SQL Server, or an engine that is not relational' in us-east-1" in shown


def test_a_place_outside_without_a_cost_says_what_it_needs_and_one_without_lines_what_it_assumes(
    engine: Engine,
) -> None:
    files = {"kind": "website", "static_content": True}
    assert "  No cost a month yet: Static hosting needs stored_data_gb or outbound_gb_per_month.\n" in render(
        engine.recommend(files)
    )
    free = render(engine.recommend({**files, "outbound_gb_per_month": 50}))
    assert "about $0 a month" in free and "No cost a month yet" not in free
    assert "assumed: the first 1,024 GB a month from CloudFront are free" in free
