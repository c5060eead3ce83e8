from __future__ import annotations

import re

import pytest

from whichcompute.base.errors import DataError
from whichcompute.base.resources import folder, read_toml
from whichcompute.importers import catalogue


@pytest.mark.parametrize("name", ["datadog-agent", "xray-daemon", "log_router", "aws-otel-collector", "envoy"])
def test_sidecars_are_known_by_name(name: str) -> None:
    assert catalogue.is_sidecar(name, "") and catalogue.is_sidecar("x", f"public.ecr.aws/aws/{name}:1")


@pytest.mark.parametrize("name", ["api", "vectors", "envoyage", "web"])
def test_other_names_are_not_sidecars(name: str) -> None:
    assert not catalogue.is_sidecar(name, f"example/{name}:1")


@pytest.mark.parametrize(
    ("image", "product"),
    [("postgres:16", "database"), ("bitnami/redis", "cache"), ("rabbitmq:3-management", "broker"),
     ("mcr.microsoft.com/mssql/server:2022", "database"), ("example/server:1", None)],
)  # fmt: skip
def test_standard_products_are_known_by_image(image: str, product: str | None) -> None:
    assert catalogue.product_class(image) == product


def test_languages_by_image_and_runtime() -> None:
    assert catalogue.image_language("python:3.12-slim") == "python" and catalogue.image_language("ubuntu") is None
    assert catalogue.image_language("mcr.microsoft.com/dotnet/aspnet:8.0") == "dotnet"
    assert catalogue.runtime_language("nodejs20.x") == "nodejs" and catalogue.runtime_language("") is None


@pytest.mark.parametrize(
    ("image", "language"),
    [("registry.access.redhat.com/ubi9/openjdk-21", "java"), ("gcr.io/distroless/nodejs20-debian12", "nodejs"),
     ("ubi9/python-311:1", "python"), ("debian:12", None), ("tiangolo/uvicorn-gunicorn-fastapi:python3.11", "python")],
)  # fmt: skip
def test_a_version_in_the_name_of_an_image_does_not_hide_its_language(image: str, language: str | None) -> None:
    assert catalogue.image_language(image) == language


def test_what_opens_the_host() -> None:
    assert catalogue.says("host_paths", "/var/run/docker.sock") and not catalogue.says("host_paths", "/process")
    assert catalogue.says("windows_images", "mcr.microsoft.com/windows/servercore") and not catalogue.says(
        "windows_images", "x/y:1"
    )


def test_what_is_no_workload() -> None:
    assert catalogue.says("test_doubles", "localstack/localstack") and catalogue.says("test_doubles", "dynamo-local")
    assert catalogue.says("one_shot", "db-migrate") and not catalogue.says("one_shot", "initech")
    assert catalogue.says("reverse_proxies", "nginx:1.25") and catalogue.is_shell("bash")


def test_every_list_of_words_is_a_pattern_and_every_table_has_meanings() -> None:
    lists = read_toml(folder("data") / "infrastructure_words.toml")
    for name, words in lists.items():
        if name in ("web_ports", "privileged_capabilities", "tools"):
            assert catalogue.members(name) == frozenset(words)
        elif isinstance(words, dict) and "words" not in words:
            assert catalogue.meanings("infrastructure_words", name)
        else:
            assert not catalogue.says(name, "") and catalogue.pattern(name).flags & re.IGNORECASE
    with pytest.raises(DataError, match=r"infrastructure_words\.toml: web_ports: "):
        catalogue.pattern("web_ports")
    with pytest.raises(DataError, match=r"infrastructure_words\.toml: tools: "):
        catalogue.meanings("infrastructure_words", "tools")
