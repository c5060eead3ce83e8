"""What names of images, runtimes and containers mean: sidecars, test doubles, standard products, languages, ports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from whichcompute.base.errors import DataError, printable
from whichcompute.base.resources import folder, read_toml

ONE_SHOT = "a migration or set-up step, which runs once for each deployment"
_VERSION = re.compile(r"(?<![\d.])-?\d+(\.\d+)*(-debian\d+)?$")  # such as openjdk-17 and python3-debian12


@cache
def table(file: str) -> dict[str, Any]:
    """A data file of names as it is."""
    return read_toml(folder("data") / f"{file}.toml")


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A list of words of data/infrastructure_words.toml as one pattern; DataError when it cannot be used."""
    listed = table("infrastructure_words")[name]
    try:
        around = {"words": listed} if isinstance(listed, list) else listed
        words = "|".join(around["words"])
        return re.compile(f"{around.get('before', '')}({words}){around.get('after', '')}", re.IGNORECASE)
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise DataError(f"{folder('data') / 'infrastructure_words.toml'}: {name}: {error}") from None


def says(name: str, text: str) -> bool:
    """Whether a text has one of the words of a list."""
    return pattern(name).search(text) is not None


@cache
def members(name: str) -> frozenset[Any]:
    """A list of plain names or numbers of data/infrastructure_words.toml."""
    return frozenset(table("infrastructure_words")[name])


@cache
def meanings(file: str, heading: str) -> Mapping[str, str]:
    """What each name of a table of a data file means; DataError when it cannot be used."""
    try:
        return {name: meaning for meaning, listed in table(file)[heading].items() for name in listed}
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{folder('data') / file}.toml: {heading}: {error}") from None


def image_name(image: str) -> str:
    """The last part of an image's name, without registry, tag and digest.

    >>> image_name("mcr.microsoft.com/dotnet/aspnet:8.0"), image_name("${REGISTRY}/app:1")
    ('aspnet', 'app')
    """
    return image.split("@")[0].rsplit("/", 1)[-1].split(":")[0].lower()


def is_sidecar(name: str, image: str) -> bool:
    """Whether a container serves the one beside it: telemetry, logs, proxies."""
    return says("sidecars", name) or says("sidecars", image.split("@")[0])


def is_front(name: str, image: str) -> bool:
    """Whether a container takes the requests for the ones beside it: a reverse proxy, by its image or its name."""
    return says("reverse_proxies", image) or pattern("front_names").fullmatch(name) is not None


def is_shell(command: str) -> bool:
    """Whether a command only keeps a container open for people."""
    return pattern("shells").fullmatch(re.sub(r"[\"']", "", command).strip()) is not None


def product_class(image: str) -> str | None:
    """The class of a standard product, by the name of its image."""
    if image.split(":")[0].endswith("mssql/server"):
        return "database"
    return meanings("infrastructure_words", "products").get(image_name(image))


def image_language(image: str) -> str | None:
    """The language that a base image is made for.

    >>> image_language("gcr.io/distroless/python3-debian12"), image_language("ubuntu:24.04")
    ('python', None)
    """
    parts = image.split("@")[0].lower().split("/")
    if "dotnet" in parts[:-1]:
        return "dotnet"
    name, languages = image_name(image), meanings("infrastructure_words", "languages")
    return languages.get(name) or languages.get(_VERSION.sub("", name))


def runtime_language(runtime: str) -> str | None:
    """The language of a Lambda runtime, or of one that Bref adds as a layer; None for `provided`, which says none.

    >>> runtime_language("python3.12"), runtime_language("provided.al2023"), runtime_language("${bref:layer.php-84}")
    ('python', None, 'php')
    """
    match = re.match(r"(?:\$\{bref:layer\.)?([a-z]+)", runtime.lower())
    return meanings("infrastructure_words", "runtimes").get(match[1]) if match else None


def command_language(command: str) -> str | None:
    """The language of what a command starts, by its words; of several the first of the table counts.

    >>> command_language("cd /srv && bundle exec sidekiq"), command_language("/opt/app/.venv/bin/python3 -m worker")
    ('ruby', 'python')
    """
    words = set(re.findall(r"[\w-]+", command))
    return next((known for word, known in meanings("infrastructure_words", "commands").items() if word in words), None)


def platform_language(platform: str) -> str | None:
    """The language of a platform of Elastic Beanstalk.

    >>> platform_language("64bit Amazon Linux 2023 v4.0.0 running Python 3.11")
    'python'
    """
    known = meanings("infrastructure_words", "platforms")
    return next((language for word, language in known.items() if word in platform.lower()), None)


def concealed(text: str) -> str:
    """A text from a file as it may be shown: control characters written out, credentials hidden.

    >>> concealed("sync https://me:hush@host/x")
    'sync https://(hidden)@host/x'
    """
    return pattern("credentials").sub("(hidden)", printable(text))


def environment_rank(name: str) -> int:
    """Which of several files or stages counts: 0 production, 1 none in particular, 2 development and tests."""
    return 0 if says("production", name) else 2 if says("lesser_environments", name) else 1


def without_environment(name: str) -> str:
    """A name without the words for environments, and without what separates them.

    >>> without_environment("k8s/prod/api.yml") == without_environment("k8s/staging/api.yml")
    True
    """
    for words in ("production", "lesser_environments"):
        name = pattern(words).sub("", name)
    return re.sub(r"(?<=/)\.|\.(?=/)|^\.|\.$", "", re.sub(r"[-_.]+", ".", name))


def capability(names: str) -> str | None:
    """What capabilities of the kernel give: `privileged` where a managed platform gives none of them.

    >>> capability("SYS_ADMIN"), capability("CAP_CHOWN CAP_BPF"), capability("~CAP_SYS_ADMIN")
    ('privileged', 'privileged', None)
    """
    given = {name.removeprefix("CAP_") for name in names.upper().split()}
    return "privileged" if given & members("privileged_capabilities") else None
