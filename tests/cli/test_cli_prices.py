"""`whichcompute facts import-prices`, and prices by Region, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run
from tests.knowledge.offer_files import EC2, LAMBDA, as_csv, as_json

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


def test_files_that_give_nothing(run: Run, tmp_path: Path) -> None:
    other = as_json(tmp_path / "s3.json", "AmazonS3", LAMBDA)
    done = run("facts", "import-prices", other, "-o", tmp_path / "prices")
    assert done.status == 1 and "their offers: AmazonS3" in done.err
    (tmp_path / "x.json").write_text('{"a": 1}')
    broken = run("facts", "import-prices", tmp_path / "x.json", "-o", tmp_path / "prices")
    assert broken.status == 2 and "x.json: is not an AWS price list file" in broken.err
    assert run("facts", "import-prices", other, "-o", tmp_path / "p", "--only", "mars").status == 2
    assert not (tmp_path / "p").exists()
