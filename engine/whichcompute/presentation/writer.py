"""Writes text for a terminal or a pipe: lines wrapped to a width and styled by role. Styling is the caller's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from whichcompute.base.words import wrap

Style = Callable[[str, str], str]
"""Styles a text by role: title, good, bad, warn, dim."""


def unstyled(text: str, role: str) -> str:
    """The text as it is: for pipes and files."""
    del role
    return text


class Writer:
    """Collects lines; `str` of it is the whole text.

    >>> page = Writer(width=20)
    >>> page.title("Reasons")
    >>> page.add("no servers to look after", "- ", "  ")
    >>> print(page)
    Reasons
    - no servers to look
      after
    """

    def __init__(self, width: int = 100, style: Style = unstyled) -> None:
        self.width, self.lines = width, list[str]()
        self.styled = style

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def add(self, text: str, indent: str = "", hang: str | None = None, role: str = "", *, cut: bool = True) -> None:
        """A paragraph, wrapped; nothing for an empty text. Words longer than a line are kept whole without `cut`."""
        for line in wrap(text, self.width, indent, hang, break_words=cut):
            self.line(line, role)

    def each(self, texts: Iterable[str], indent: str = "", hang: str | None = None, role: str = "") -> None:
        """A paragraph for each text."""
        for text in texts:
            self.add(text, indent, hang, role)

    def line(self, text: str = "", role: str = "") -> None:
        """One line as it is."""
        self.lines.append(self.styled(text, role) if role else text)

    def title(self, text: str, role: str = "title") -> None:
        """A heading, with an empty line above it unless it is the first line."""
        if self.lines:
            self.line()
        self.add(text, role=role)
