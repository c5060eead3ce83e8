"""What names of images, runtimes and containers mean: sidecars, test doubles, standard products, languages, ports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from whichcompute.base.errors import DataError, printable
from whichcompute.base.resources import folder, read_toml

_RUNTIMES = {"nodejs": "nodejs", "python": "python", "ruby": "ruby", "java": "java", "go": "go", "dotnet": "dotnet"}
_WINDOWS = re.compile(r"windows|nanoserver|dotnet/framework|/iis([:/@]|$)", re.IGNORECASE)
_VERSION = re.compile(r"-?\d+(\.\d+)*(-debian\d+)?$")  # such as openjdk-17 and python3-debian12
_HOST_PATHS = re.compile(r"/var/run/docker\.sock|/run/docker\.sock|/proc(/|$)|/sys(/|$)|/lib/modules|/dev(/|$)")


@dataclass(frozen=True)
class Vocabulary:
    """data/image_names.toml, ready to be asked.

    `products`, `languages`, `principals` and `commands` map a name to its meaning.
    """

    sidecars: re.Pattern[str]
    test_doubles: re.Pattern[str]
    reverse_proxies: re.Pattern[str]
    front_names: re.Pattern[str]
    one_shot: re.Pattern[str]
    network_instances: re.Pattern[str]
    shells: re.Pattern[str]
    web_ports: frozenset[int]
    privileged_capabilities: frozenset[str]
    credentials: re.Pattern[str]
    production: re.Pattern[str]
    lesser_environments: re.Pattern[str]
    products: Mapping[str, str]
    languages: Mapping[str, str]
    principals: Mapping[str, str]
    gpu_images: re.Pattern[str]
    worker_commands: re.Pattern[str]
    server_commands: re.Pattern[str]
    scheduler_commands: re.Pattern[str]
    tools: frozenset[str]
    commands: Mapping[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The names of data/image_names.toml; DataError when the file cannot be used."""
    path = folder("data") / "image_names.toml"
    table = read_toml(path)
    try:
        return Vocabulary(
            sidecars=_pattern(r"(^|[-_/])", table["sidecars"], r"([-_:@/]|$)"),
            test_doubles=_pattern(
                r"(^|[-_/])", table["test_doubles"], r"([-_:@]|$)|[-_]local([-_:@]|$)|^dynamodb-admin"
            ),
            reverse_proxies=_pattern(r"(^|/)", table["reverse_proxies"], r"([:@]|$)"),
            front_names=_pattern("", table["front_names"], ""),
            one_shot=_pattern(r"(^|[-_])", table["one_shot"], r"([-_]|$)"),
            network_instances=_pattern("", table["network_instances"], ""),
            shells=_pattern("", table["shells"], ""),
            web_ports=frozenset(table["web_ports"]),
            privileged_capabilities=frozenset(table["privileged_capabilities"]),
            credentials=re.compile("|".join(table["credentials"]), re.IGNORECASE),
            production=_pattern(r"(?<![A-Za-z0-9])", table["production"], r"(?![A-Za-z0-9])"),
            lesser_environments=_pattern(r"(?<![A-Za-z0-9])", table["lesser_environments"], r"(?![A-Za-z0-9])"),
            products=_meanings(table["products"]),
            languages=_meanings(table["languages"]),
            principals=_meanings(table["principals"]),
            gpu_images=_pattern("", table["gpu_images"], ""),
            worker_commands=_pattern("", table["worker_commands"], ""),
            server_commands=_pattern("", table["server_commands"], ""),
            scheduler_commands=_pattern("", table["scheduler_commands"], ""),
            tools=frozenset(table["tools"]),
            commands=_meanings(table["commands"]),
        )
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise DataError(f"{path}: {error}") from None


def _pattern(before: str, words: Sequence[str], after: str) -> re.Pattern[str]:
    return re.compile(f"{before}({'|'.join(words)}){after}", re.IGNORECASE)


def _meanings(table: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: meaning for meaning, listed in table.items() for name in listed}


