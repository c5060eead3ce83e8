"""Makes the API reference (docs/python.md) and the typed fields of Workload from the package itself."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from textwrap import wrap

import whichcompute
from whichcompute.knowledge.descriptors import DESCRIPTORS, Descriptor

_HEAD = """\
# Python

Made from the docstrings by `make docs`; the examples are run by the tests.

```python
from whichcompute import Workload, recommend, score, what_if, path_to, scan, check
```

Everything is typed. Bad input raises a subclass of `WhichcomputeError`, whose message names what is wrong and what is
allowed. An `Engine` may be shared between threads; start worker processes by `spawn`: polars does not survive a fork.
"""


def python_reference() -> str:
    """docs/python.md: every public name with its signature and docstring."""
    parts = [_HEAD]
    for name in sorted(whichcompute.__all__, key=lambda name: (name[0].isupper(), name.endswith("Error"), name)):
        parts.append("\n".join(_entry(name, getattr(whichcompute, name), "##")))
    return "\n".join(parts)


def _entry(name: str, thing: object, heading: str) -> Iterator[str]:
    yield f"{heading} `{name}`\n"
    if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
        yield f"```python\n{_signature(name, thing)}\n```\n"
    about = inspect.getmodule(thing) if thing is whichcompute.Workload else thing
    yield _text(inspect.getdoc(about) or "") + "\n"
    if isinstance(thing, type) and not issubclass(thing, Exception) and thing is not whichcompute.Workload:
        for member, value in vars(thing).items():
            if not member.startswith("_") and member != "as_text" and (inspect.isfunction(value) or _of_class(value)):
                called = value.__func__ if _of_class(value) else value
                yield from _entry(f"{name}.{member}", called, "###")


def _of_class(value: object) -> bool:
    return isinstance(value, staticmethod | classmethod)


def _signature(name: str, thing: Callable[..., object]) -> str:
    if thing is whichcompute.Workload:
        return "Workload(*, kind=None, max_duration_s=None, ...)  # every field of docs/descriptors.md"
    signature = inspect.signature(thing)
    shown = [p for p in signature.parameters.values() if p.name != "self"]
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(signature.replace(parameters=shown)))  # annotations are texts
    return f"{name}{text}"


def _text(docstring: str) -> str:
    """A docstring as Markdown: examples become code blocks, and so does what is indented."""
    blocks = re.split(r"\n\s*\n", docstring)
    return "\n\n".join(f"```python\n{block}\n```" if block.startswith(">>>") else block for block in blocks)


def typed_fields() -> str:
    """engine/whichcompute/knowledge/fields.py: what type checkers and editors know of the fields of a workload."""
    choices = "".join(_alias(d) for d in DESCRIPTORS.values() if d.type == "choice")
    given = "".join(f"    {d.name}: {_given(d)}\n" for d in DESCRIPTORS.values())
    held = "".join(f"    {d.name}: {_held(d)}\n" for d in DESCRIPTORS.values())
    return (
        '"""The fields of a workload, for type checkers and editors; made from its table by `make docs`."""\n\n'
        f"from typing import Literal, TypeAlias, TypedDict\n\n{choices}\n\n"
        "class Fields(TypedDict, total=False):\n"
        '    """Fields as they may be given: numbers also as text with a unit, yes and no also as text."""\n\n'
        f"{given}\n\n"
        "class Held:\n"
        '    """Fields as a workload holds them; None is unknown."""\n\n'
        f"{held}"
    )


def _alias(descriptor: Descriptor) -> str:
    """The values of a choice as a separate type, in lines of at most 120 characters."""
    quoted = ", ".join(f'"{choice}"' for choice in descriptor.choices)
    line = f"{_alias_name(descriptor)}: TypeAlias = Literal[{quoted}]\n"
    if len(line) <= 121:
        return line
    values = wrap(f"{quoted},", 116, break_on_hyphens=False)
    inside = "".join(f"    {part}\n" for part in values)
    return f"{_alias_name(descriptor)}: TypeAlias = Literal[\n{inside}]  # fmt: skip\n"


def _alias_name(descriptor: Descriptor) -> str:
    return "".join(word.capitalize() for word in descriptor.name.split("_"))


def _given(descriptor: Descriptor) -> str:
    return {"number": "float | str | None", "boolean": "bool | str | None"}.get(descriptor.type, _held(descriptor))


def _held(descriptor: Descriptor) -> str:
    if descriptor.type == "choice":
        return f"{_alias_name(descriptor)} | None"
    return {"number": "float | None", "boolean": "bool | None"}.get(descriptor.type, "str | None")
