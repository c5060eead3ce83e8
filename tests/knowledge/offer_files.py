"""Price list files for tests, in the form of those that AWS publishes: made here, with prices of our own."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Product = tuple[str, str, dict[str, str], Sequence[tuple[str, str]]]
"""Family, usage type, further attributes, and the prices from which quantity on."""
DISCLAIMER = "This pricing list is for informational purposes only."
TITLES = {
    "usagetype": "usageType",
    "regionCode": "Region Code",
    "locationType": "Location Type",
    "instanceType": "Instance Type",
    "operatingSystem": "Operating System",
    "preInstalledSw": "Pre Installed S/W",
    "capacitystatus": "CapacityStatus",
    "tenancy": "Tenancy",
    "operation": "operation",
}


def place(region: str) -> dict[str, str]:
    return {"regionCode": region, "locationType": "AWS Region", "location": "somewhere"}


def machine(region: str, name: str, **other: str) -> dict[str, str]:
    usual = {
        "instanceType": name,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "operation": "RunInstances",
    }
    return {**place(region), **usual, **other}


def as_json(path: Path, code: str, products: Sequence[Product], day: str = "2026-11-20") -> Path:
    """An offer file in JSON, with reserved terms behind those on demand."""
    listed: dict[str, Any] = {}
    on_demand: dict[str, Any] = {}
    for number, (family, usage, attributes, prices) in enumerate(products):
        sku = f"SKU{number:013}"
        listed[sku] = {"sku": sku, "productFamily": family, "attributes": {"usagetype": usage, **attributes}}
        dimensions = {
            f"{sku}.JRTCKXETXF.{rank}": {
                "unit": "Hrs",
                "beginRange": begin,
                "endRange": "Inf",
                "description": f"$ per hour, or «part»: {usage}",
                "pricePerUnit": {"USD": price},
                "appliesTo": [],
            }
            for rank, (begin, price) in enumerate(prices)
        }
        on_demand[sku] = {f"{sku}.JRTCKXETXF": {"sku": sku, "priceDimensions": dimensions, "termAttributes": {}}}
    whole = {
        "formatVersion": "v1.0",
        "disclaimer": DISCLAIMER,
        "offerCode": code,
        "publicationDate": f"{day}T10:00:00Z",
        "products": listed,
        "terms": {"OnDemand": on_demand, "Reserved": {sku: {"x": {"priceDimensions": {}}} for sku in listed}},
        "attributesList": {},
    }
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def as_csv(path: Path, code: str, products: Sequence[Product], day: str = "2026-11-20") -> Path:
    """The same in CSV, with a reserved term and one in another currency beside each price."""
    head = ["SKU", "OfferTermCode", "TermType", "StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency"]
    head += ["Product Family", *TITLES.values()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        meta = (("FormatVersion", "v1.0"), ("Disclaimer", DISCLAIMER), ("Publication Date", f"{day}T10:00:00Z"))
        writer.writerows([*meta, ("Version", "20261120"), ("OfferCode", code), head])
        for number, (family, usage, attributes, prices) in enumerate(products):
            cells = [{"usagetype": usage, **attributes}.get(name, "") for name in TITLES]
            for begin, price in prices:
                for term, amount, currency in (
                    ("Reserved", "9", "USD"),
                    ("OnDemand", price, "USD"),
                    ("OnDemand", "9", "CNY"),
                ):
                    row = [f"SKU{number}", "JRTCKXETXF", term, begin, "Inf", "Hrs", amount, currency, family]
                    writer.writerow([*row, *cells])
    return path


LAMBDA: list[Product] = [
    ("Serverless", "EUC2-Request", place("eu-central-2"), [("0", "0.0000002300")]),
    ("Serverless", "EUC2-Lambda-GB-Second", place("eu-central-2"),
     [("15000000000", "0.0000146"), ("0", "0.0000183"), ("6000000000", "0.0000165")]),
    ("Serverless", "EUC2-Lambda-Edge-Request", place("eu-central-2"), [("0", "0.9")]),
    ("Serverless", "EUC2-Lambda-Provisioned-GB-Second", place("eu-central-2"), [("0", "0.9")]),
    ("Serverless", "Global-Request", place(""), [("0", "0")]),
    ("Serverless", "USW2-LAX1-Request", {**place("us-west-2"), "locationType": "AWS Local Zone"}, [("0", "0.9")]),
    ("Serverless", "Request", place("us-east-1"), [("0", "0.0000002000")]),
]  # fmt: skip
EC2: list[Product] = [
    ("Compute Instance", "EUC2-BoxUsage:m7g.large", machine("eu-central-2", "m7g.large"), [("0", "0.11")]),
    ("Compute Instance", "EUC2-BoxUsage:t3.micro", machine("eu-central-2", "t3.micro"), [("0", "0.0132")]),
    ("Compute Instance", "EUC2-BoxUsage:zz9.large", machine("eu-central-2", "zz9.large"), [("0", "0.5")]),
    ("Compute Instance", "EUC2-DedicatedUsage:m7g.large", machine("eu-central-2", "m7g.large", tenancy="Dedicated"),
     [("0", "0.9")]),
    ("Compute Instance", "EUC2-BoxUsage:t3.large",
     machine("eu-central-2", "t3.large", operatingSystem="Windows", operation="RunInstances:0002"), [("0", "0.0224")]),
    ("Compute Instance", "EUC2-BoxUsage:m7g.large", machine("eu-central-2", "m7g.large", preInstalledSw="SQL Web"),
     [("0", "0.9")]),
    ("Storage", "EUC2-EBS:VolumeUsage.gp3", place("eu-central-2"), [("0", "0.1047")]),
]  # fmt: skip
