from __future__ import annotations

import pytest

from whichcompute import Engine
from whichcompute.base.errors import FactError
from whichcompute.knowledge import sources
from whichcompute.knowledge.rules import Rule
from whichcompute.knowledge.sources import parse_sources

SHIPPED = sources.load()


PACK = Engine.default().pack


def keys_of_facts() -> set[str]:
    return {dated.source.partition("#")[0] for fact in PACK.facts.all() for dated in fact.values}


def keys_of(rule: Rule) -> list[str]:
    return [reference.partition("#")[0] for reference in rule.entry.sources]


@pytest.mark.parametrize("source", list(SHIPPED.values()), ids=lambda source: source.key)
def test_every_shipped_source_can_be_found_again(source: sources.Source) -> None:
    # A page may be named to read on without having been read; a fact is taken from what was read only.
    assert source.read_on is not None or source.key not in keys_of_facts() and source.url
    assert source.url.startswith("https://") or source.publisher or source.kind in ("judgement", "measurement")


@pytest.mark.parametrize("rule", list(PACK), ids=lambda rule: rule.id)
def test_every_rule_leads_to_a_page_that_can_be_opened_and_rests_on_something_read(rule: Rule) -> None:
    assert any(SHIPPED[key].url for key in keys_of(rule))
    assert rule.entry.service == "none" or any(SHIPPED[key].read_on for key in keys_of(rule))


def test_a_reference_resolves_to_its_section() -> None:
    citation = SHIPPED.cite("compute-notes#batch-vs-lambda")
    assert citation.source.kind == "founding-document" and citation.section == "batch-vs-lambda"
    assert "aws-lambda-quotas" in SHIPPED


@pytest.mark.parametrize("reference", ["nowhere", "compute-notes#no-such-part", ""])
def test_a_reference_that_leads_nowhere_is_refused(reference: str) -> None:
    with pytest.raises(FactError):
        SHIPPED.cite(reference)


@pytest.mark.parametrize(
    "entry",
    [
        {"key": "k", "title": "t"},
        {"key": "k", "title": "t", "kind": "rumour"},
        {"key": "k", "title": "t", "kind": "judgement", "read_on": "today"},
        {"key": "k", "title": "t", "kind": "judgement", "surprise": 1},
        {"key": 1, "title": "t", "kind": "judgement"},
        "k",
    ],
    ids=str,
)
def test_a_broken_source_is_refused_with_its_file(entry: object) -> None:
    with pytest.raises(FactError, match="file.toml"):
        parse_sources([entry], "file.toml")
