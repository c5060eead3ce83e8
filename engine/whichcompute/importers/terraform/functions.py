"""Functions and operators of HCL that look at their arguments alone: what sizes and lists of workloads need of them."""

from __future__ import annotations

import math
import operator as operators
import re
from collections.abc import Callable
from contextlib import suppress

from whichcompute.importers.nodes import NOTHING, Node

_MAX_TEXT = 20_000
MAX_VALUES = 20_000
"""In a list that is made of others."""
_PRODUCTION = re.compile(r"prod|prd", re.IGNORECASE)
SAME = frozenset(
    ("toset", "tolist", "tomap", "tostring", "tonumber", "tobool", "sensitive", "nonsensitive", "jsonencode",
     "yamlencode", "trimspace", "distinct", "sort")
)  # fmt: skip
_OPERATORS: dict[str, Callable[[float, float], float | bool]] = {
    "<": operators.lt, ">": operators.gt, "<=": operators.le, ">=": operators.ge, "+": operators.add,
    "-": operators.sub, "*": operators.mul, "/": operators.truediv, "%": math.fmod,
}  # fmt: skip


def call(name: str, arguments: list[Node], line: int) -> Node:
    """The value of a function; NOTHING for one that is not known, or whose arguments do not decide it."""
    if name in SAME and arguments:
        return arguments[0]
    function = _FUNCTIONS.get(name)
    if function is None:
        return NOTHING
    with suppress(ArithmeticError, ValueError, LookupError, AttributeError, TypeError):
        found = function(arguments)
        if found is None:
            return NOTHING
        if isinstance(found, Node):
            return found
        return Node(found[:_MAX_TEXT], line, all(one.certain for one in arguments))
    return NOTHING


def truth(node: Node) -> bool | None:
    """Whether a value is true or false; None for everything else."""
    return {"true": True, "false": False}.get(node.text)


def scalar(operator: str, left: Node, right: Node, line: int) -> Node:
    """The value of an operation on numbers; NOTHING where one of the two is none."""
    with suppress(ValueError, ZeroDivisionError, OverflowError):
        found = _OPERATORS[operator](float(left.text), float(right.text))
        text = str(found).lower() if isinstance(found, bool) else _plain(found)
        return Node(text, line, left.certain and right.certain)
    return NOTHING


def _plain(number: float) -> str:
    if not math.isfinite(number):
        raise ValueError("not a number that can be written")
    return f"{number:.15g}"


def _merge(arguments: list[Node]) -> Node:
    """The entries of mappings, later ones first; one that is not known can replace each entry before it."""
    found: dict[str, Node] = {}
    for one in arguments:
        if isinstance(one.value, dict):
            found.update(one.value)
        elif one is NOTHING:
            found = {key: node.likely() for key, node in found.items()}
    return Node(found, arguments[0].line)


def _concat(arguments: list[Node]) -> Node | None:
    listed = [element for one in arguments for element in (one.value if isinstance(one.value, list) else [])]
    certain = all(isinstance(one.value, list) for one in arguments)
    return Node(listed, arguments[0].line, certain) if len(listed) <= MAX_VALUES else None


def _flatten(arguments: list[Node]) -> Node | None:
    if arguments[0].value is None or any(one.is_larger(MAX_VALUES) for one in arguments):
        return None
    found: list[Node] = []
    pending = list(reversed(arguments))
    while pending:
        node = pending.pop()
        if isinstance(node.value, list):
            pending += reversed(node.value)
        elif node.value is not None:
            found.append(node)
    return Node(found, arguments[0].line)


def _lookup(arguments: list[Node]) -> Node | None:
    table, key = arguments[0], arguments[1]
    if not isinstance(table.value, dict) or not key.text:
        return None
    return table.value.get(key.text, arguments[2] if len(arguments) > 2 else NOTHING)


def _first_known(arguments: list[Node]) -> Node | None:
    """The first value that is neither null nor empty; behind one that is not known it is not certain."""
    certain = True
    for one in arguments:
        if one is NOTHING:
            certain = False
        elif one.value not in (None, ""):
            return one if certain else one.likely()
    return None


def _format(arguments: list[Node]) -> str:
    text, values = arguments[0].text, [one.text or "${?}" for one in arguments[1:]]
    for value in values:
        text = text.replace("%s", value, 1) if "%s" in text else text.replace("%d", value, 1)
    return text


