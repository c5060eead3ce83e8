"""Further files as targets for fuzzing (see `fuzz`): offers, decisions, baselines, scorings."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from benchmarks import fuzz_inputs as inputs
from benchmarks.fuzz_bench import Bench, Unsafe, printed
from benchmarks.fuzz_tools import CODE
from whichcompute import Engine
from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import read_cases, read_judgements
from whichcompute.engine.files import import_prices
from whichcompute.importers.checking import only_new
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.inventory.diff import compare
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.price_lists import read_price_list
from whichcompute.presentation import diff as shown

_SHARES = ["p_lambda", "p_fargate", "p_ecs_ec2", "p_batch", "p_lightsail", "p_none"]
_ID = "SKU0.JRTCKXETXF"
OFFERS: dict[str, Any] = {
    "formatVersion": "v1.0",
    "offerCode": "AWSLambda",
    "publicationDate": "2026-11-20T10:00:00Z",
    "products": {
        "SKU0": {
            "sku": "SKU0",
            "productFamily": "Serverless",
            "attributes": {"usagetype": "EUC2-Request", "regionCode": "eu-central-2", "group": "AWS-Lambda-Requests"},
        }
    },
    "terms": {
        "OnDemand": {
            "SKU0": {
                _ID: {
                    "sku": "SKU0",
                    "priceDimensions": {
                        f"{_ID}.0": {"unit": "Requests", "beginRange": "0", "pricePerUnit": {"USD": "0.00000023"}}
                    },
                }
            }
        }
    },
}
OFFER_ROWS = (
    '"FormatVersion","v1.0"\n"Publication Date","2026-11-20T10:00:00Z"\n"OfferCode","AWSLambda"\n'
    '"SKU","OfferTermCode","TermType","StartingRange","EndingRange","Unit","PricePerUnit","Currency",'
    '"Product Family","usageType","Region Code","Group"\n'
    '"SKU0","J","OnDemand","0","Inf","Requests","0.00000023","USD","Serverless","EUC2-Request","eu-central-2","x"\n'
)


def offers(rng: Random, bench: Bench) -> None:
    """Price list files as AWS publishes them: what is written of them can be read."""
    folder, form = bench.fresh(), rng.choice(["json", "csv"])
    text = OFFER_ROWS
    if form == "json":
        document = inputs.altered(rng, OFFERS) if rng.random() < 0.6 else OFFERS
        text = json.dumps(document, indent=rng.choice([None, 1]), ensure_ascii=rng.random() < 0.5)
    given = bench.take(inputs.mutated(rng, text) if rng.random() < 0.7 else text)
    (folder / f"index.{form}").write_text(given, "utf-8", "replace")
    import_prices([folder / f"index.{form}"], folder / "prices", bench.engine.facts)
    for path in (folder / "prices").glob("*"):
        read_price_list(path)


def decisions(rng: Random, bench: Bench) -> None:
    """Labelled decisions or experts' probabilities to train on."""
    told = rng.sample(list(DESCRIPTORS), 4)
    names = ["id", "description", "label", "certainty", "url", *told, *rng.choice([[], _SHARES])]
    rows = [names]
    for at in range(3):
        sound = {"id": f"c{at}", "label": "lambda", "certainty": "high", "url": "https://example.com", "p_lambda": "1"}
        sound |= {name: str(inputs.sound(rng, name)) for name in told}
        rows.append([sound.get(name, "0") if rng.random() < 0.95 else rng.choice(inputs.TEXTS) for name in names])
    given = bench.take(inputs.mutated(rng, "\n".join(",".join(map(inputs.cell, row)) for row in rows), 1))
    path = inputs.small_file(bench.fresh() / "cases.csv", given.encode("utf-8", "replace"))
    read: Callable[[Any], object] = read_judgements if "p_none" in names else read_cases
    try:
        read([path])
    except DataError as error:  # one line for each problem
        if not all(line.isprintable() for line in str(error).split("\n")):
            raise Unsafe(f"message not printable: {error!s:.300}") from None


@cache
def _checked(engine: Engine, path: Any) -> Any:
    return engine.check(path)


def baseline(rng: Random, bench: Bench) -> None:
    """An earlier check of infrastructure code."""
    folder = bench.fresh()
    (folder / "template.yaml").write_text(CODE["template.yaml"])
    found = _checked(bench.engine, folder)
    document = inputs.altered(rng, json.loads(found.model_dump_json()))
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    given = bench.take(inputs.mutated(rng, text, 2) if rng.random() < 0.4 else text)
    path = inputs.small_file(folder / "before.json", given.encode("utf-8", "replace"))
    only_new(found, path)


def compared(rng: Random, bench: Bench) -> None:
    """Two scored inventories, one of them or its record damaged."""
    folder = bench.fresh()
    for name in ("old", "new"):
        rows = "".join(
            f"{rng.choice(['a', 'b', *inputs.TEXTS[10:16]])}{at},{rng.choice(inputs.KINDS)}\n" for at in (1, 2)
        )
        (folder / f"{name}.csv").write_text(f"workload_id,kind\n{rows}", "utf-8", "replace")
        request = ScoringRequest(str(folder / f"{name}.csv"), str(folder / f"{name}.out.csv"), preset="none")
        score_inventory(request, bench.engine.columns, lambda _: None, lambda *_: None)
    damaged = folder / rng.choice(["new.out.csv", "new.out.csv.scoring.json"])
    if damaged.suffix == ".json" and rng.random() < 0.7:
        text = json.dumps(inputs.altered(rng, json.loads(damaged.read_text())))
    else:
        text = inputs.mutated(rng, damaged.read_text("utf-8"))
    damaged.write_text(bench.take(text), "utf-8", "replace")
    for line in shown.lines(compare(str(folder / "old.out.csv"), str(folder / "new.out.csv"))):
        printed(line)


FILES: dict[str, tuple[Callable[[Random, Bench], None], int]] = {
    "offers": (offers, 4),
    "decisions": (decisions, 4),
    "baseline": (baseline, 4),
    "compared": (compared, 2),
}
