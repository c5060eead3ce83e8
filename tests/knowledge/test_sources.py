from __future__ import annotations

import pytest

from whichcompute import Engine
from whichcompute.base.errors import FactError
from whichcompute.knowledge import sources
from whichcompute.knowledge.outside import places
from whichcompute.knowledge.sources import parse_sources

SHIPPED = sources.load()


# Where a place outside is introduced by its vendor, the page may be named to read on without having been read.
OUTSIDE = {key for place in places().values() for key in place.sources} | {
    key for rule in Engine.default().pack if rule.entry.service == "none" for key in rule.entry.sources
}


@pytest.mark.parametrize("source", list(SHIPPED.values()), ids=lambda source: source.key)
def test_every_shipped_source_can_be_found_again(source: sources.Source) -> None:
    assert source.read_on is not None or source.key in OUTSIDE
    assert source.url.startswith("https://") or source.publisher or source.kind in ("judgement", "measurement")


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
