from __future__ import annotations

import json

from tests.presentation.report.conftest import Reporter
from whichcompute import Engine
from whichcompute.presentation.report.listing import borderline, listing

ROWS = "workload_id,kind,max_duration_s\na,event_handler,12\nb,batch_job,2h\nb2,batch_job,2h\n"


def test_every_row_is_listed_with_what_is_known_and_why(reporter: Reporter, engine: Engine) -> None:
    outcome, _ = reporter(ROWS)
    data = listing(engine.columns, outcome.tally.listed(), engine.pack)
    assert (data["line"], data["name"]) == ([2, 3, 4], ["a", "b", "b2"])
    known = [[data["known"]["texts"][number] for number in row] for row in data["known"]["rows"]]
    assert known[0] == ["kind of workload: event handler", "maximum duration: 12 s"]
    reasons = [[data["reasons"]["texts"][number] for number in row] for row in data["reasons"]["rows"]]
    assert any(text.startswith("for: ") and text.endswith("[lambda.event-driven-processing]") for text in reasons[0])
    assert any(text.startswith("not AWS Lambda: ") for text in reasons[1])
    companions = [[data["companions"]["texts"][number] for number in row] for row in data["companions"]["rows"]]
    assert companions[0] and all("[lambda." in text for text in companions[0])
    json.dumps(data)


def test_texts_that_repeat_are_listed_once(reporter: Reporter, engine: Engine) -> None:
    outcome, _ = reporter(ROWS)
    data = listing(engine.columns, outcome.tally.listed(), engine.pack)
    assert data["reasons"]["rows"][1] == data["reasons"]["rows"][2]
    for table in (data["known"], data["reasons"], *data["shared"].values()):
        assert len(set(table["texts"])) == len(table["texts"])


def test_the_closest_of_the_open_workloads_are_to_be_reviewed(reporter: Reporter) -> None:
    outcome, page = reporter(
        "workload_id,kind,memory_mb\n" + "".join(f"w{n},website,{100 * n}\n" for n in range(1, 30))
    )
    rows = outcome.tally.listed()
    found = borderline(rows, 5)
    open_ = rows.filter(rows["decision"].is_in(["close", "undecided"]))
    assert len(found) == 5 and [row.lead for row in found] == sorted(open_["lead"])[:5]
    assert all(row.leading and row.leading != row.runner_up and 0 < len(row.missing) <= 3 for row in found)
    assert "To review by hand" in page and found[0].name in page.partition("To review by hand</h2>")[2][:2000]


def test_where_all_is_decided_there_is_nothing_to_review(reporter: Reporter) -> None:
    outcome, page = reporter("workload_id,gpus,host_access,kind\na,1,kernel,server\n")
    assert bool(borderline(outcome.tally.listed())) == ("To review by hand" in page)
