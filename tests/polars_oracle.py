"""Rules as polars expressions over descriptor columns, three-valued: the oracle of the two evaluators."""

from __future__ import annotations

import operator
from typing import Any

import polars as pl

from whichcompute.knowledge.conditions import Condition
from whichcompute.knowledge.rules import Rule

_COMPARE: dict[str, Any] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def rule_expression(rule: Rule) -> pl.Expr:
    """Whether a rule fires; null where that is unknown."""
    return pl.all_horizontal([_expression(condition) for condition in rule.conditions]).alias(rule.id)


def _expression(condition: Condition) -> pl.Expr:
    column = pl.col(condition.field)
    if condition.op in ("known", "unknown"):
        return column.is_not_null() if condition.op == "known" else column.is_null()
    if condition.op == "unless":
        return column.is_null() | ~column.is_in(list(condition.operands))
    if condition.op == "in":
        return column.is_in(list(condition.operands))
    expression: pl.Expr = _COMPARE[condition.op](column, condition.operand)
    return expression
