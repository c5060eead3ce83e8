from __future__ import annotations

import base64
import re

from tests.presentation.report.conftest import Reporter
from whichcompute import Engine
from whichcompute.presentation.report.crossing import MOST, crossings

HEADER = "workload_id,kind,protocol,memory_mb,typical_duration_s,invocations_per_month\n"
APIS = [f"api-{n},web_api,http,1024,0.2,{10**n}" for n in range(3, 9)]


def test_the_dearest_workloads_that_say_enough_have_a_picture(reporter: Reporter, engine: Engine) -> None:
    outcome, page = reporter(HEADER + "\n".join([*APIS, "thin,website,,,,"]) + "\n")
    found = crossings(outcome.tally.listed(), engine.recommender)
    assert [crossing.name for crossing in found] == ["api-8", "api-7", "api-6"] and len(found) == MOST
    for crossing in found:
        kind, _, coded = crossing.address.partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert b"<svg" in base64.b64decode(coded) and b"<script" not in base64.b64decode(coded)
        assert crossing.address in page


def test_without_such_workloads_there_is_no_such_part(reporter: Reporter) -> None:
    _, page = reporter(HEADER + "thin,website,,,,\n")
    assert not re.search("Where costs cross", page)
