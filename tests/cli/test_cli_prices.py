"""`whichcompute facts import-prices`, and prices by Region, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.knowledge.offer_files import EC2, LAMBDA, as_csv, as_json
from whichcompute.knowledge.price_lists import read_price_list

JOB = ["--set", "kind=event_handler", "--set", "invocations_per_month=5000000", "--set", "typical_duration_s=0.5"]


def test_prices_are_imported_and_used(run: Run, tmp_path: Path) -> None:
    files = as_json(tmp_path / "AWSLambda.json", "AWSLambda", LAMBDA), as_csv(tmp_path / "ec2.csv", "AmazonEC2", EC2)
    out = tmp_path / "prices"
    done = run("facts", "import-prices", *files, "-o", out)
    assert done.status == 0 and sorted(path.name for path in out.iterdir()) == ["eu-central-2.toml", "us-east-1.toml"]
    assert f"{out / 'eu-central-2.toml'}: 7 prices" in done.err
    assert "not in these files: lambda.price_duration_arm, " in done.err
    shown = run("facts", "show", "lambda.price_request", "--rules", out, "--region", "eu-central-2")
    assert (
        "0.23 USD per million requests" in shown.out and "AWS Price List: AWSLambda, published 2026-11-20" in shown.out
    )
    found = json.loads(run("--rules", out, "--region", "eu-central-2", "recommend", *JOB, "--json").out)
    lacks = {verdict["service"]: verdict["cost_needs"] for verdict in found["verdicts"]}
    assert lacks["lambda"] == "" and lacks["fargate"].startswith("the price of 'task vCPUs' in eu-central-2")
    refused = run("facts", "import-prices", *files, "-o", out)
    assert refused.status == 2 and "--force" in refused.err
    assert run("facts", "import-prices", *files, "-o", out, "--force", "--only", "eu-central-2", "-q").err == ""


def test_a_later_import_keeps_what_a_list_has_of_other_offers(run: Run, tmp_path: Path) -> None:
    out, at = tmp_path / "prices", tmp_path / "prices/eu-central-2.toml"
    files = as_json(tmp_path / "lambda", "AWSLambda", LAMBDA), as_json(tmp_path / "ec2", "AmazonEC2", EC2)
    for file in files:
        assert run("facts", "import-prices", file, "-o", out, "--force").status == 0
    both = read_price_list(at)
    run("facts", "import-prices", *files, "-o", tmp_path / "once")
    once = read_price_list(tmp_path / "once/eu-central-2.toml")
    assert (both.prices, set(both.sources)) == (once.prices, set(once.sources)) and len(both.prices) == 7
    newer = as_json(tmp_path / "newer", "AWSLambda", LAMBDA[:1], day="2026-11-27")
    assert run("facts", "import-prices", newer, "-o", out, "--force").status == 0
    replaced = read_price_list(at)
    assert replaced.prices.keys() == {
        id_ for id_ in both.prices if "lambda" not in id_ or id_ == "lambda.price_request"
    }
    assert str(replaced.prices["lambda.price_request"][0].read_on) == "2026-11-27"


def test_a_list_of_ones_own_keeps_its_tables_history_and_sources(run: Run, tmp_path: Path) -> None:
    own = """region = "eu-central-2"
    source = [{ key = "ours", title = "Our \\"bill\\"", kind = "field-report", sections = ["June", "July"] }]
    price = [
        { id = "s3.price_gb", value = 0.03, source = "ours#July", read_on = 2026-07-01,
          since = 2026-06-30, note = "n" },
        { id = "s3.price_gb", value = 0.04, source = "ours#June", read_on = 2026-06-01 },
        { id = "rds.instances", value = [{ type = "db.t4g.micro", vcpu = 2, memory_gb = 1, usd_per_hour = 0.02 }],
          source = "ours", read_on = 2026-06-01 },
    ]"""
    (tmp_path / "eu-central-2.toml").write_text(own)
    before = read_price_list(tmp_path / "eu-central-2.toml")
    lambdas = as_json(tmp_path / "lambda", "AWSLambda", LAMBDA)
    assert run("facts", "import-prices", lambdas, "-o", tmp_path, "--force").status == 0
    after = read_price_list(tmp_path / "eu-central-2.toml")
    assert {id_: after.prices[id_] for id_ in before.prices} == before.prices and before.sources[0] in after.sources
    assert list(after.prices["rds.instances"][0].value[0]) == ["type", "vcpu", "memory_gb", "usd_per_hour"]


@pytest.mark.parametrize(
    ("text", "message"), [("region = 1", "region is '1'"), ('region = "us-west-1"', "holds prices of us-west-1")]
)
def test_a_list_that_cannot_be_kept_is_not_replaced(run: Run, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "us-east-1.toml").write_text(text)
    lambdas = as_json(tmp_path / "lambda", "AWSLambda", LAMBDA)
    done = run("facts", "import-prices", lambdas, "-o", tmp_path, "--force")
    assert done.status == 2 and message in done.err
    assert (tmp_path / "us-east-1.toml").read_text() == text and not (tmp_path / "eu-central-2.toml").exists()


def test_files_that_give_nothing(run: Run, tmp_path: Path) -> None:
    other = as_json(tmp_path / "s3.json", "AmazonS3", LAMBDA)
    done = run("facts", "import-prices", other, "-o", tmp_path / "prices")
    assert done.status == 1 and "their offers: AmazonS3" in done.err
    (tmp_path / "x.json").write_text('{"a": 1}')
    broken = run("facts", "import-prices", tmp_path / "x.json", "-o", tmp_path / "prices")
    assert broken.status == 2 and "x.json: is not an AWS price list file" in broken.err
    assert run("facts", "import-prices", other, "-o", tmp_path / "p", "--only", "mars").status == 2
    assert not (tmp_path / "p").exists()
