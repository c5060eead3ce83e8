from __future__ import annotations

from whichcompute.base.version import VERSION
from whichcompute.presentation.citations import Citations, address, cites
from whichcompute.recommender.result import Cited

NOTES = Cited(key="notes", title="Notes", section="ecs")
PAGE = Cited(key="page", title="Page", url="https://example.org/page")


def test_sources_are_numbered_as_cited_those_with_an_address_first() -> None:
    citations = Citations()
    assert citations.marks([NOTES, PAGE]) == "1, 2"
    assert citations.marks([Cited(key="notes", title="Notes", section="batch")]) == "2"
    assert [(number, source.title, sections) for number, source, sections in citations.cited()] == [
        (1, "Page", []),
        (2, "Notes", ["ecs", "batch"]),
    ]


def test_in_brief_what_cannot_be_opened_is_cited_only_where_nothing_else_is() -> None:
    citations = Citations(brief=True)
    assert citations.marks([NOTES, PAGE]) == "1" and citations.marks([NOTES]) == "2"


def test_nothing_cited_is_no_mark() -> None:
    assert Citations().marks([]) == "" and cites([]) == ""


def test_titles_come_with_addresses() -> None:
    assert cites([NOTES, PAGE]) == "Page: https://example.org/page; Notes"


def test_a_rule_has_a_place_in_a_site_whose_address_is_known() -> None:
    assert address("", "ecs_ec2.gpu-count") == ""
    place = address("https://docs.example.org/{version}/", "ecs_ec2.gpu-count")
    assert place == f"https://docs.example.org/{VERSION}/docs/rules/ecs_ec2.gpu-count.html"
    assert address("https://docs.example.org/", "check.size") == ""
