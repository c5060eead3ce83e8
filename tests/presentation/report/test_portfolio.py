from __future__ import annotations

from tests.presentation.report.conftest import Reporter
from whichcompute.inventory import Outcome
from whichcompute.presentation.report.portfolio import sums

HEAD = (
    "workload_id,kind,protocol,vcpus,memory_mb,environment,high_availability,autoscaling,peak_concurrency,packaging\n"
)
API = "web_api,http,1,2048,production,yes,no,60,container\n"
ROWS = HEAD + "".join(f"api{number},{API}" for number in range(12))


def sentences(reporter: Reporter, text: str) -> dict[str, str]:
    return said(reporter, reporter(text)[0])


def said(reporter: Reporter, outcome: Outcome) -> dict[str, str]:
    return dict(sums(outcome.tally.portfolio(reporter.engine.recommender.costs)))


def test_the_sum_has_a_range_and_says_for_how_many_workloads(reporter: Reporter) -> None:
    found = sentences(reporter, ROWS)["Sum"]
    assert found.startswith("about $") and " to $" in found
    assert "for 12 workloads of 12" in found


def test_what_decided_rows_carry_is_said_as_a_share(reporter: Reporter) -> None:
    outcome, _ = reporter(ROWS)
    expected = outcome.tally.bounds["expected"]
    rests_on = said(reporter, outcome)["Rests on"]
    assert outcome.tally.rests_on
    for decision, usd in outcome.tally.rests_on.items():
        assert f"{usd / expected:.0%} on {decision} rows" in rests_on


def test_sharing_quotas_and_plans_are_said_with_what_to_do(reporter: Reporter) -> None:
    found = sentences(reporter, ROWS)
    assert "12 workloads that may share" in found["Shared load balancers"]
    assert "Compute Savings Plan" in found["Savings plans"]
    assert "Request: Service Quotas" in found["Quota: Fargate On-Demand vCPUs"]


def test_nothing_is_summed_where_nothing_has_an_estimate(reporter: Reporter) -> None:
    assert sentences(reporter, "workload_id,os\na,windows\n") == {}


def test_the_page_shows_it_with_money_as_it_is_worth(reporter: Reporter) -> None:
    outcome, page = reporter(ROWS)
    assert '<h2 id="portfolio">' in page and "What it costs together" in page
    assert f"{outcome.tally.bounds['expected']:,.2f}" not in page


def test_the_table_says_why_a_cost_is_blank(reporter: Reporter) -> None:
    _, page = reporter("workload_id,kind,packaging,state\na,event_handler,source,stateless\n")
    assert "No cost of AWS Lambda: it needs invocations_per_month" in page
