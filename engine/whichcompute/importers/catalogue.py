"""What names of images, runtimes and containers mean: sidecars, test doubles, standard products, languages, ports."""

from __future__ import annotations

import re

_SIDECARS = re.compile(
    r"(^|[-_/])(datadog|datadog-agent|dd-agent|aws-otel-collector|otel-collector|opentelemetry-collector|adot|envoy|"
    r"istio-proxy|linkerd-proxy|xray|xray-daemon|aws-xray-daemon|fluent-?bit|fluentd|aws-for-fluent-bit|log[-_]?router|"
    r"firelens|cloudwatch-agent|amazon-cloudwatch-agent|newrelic-infra|promtail|filebeat|vector|appmesh|"
    r"cloud-?sql-?proxy|cloud_sql_proxy|vault-agent|ecs-?exporter|statsd[-_]exporter|nginx-sidecar|oauth2-proxy)([-_:@/]|$)",
    re.IGNORECASE,
)
_TEST_DOUBLES = re.compile(
    r"(^|[-_/])(localstack|azurite|mailhog|mailpit|mailcatcher|maildev|moto|moto_server|wiremock|mockserver|"
    r"dynamodb-local|elasticmq|fake-?gcs-server|goaws|selenoid-ui|adminer|phpmyadmin|pgadmin4?|redis-commander|"
    r"redisinsight|mongo-express)([-_:@]|$)|[-_]local([-_:@]|$)|^dynamodb-admin",
    re.IGNORECASE,
)
_FRONTS = re.compile(r"(^|/)(nginx|nginx-proxy|traefik|haproxy|caddy|jwilder/nginx-proxy|envoy)([:@]|$)", re.IGNORECASE)
_ONE_SHOT = re.compile(
    r"(^|[-_])(migrate|migration|migrations|migrator|db-?init|init|setup|seed|bootstrap|createbuckets?|mc-init)([-_]|$)",
    re.IGNORECASE,
)
_SHELLS = frozenset(("bash", "sh", "/bin/bash", "/bin/sh", "sleep infinity", "tail -f /dev/null"))
_PRODUCTS = {
    "database": "postgres postgresql postgis timescaledb mysql mariadb percona mongo mongodb cassandra scylla "
    "cockroach couchdb couchbase neo4j influxdb mssql server clickhouse-server arangodb rethinkdb dgraph "
    "oracle-xe yugabyte",
    "cache": "redis redis-stack redis-stack-server memcached valkey keydb dragonfly",
    "broker": "rabbitmq kafka cp-kafka redpanda nats activemq activemq-artemis pulsar zookeeper cp-zookeeper mosquitto "
    "emqx nsq",
    "search": "elasticsearch opensearch solr meilisearch typesense",
    "ftp": "sftp vsftpd proftpd",
    "mail": "postfix docker-mailserver exim",
    "directory": "openldap samba-domain",
}
_PRODUCT_OF = {name: product for product, names in _PRODUCTS.items() for name in names.split()}
_LANGUAGES = {
    "python": "python",
    "node": "nodejs",
    "nodejs": "nodejs",
    "bun": "nodejs",
    "ruby": "ruby",
    "golang": "go",
    "rust": "rust",
    "php": "php",
    "openjdk": "java",
    "eclipse-temurin": "java",
    "amazoncorretto": "java",
    "maven": "java",
    "gradle": "java",
    "tomcat": "java",
    "aspnet": "dotnet",
    "dotnet": "dotnet",
    "gcc": "cpp",
}
_RUNTIMES = {"nodejs": "nodejs", "python": "python", "ruby": "ruby", "java": "java", "go": "go", "dotnet": "dotnet"}
_WINDOWS = re.compile(r"windows|nanoserver|dotnet/framework|/iis([:/@]|$)", re.IGNORECASE)
WEB_PORTS = frozenset((80, 443, 3000, 4000, 5000, 8000, 8080, 8081, 8443, 8888, 9000))
"""Ports on which a server most likely speaks HTTP."""
PRIVILEGED = frozenset(
    ("ALL", "SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_TIME", "BPF", "PERFMON")
)
"""Linux capabilities that a container of a managed platform does not get."""
_HOST_PATHS = re.compile(r"/var/run/docker\.sock|/run/docker\.sock|/proc(/|$)|/sys(/|$)|/lib/modules|/dev(/|$)")


def image_name(image: str) -> str:
    """The last part of an image's name, without registry, tag and digest.

    >>> image_name("mcr.microsoft.com/dotnet/aspnet:8.0"), image_name("${REGISTRY}/app:1")
    ('aspnet', 'app')
    """
    return image.split("@")[0].rsplit("/", 1)[-1].split(":")[0].lower()


def is_sidecar(name: str, image: str) -> bool:
    """Whether a container serves the one beside it: telemetry, logs, proxies."""
    return bool(_SIDECARS.search(name) or _SIDECARS.search(image.split("@")[0]))


def is_test_double(name: str, image: str) -> bool:
    """Whether a container stands in for a service while people develop, or shows one to them."""
    return bool(_TEST_DOUBLES.search(name) or _TEST_DOUBLES.search(image.split("@")[0]))


def is_front(image: str) -> bool:
    """Whether an image is a reverse proxy."""
    return bool(_FRONTS.search(image))


def is_one_shot(name: str) -> bool:
    """Whether a name is that of a migration or a set-up step."""
    return bool(_ONE_SHOT.search(name))


def is_shell(command: str) -> bool:
    """Whether a command only keeps a container open for people."""
    return command.strip() in _SHELLS


def product_class(image: str) -> str | None:
    """The class of a standard product, by the name of its image."""
    if image.split(":")[0].endswith("mssql/server"):
        return "database"
    name = image_name(image)
    return _PRODUCT_OF.get(name) if name != "server" else None


def image_language(image: str) -> str | None:
    """The language that a base image is made for."""
    parts = image.split("@")[0].lower().split("/")
    if "dotnet" in parts[:-1]:
        return "dotnet"
    return _LANGUAGES.get(image_name(image))


def runtime_language(runtime: str) -> str | None:
    """The language of a Lambda runtime; None for `provided`, which says none.

    >>> runtime_language("python3.12"), runtime_language("provided.al2023")
    ('python', None)
    """
    match = re.match(r"[a-z]+", runtime)
    return _RUNTIMES.get(match[0]) if match else None


def is_windows(image: str) -> bool:
    """Whether an image, or the name of a platform, is one of Windows."""
    return bool(_WINDOWS.search(image))


def is_host_path(path: str) -> bool:
    """Whether a mounted path opens the host: the Docker socket, devices, kernel interfaces."""
    return bool(_HOST_PATHS.match(path))
