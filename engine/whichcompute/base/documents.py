"""Reads one workload from JSON, YAML or TOML, or a list of them from YAML: flat mappings of names to values."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whichcompute.base.errors import DataError, WhichcomputeError, shown
from whichcompute.base.resources import MAX_DEPTH, deepest, parse_toml, read_text
from whichcompute.base.units import in_range, range_words, read_number

MAX_BYTES = 1_000_000
MAX_YAML = 200_000  # its parser is slow
_NESTED_BLOCKS = re.compile(rf"(?:[-?:][ \t]+){{{MAX_DEPTH}}}")
_RANGE = re.compile(r"^([a-z_]+): ([0-9.]+)  # \2 represents: (.+)$", re.MULTILINE)
_TOML_LINE = re.compile(r"^[ \t]*[A-Za-z0-9_\"-]+[ \t]*=", re.MULTILINE)


def read_workload(source: str) -> dict[str, Any]:
    """The raw fields in the file `source` ('-': standard input); DataError names the file and what is wrong."""
    if source == "-":
        name = "standard input"
        try:
            text = sys.stdin.read(MAX_BYTES + 1)
        except UnicodeDecodeError as error:
            raise DataError(f"{name}: byte {error.start} is not UTF-8 text") from None
        if len(text) > MAX_BYTES:
            raise DataError(f"{name}: more than {MAX_BYTES:,} characters, the most that is read")
    else:
        text, name = read_text(Path(source), MAX_BYTES), source
    return parse_workload(text, name, Path(source).suffix.lower())


def parse_workload(text: str, name: str, suffix: str = "") -> dict[str, Any]:
    """The raw fields in a text; without a telling suffix, JSON begins with a brace and TOML has `key = value` lines."""
    if suffix == ".json" or (suffix not in (".yaml", ".yml", ".toml") and text.lstrip().startswith(("{", "["))):
        fields = _json(text, name)
    elif suffix == ".toml" or (suffix not in (".yaml", ".yml") and _TOML_LINE.search(text)):
        fields = parse_toml(text, name)
    else:
        fields = _with_ranges(_yaml(text, name), text)
    if not isinstance(fields, dict):
        raise DataError(f"{name}: holds {_kind(fields)}; a mapping of descriptor names to values is needed")
    return fields


def parse_list(text: str, name: str) -> list[dict[str, Any]] | None:
    """The mappings in a YAML list, their values as text; None if it holds no list."""
    import yaml

    node = _composed(text, name)
    if not isinstance(node, yaml.SequenceNode):
        return None
    for each in node.value:
        if not isinstance(each, yaml.MappingNode):
            raise DataError(f"{name}: line {each.start_mark.line + 1}: a mapping of names to values is needed")
    return [_fields(each, name) for each in node.value]


def range_comment(number: str, value: object) -> str:
    """What follows a number in YAML that represents a range, so that it is read back as one; else nothing."""
    words = range_words(value)
    return f"  # {number} represents: {words}" if words else ""


def _with_ranges(fields: Any, text: str) -> Any:
    """The fields with the words of ranges from the comments of `range_comment`; a number that was edited has none."""
    for name, number, words in _RANGE.findall(text) if isinstance(fields, dict) else ():
        value = read_number(number, "")
        if value is not None and fields.get(name) == number:
            fields[name] = in_range(value, words)
    return fields


def _kind(value: object) -> str:
    return {"list": "a list", "str": "a text", "NoneType": "nothing"}.get(type(value).__name__, "a single value")


def _json(text: str, name: str) -> Any:
    def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            twice = next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)
            raise DataError(f"{name}: field '{shown(twice)}' is duplicated")
        return fields

    try:
        return json.loads(text, object_pairs_hook=no_twins)
    except json.JSONDecodeError as error:
        raise DataError(f"{name}: not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except (RecursionError, ValueError) as error:
        raise DataError(f"{name}: not usable JSON: {shown(str(error))}") from None


def _yaml(text: str, name: str) -> Any:
    node = _composed(text, name)
    return None if node is None else _fields(node, name)


def _composed(text: str, name: str) -> Any:
    """The root node of a YAML text; None if it is empty."""
    import yaml

    if len(text) > MAX_YAML:
        raise DataError(f"{name}: more than {MAX_YAML:,} characters, the most that is read of YAML")
    # The parser takes minutes for some thousand levels, and a workload is flat.
    if deepest(text) > MAX_DEPTH or _NESTED_BLOCKS.search(text):
        raise DataError(f"{name}: not usable YAML: nested deeper than {MAX_DEPTH} levels")

    # Node by node instead of a loader: every scalar stays text for the descriptor's own reader, tags build nothing, and
    # anchors, with which a small file can explode, are refused.
    with yaml_errors(name, DataError):
        refuse_aliases(text, name, DataError)
        return yaml.compose(text, Loader=yaml.SafeLoader)


@contextmanager
def yaml_errors(name: str, kind: type[WhichcomputeError]) -> Iterator[None]:
    """Raises errors of the YAML parser as errors of this kind, with the place in the document `name`."""
    import yaml

    try:
        yield
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise kind(f"{name}: not valid YAML: {shown(getattr(error, 'problem', None) or str(error))}{place}") from None
    except (RecursionError, ValueError):
        raise kind(f"{name}: not usable YAML: nested too deeply, or a character that YAML does not allow") from None


def refuse_twins(node: Any, name: str, kind: type[WhichcomputeError]) -> None:
    """Raises an error of this kind for a mapping that has a key twice, at any depth: loaders keep the last one."""
    import yaml

    inside = [node]
    while inside:
        each = inside.pop()
        if isinstance(each, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in each.value:
                inside.append(value)
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        raise kind(f"{name}: line {key.start_mark.line + 1}: '{shown(key.value)}' is duplicated")
                    seen.add(key.value)
        elif isinstance(each, yaml.SequenceNode):
            inside += each.value


def refuse_aliases(text: str, name: str, kind: type[WhichcomputeError]) -> None:
    """Raises an error of this kind for YAML aliases, by which a small document can expand to a huge one."""
    import yaml

    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else "?"
            raise kind(f"{name}: line {line}: YAML aliases are not allowed")


def _fields(node: Any, name: str) -> Any:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return [] if isinstance(node, yaml.SequenceNode) else shown(node.value)
    fields: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            raise DataError(f"{name}: line {line}: a descriptor name and one plain value are needed")
        if key.value in fields:
            raise DataError(f"{name}: line {line}: field '{shown(key.value)}' is duplicated")
        fields[key.value] = None if value.tag == "tag:yaml.org,2002:null" else value.value
    return fields