def _numbers(choose: Callable[[list[float]], float]) -> Callable[[list[Node]], str]:
    return lambda arguments: _plain(choose([float(one.text) for one in arguments]))


def _keys(arguments: list[Node]) -> Node | None:
    return _listed(arguments[0], [Node(key, arguments[0].line) for key, _ in arguments[0].items()])


def _values(arguments: list[Node]) -> Node | None:
    return _listed(arguments[0], [value for _, value in arguments[0].items()])


def _listed(table: Node, found: list[Node]) -> Node | None:
    return Node(found, table.line, table.certain) if table.is_mapping else None


def _length(arguments: list[Node]) -> str | None:
    value = arguments[0].value
    return None if value is None else str(len(value))


def _contains(arguments: list[Node]) -> str | None:
    return None if not isinstance(arguments[0].value, list) else str(arguments[1].text in arguments[0].texts).lower()


_FUNCTIONS: dict[str, Callable[[list[Node]], Node | str | None]] = {
    "merge": _merge,
    "concat": _concat,
    "flatten": _flatten,
    "compact": _flatten,
    "lookup": _lookup,
    "try": _first_known,
    "coalesce": _first_known,
    "format": _format,
    "keys": _keys,
    "values": _values,
    "length": _length,
    "contains": _contains,
    "element": lambda given: given[0].each()[int(given[1].text) % len(given[0].each())],
    "one": lambda given: given[0].each()[0],
    "join": lambda given: given[0].text.join(one.text or "${?}" for one in given[1].each()),
    "split": lambda given: Node([Node(part, given[0].line) for part in given[1].text.split(given[0].text)],
                                given[0].line, given[1].certain) if given[1].text else None,
    "replace": lambda given: given[0].text.replace(given[1].text, given[2].text),
    "lower": lambda given: given[0].text.lower(),
    "upper": lambda given: given[0].text.upper(),
    "title": lambda given: given[0].text.title(),
    "min": _numbers(min),
    "max": _numbers(max),
    "ceil": _numbers(lambda values: float(math.ceil(values[0]))),
    "floor": _numbers(lambda values: float(math.floor(values[0]))),
    "abs": _numbers(lambda values: abs(values[0])),
}  # fmt: skip


def elements(node: Node) -> list[tuple[Node, Node]] | None:
    """Keys and values of a mapping or a list; None for everything else."""
    if isinstance(node.value, dict):
        return [(Node(key, node.line, node.certain), value) for key, value in node.value.items()]
    if isinstance(node.value, list):
        return [(Node(str(place), node.line, node.certain), value) for place, value in enumerate(node.value)]
    return None


def inside(node: Node, key: str, certain: bool = True) -> Node:
    """The value under a key or an index; a null one where a known mapping has no such key."""
    found = NOTHING
    if isinstance(node.value, dict):
        found = node.value.get(key, Node(None, node.line))
    elif isinstance(node.value, list):
        found = node.value[int(key)] if key.isdecimal() and int(key) < len(node.value) else NOTHING
    return found if certain and node.certain else found.likely()


def chosen(condition: Node, text: str, yes: Node, no: Node) -> Node:
    """The value of `condition ? yes : no`; where the condition is not known, that of production if it names it."""
    known = truth(condition)
    if known is not None:
        return (yes if known else no) if condition.certain else (yes if known else no).likely()
    if yes.text and yes.text == no.text:
        return Node(yes.value, yes.line, yes.certain and no.certain, yes.file)
    if _PRODUCTION.search(text):  # whatever decides it, production is meant
        return (no if "!=" in text or text.lstrip().startswith("!") else yes).likely()
    return NOTHING


def combined(operator: str, left: Node, right: Node, line: int) -> Node:
    """The value of an operator between two values."""
    certain = left.certain and right.certain
    first, second = truth(left), truth(right)
    if operator in ("&&", "||"):
        decisive = operator == "||"
        if decisive in (first, second):
            return Node("true" if decisive else "false", line, certain)
        return NOTHING if first is None or second is None else Node("false" if decisive else "true", line, certain)
    if left is NOTHING or right is NOTHING:
        return NOTHING
    if operator in ("==", "!="):
        if not (isinstance(left.value, str | None) and isinstance(right.value, str | None)):
            return NOTHING
        return Node("true" if (left.value == right.value) == (operator == "==") else "false", line, certain)
    return scalar(operator, left, right, line)
