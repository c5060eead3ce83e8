"""A document as a tree in which every value knows its line: what the readers of all formats look at.

Keys are found without regard to case, hyphens and underscores, so that one reader serves `MemorySize` (CloudFormation),
`memory_size` (Terraform) and `memorySize` (the AWS API).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

Content: TypeAlias = "dict[str, Node] | list[Node] | str | None"
_YES = ("true", "yes", "on", "1")


class Node:
    """One value: a mapping, a list, a text (numbers and booleans are texts too) or nothing.

    `certain` is False where the value was resolved from something that can be set elsewhere, such as the default of a
    parameter. `file` is empty where it is in the file that is read.
    """

    __slots__ = ("_folded", "certain", "file", "line", "value")

    def __init__(self, value: Content, line: int, certain: bool = True, file: str = "") -> None:
        self.value = value
        self.line = line
        self.certain = certain
        self.file = file
        self._folded: dict[str, Node] | None = None

    def __bool__(self) -> bool:
        return self.value is not None

    def get(self, *path: str) -> Node:
        """The value at a path of keys; NOTHING where there is none. A list of one element is passed through."""
        node = self
        for key in path:
            if isinstance(node.value, list) and len(node.value) == 1:
                node = node.value[0]
            node = node._index().get(folded(key), NOTHING)
        return node

    def first(self, *keys: str) -> Node:
        """The value of the first of some keys that is there."""
        return next((found for key in keys if (found := self.get(key))), NOTHING)

    def _index(self) -> dict[str, Node]:
        if not isinstance(self.value, dict):
            return {}
        if self._folded is None:
            self._folded = {folded(key): node for key, node in self.value.items()}
        return self._folded

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping in their order; nothing for other values."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def each(self) -> list[Node]:
        """The elements of a list; a single value counts as a list of itself."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def rebuilt(self, change: Callable[[Node], Node]) -> Node:
        """The value with each of those right in it changed; a plain value as it is."""
        if isinstance(self.value, dict):
            content: Content = {key: change(node) for key, node in self.value.items()}
        elif isinstance(self.value, list):
            content = [change(node) for node in self.value]
        else:
            return self
        return Node(content, self.line, self.certain, self.file)

    def likely(self, made: dict[int, Node] | None = None) -> Node:
        """The value, and all values in it, as what can be set elsewhere; a part of many values is one part still."""
        known: dict[int, Node] = {id(NOTHING): NOTHING} if made is None else made
        if id(self) not in known:
            content = self.rebuilt(lambda inner: inner.likely(known)).value
            known[id(self)] = Node(content, self.line, False, self.file)
        return known[id(self)]

    def has(self, key: str) -> bool:
        """Whether a mapping names a key, even where its value is not known."""
        return folded(key) in self._index()

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.value, dict)

    @property
    def text(self) -> str:
        """The text of a plain value; empty for everything else."""
        return self.value.strip() if isinstance(self.value, str) else ""

    @property
    def is_true(self) -> bool:
        """Whether it is a plain value that says yes."""
        return self.text.lower() in _YES

    @property
    def texts(self) -> list[str]:
        """The texts of a list of plain values, or of a single one."""
        return [element.text for element in self.each() if element.text]

    def is_larger(self, most: int) -> bool:
        """Whether it has more values than that, each as often as it is part of another; none beyond is counted."""
        return next(islice(self.walk(), most, None), None) is not None

    def walk(self) -> Iterator[Node]:
        """This value and all values in it."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            if isinstance(node.value, dict):
                pending.extend(node.value.values())
            elif isinstance(node.value, list):
                pending.extend(node.value)


def folded(key: str) -> str:
    """A key without what makes no difference: case, hyphens and underscores."""
    return key.replace("_", "").replace("-", "").lower()


NOTHING = Node(None, 0)
"""What is not there."""