def image_name(image: str) -> str:
    """The last part of an image's name, without registry, tag and digest.

    >>> image_name("mcr.microsoft.com/dotnet/aspnet:8.0"), image_name("${REGISTRY}/app:1")
    ('aspnet', 'app')
    """
    return image.split("@")[0].rsplit("/", 1)[-1].split(":")[0].lower()


def is_sidecar(name: str, image: str) -> bool:
    """Whether a container serves the one beside it: telemetry, logs, proxies."""
    return bool(vocabulary().sidecars.search(name) or vocabulary().sidecars.search(image.split("@")[0]))


def is_test_double(name: str, image: str) -> bool:
    """Whether a container replaces a service while people develop, or shows one to them."""
    return bool(vocabulary().test_doubles.search(name) or vocabulary().test_doubles.search(image.split("@")[0]))


def is_front(image: str) -> bool:
    """Whether an image is a reverse proxy."""
    return bool(vocabulary().reverse_proxies.search(image))


def is_named_front(name: str) -> bool:
    """Whether the whole name of a service is that of a reverse proxy."""
    return bool(vocabulary().front_names.fullmatch(name))


def is_one_shot(name: str) -> bool:
    """Whether a name is that of a migration or a set-up step."""
    return bool(vocabulary().one_shot.search(name))


def is_network_instance(name: str) -> bool:
    """Whether an instance belongs to the network by its name: NAT instances, bastion hosts."""
    return bool(vocabulary().network_instances.search(name))


def is_shell(command: str) -> bool:
    """Whether a command only keeps a container open for people."""
    return bool(vocabulary().shells.fullmatch(re.sub(r"[\"']", "", command).strip()))


def product_class(image: str) -> str | None:
    """The class of a standard product, by the name of its image."""
    if image.split(":")[0].endswith("mssql/server"):
        return "database"
    return vocabulary().products.get(image_name(image))


def image_language(image: str) -> str | None:
    """The language that a base image is made for.

    >>> image_language("gcr.io/distroless/python3-debian12"), image_language("ubuntu:24.04")
    ('python', None)
    """
    parts = image.split("@")[0].lower().split("/")
    if "dotnet" in parts[:-1]:
        return "dotnet"
    name = image_name(image)
    return vocabulary().languages.get(name) or vocabulary().languages.get(_VERSION.sub("", name))


def runtime_language(runtime: str) -> str | None:
    """The language of a Lambda runtime; None for `provided`, which says none.

    >>> runtime_language("python3.12"), runtime_language("provided.al2023")
    ('python', None)
    """
    match = re.match(r"[a-z]+", runtime.lower())
    return _RUNTIMES.get(match[0]) if match else None


def concealed(text: str) -> str:
    """A text from a file as it may be shown: control characters written out, credentials hidden.

    >>> concealed("sync https://me:hush@host/x")
    'sync https://(hidden)@host/x'
    """
    return vocabulary().credentials.sub("(hidden)", printable(text))


def environment_rank(name: str) -> int:
    """Which of several files or stages counts: 0 production, 1 none in particular, 2 development and tests."""
    if vocabulary().production.search(name):
        return 0
    return 2 if vocabulary().lesser_environments.search(name) else 1


def without_environment(name: str) -> str:
    """A name without the words for environments, and without what separates them.

    >>> without_environment("k8s/prod/api.yml") == without_environment("k8s/staging/api.yml")
    True
    """
    for words in (vocabulary().production, vocabulary().lesser_environments):
        name = words.sub("", name)
    return re.sub(r"(?<=/)\.|\.(?=/)|^\.|\.$", "", re.sub(r"[-_.]+", ".", name))


def is_windows(image: str) -> bool:
    """Whether an image, or the name of a platform, is one of Windows."""
    return bool(_WINDOWS.search(image))


def is_host_path(path: str) -> bool:
    """Whether a mounted path opens the host: the Docker socket, devices, kernel interfaces."""
    return bool(_HOST_PATHS.match(path))
