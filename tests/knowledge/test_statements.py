from __future__ import annotations

import pytest

from whichcompute.base.errors import DataError
from whichcompute.knowledge import facts, packs, statements

PACK = packs.load(facts.load())
ALL = statements.load()


def test_the_statements_are_numbered_without_a_gap() -> None:
    assert [statement.id for statement in ALL] == [f"S{number:02}" for number in range(1, len(ALL) + 1)]


@pytest.mark.parametrize("covered", list(statements.coverage(PACK)), ids=lambda covered: covered.statement.id)
def test_every_statement_is_carried_and_cites_a_real_section(covered: statements.Covered) -> None:
    assert covered.carried
    assert PACK.facts.sources.problem(f"compute-notes#{covered.statement.section}") is None
    if newer := covered.statement.overtaken_by:
        assert PACK.facts.sources.problem(newer["source"]) is None


def test_a_statement_that_nothing_carries_is_a_gap() -> None:
    alone = statements.Statement("S01", "ecs", "Something.", "limit", ("fargate",))
    (covered,) = statements.coverage(packs.RulePack([], PACK.facts), [alone])
    assert not covered.carried and "GAP" in str(covered)


def test_a_rule_cannot_cover_what_no_statement_says() -> None:
    with pytest.raises(DataError, match="unknown statements"):
        list(statements.coverage(PACK, []))
