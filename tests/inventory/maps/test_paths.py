from __future__ import annotations

import json

import polars as pl
import pytest

from whichcompute.inventory.maps.paths import at_path

PROXY = {"name": "istio-proxy", "image": "istio/proxyv2:1"}
LOGS = {"name": "logs", "image": "fluent/fluent-bit:3"}
API = {"name": "api", "image": "shop/api:2", "size": {"cpu": "2"}}


@pytest.mark.parametrize(
    ("cell", "path", "value"),
    [
        (json.dumps({"a": {"b": 1}}), ".a.b", "1"),
        (json.dumps({"a": [PROXY, LOGS, API, PROXY]}), ".a[main].image", "shop/api:2"),
        (json.dumps({"a": [API, PROXY]}), ".a[main].size.cpu", "2"),
        (json.dumps({"a": [PROXY]}), ".a[main].image", "istio/proxyv2:1"),
        (json.dumps({"a": []}), ".a[main].image", None),
        (json.dumps({"a": [1, "x"]}), ".a[main].image", None),
        (json.dumps({"a": 1}), ".a[main].image", None),
        (json.dumps({"a": "none"}), ".a[main].image", None),
        (json.dumps([{"gb": 50}, {"gb": "100.5"}]), "[+].gb", "150.5"),
        (json.dumps({"a": [{"size": "50 GB"}, {"size": "10gb"}]}), ".a[+].size", "60gb"),
        (json.dumps([{"size": "50 GB"}, {"size": "1 TB"}]), "[+].size", None),
        (json.dumps([{"gb": 50}, {"gb": None}]), "[+].gb", None),
        (json.dumps([]), "[+].gb", None),
        ("no JSON", "[+].gb", None),
        ("no JSON", ".a[main].image", None),
        (None, ".a[main].image", None),
    ],
)
def test_a_path_leads_to_a_value_and_the_main_container_is_no_sidecar(
    cell: str | None, path: str, value: str | None
) -> None:
    assert pl.DataFrame({"c": pl.Series([cell], dtype=pl.String)}).select(at_path(pl.col("c"), path)).item() == value
