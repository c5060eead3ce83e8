"""A made-up sixth service, added from outside the package: one record, one pricing module, one rule pack with facts."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "new_service"
API = {
    "kind": "web_api",
    "protocol": "http",
    "state": "stateless",
    "packaging": "container",
    "invocations_per_month": 3e6,
    "typical_duration_s": 0.2,
    "memory_mb": 512,
}


@cache
def tried(*more: str) -> dict[str, Any]:
    """What `new_service/try_it.py` finds in a separate process, as services are added before anything is used."""
    command = [sys.executable, HERE / "try_it.py", json.dumps(API), *more]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_is_recommended_where_its_rules_favour_it() -> None:
    assert tried()["recommended"] == "containers"
    assert "containers.http-container" in tried()["reasons"]
    assert tried()["companions"] == ["Acme Domains"]
    assert len(tried()["verdicts"]) == 7


def test_its_limits_rule_it_out() -> None:
    assert tried()["windows"] == {"status": "ruled_out", "reason": "Acme Containers runs Linux only."}


def test_it_has_a_price_with_lines_and_assumptions() -> None:
    cost = tried()["cost"]
    assert cost["lines"] == ["vCPU time", "requests"]
    assert cost["low"] <= cost["expected"] <= cost["high"]
    assert cost["assumptions"][0] == "billed while requests are in flight"


def test_a_frame_gives_the_same_answer_and_the_same_price() -> None:
    row = tried()["row"]
    assert (row["recommended_service"], row["decision"]) == ("containers", tried()["decision"])
    assert row["monthly_cost_usd"] == pytest.approx(tried()["cost"]["expected"], abs=0.005)
    assert row["plausible_services"].split(";")[0] == "containers"


@pytest.mark.parametrize("more", [(), ("and another",)], ids=["six services", "seven"])
def test_every_row_of_an_inventory_has_the_answer_of_one_call(more: tuple[str, ...]) -> None:
    assert tried(*more)["rows_that_differ"] == 0


def test_it_has_a_colour_and_a_line_in_the_chart() -> None:
    assert tried()["colours"] == ["#445566", "#aabbcc"]
    assert "<title>Acme Containers</title></path>" in tried()["chart"]
    assert "--wc-containers:#445566" in tried()["chart"]


@pytest.mark.parametrize("place", ["what_if", "text", "adr", "catalogue", "report", "interview", "schema"])
def test_it_has_a_place_in(place: str) -> None:
    assert tried()["places"][place] > 0


def test_a_path_leads_to_it() -> None:
    assert "os" in tried()["path"]


def test_the_shipped_services_keep_their_scores() -> None:
    from whichcompute import Engine

    # Costs are relative to the lowest one, which may be that of the new service.
    before = {
        verdict.service: sum(reason.weight for reason in verdict.reasons if reason.effect != "cost")
        for verdict in Engine.default().recommend(API).verdicts
    }
    assert {service: tried()["verdicts"][service] for service in before} == pytest.approx(before)
