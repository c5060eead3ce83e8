"""The files of a model folder: JSON and text only, so nothing in it can run.

A folder is refused when it holds a file that its manifest does not list, or one whose SHA-256 differs.
So is a stored number that is not finite or out of its range.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whichcompute.base.errors import ModelError, shown
from whichcompute.base.resources import read_bytes
from whichcompute.knowledge.conditions import MAX_LENGTH
from whichcompute.knowledge.descriptors import PROPERTIES
from whichcompute.knowledge.rules import GRADES
from whichcompute.knowledge.services import ANSWERS

MANIFEST, MODEL, CARD = "manifest.json", "model.json", "MODEL_CARD.md"
DECISIONS, RIVALS = "decisions.json", "rivals.json"
FILES = (MANIFEST, MODEL, DECISIONS, RIVALS, CARD)
_LEFT = re.compile(rf"\.({'|'.join(map(re.escape, FILES))})\.\w{{8}}\.part")
MAX_BYTES = 20_000_000
FORMAT = 5
MAX_TERMS = 5000
MAX_CONDITIONS = 4
_LARGEST = 1e6  # sums of such numbers stay numbers


@dataclass(frozen=True, slots=True)
class StoredTerm:
    """A centred conjunction: its condition lines and its log-odds per answer."""

    when: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model as stored. `reference` is the share on which each condition line holds; `cost` the log-odds of a cost
    that is e times the lowest, and of a cost above the budget. `importance` is that of descriptors, which takes
    long to work out; empty where it is not stored."""

    base: tuple[float, ...]
    temperature: float
    plausible_from: float
    decided_from: float
    undecided_below: float
    rule_weights: Mapping[tuple[str, str], float]
    rates: Mapping[str, float]
    cost: tuple[float, float]
    reference: Mapping[str, float]
    terms: tuple[StoredTerm, ...]
    importance: Mapping[str, tuple[float, ...]]


def read_stored(stored: Mapping[str, Any]) -> StoredModel:
    """The model in a JSON object; ModelError names what is wrong and what is allowed."""
    answers = stored.get("answers")
    known = [answer for answer in ANSWERS if isinstance(answers, list) and answer in answers]
    if stored.get("format") != FORMAT or not known or answers != known:
        found = shown(stored.get("format"))
        raise ModelError(f"format '{found}': format {FORMAT} is read, for answers in the order {', '.join(ANSWERS)}")
    base = _row(stored.get("base"), "base", known, unseen=min)
    reference = {line: _number(share, "reference", 0.0, 1.0) for line, share in _table(stored, "reference").items()}
    return StoredModel(
        base=base,
        temperature=_number(stored.get("temperature"), "temperature", 0.01, 100.0),
        plausible_from=_number(stored.get("plausible_from"), "plausible_from", 0.0, 1.0),
        decided_from=_number(stored.get("decided_from"), "decided_from", 0.0, 1.0),
        undecided_below=_number(stored.get("undecided_below"), "undecided_below", 0.0, 1.0),
        rule_weights=_rule_weights(_table(stored, "rule_weights")),
        rates={rule: _number(rate, "rates", 0.0, 1.0) for rule, rate in _table(stored, "rates").items()},
        cost=(
            _number(_table(stored, "cost").get("log_ratio"), "cost log_ratio", 0.0, 10.0),
            _number(_table(stored, "cost").get("over_budget"), "cost over_budget", 0.0, 10.0),
        ),
        reference=reference,
        terms=tuple(_term(entry, known, reference) for entry in _terms(stored)),
        importance=_importance(_table({"importance": {}, **stored}, "importance"), known),
    )


def _number(value: Any, name: str, least: float, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise ModelError(f"{name} '{shown(value)}' must be a number from {least:g} to {most:g}")
    return float(value)


def _table(stored: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = stored.get(name)
    if not isinstance(table, dict):
        raise ModelError(f"{name} must be a table")
    return table


def _row(row: Any, name: str, answers: Sequence[str], unseen: Any) -> tuple[float, ...]:
    """A number for each answer; `unseen` gives that of answers that the model was not trained on."""
    if not isinstance(row, list) or len(row) != len(answers):
        raise ModelError(f"{name} must hold {len(answers)} numbers, one for each of {', '.join(answers)}")
    numbers = [_number(value, name, -_LARGEST, _LARGEST) for value in row]
    if len(numbers) == len(ANSWERS):  # all of them, in their order
        return tuple(numbers)
    known = dict(zip(answers, numbers, strict=True))
    return tuple(known[answer] if answer in known else unseen(numbers) for answer in ANSWERS)


def _importance(table: Mapping[str, Any], answers: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Two by two by descriptor; empty, to be worked out, where services have been added since."""
    pairs = len(answers) * (len(answers) - 1) // 2
    rows = {name: row for name, row in table.items() if name in PROPERTIES}
    if malformed := [name for name, row in rows.items() if not isinstance(row, list) or len(row) != pairs]:
        raise ModelError(f"importance {malformed[0]} must hold {pairs} numbers, one for every two answers")
    if len(answers) < len(ANSWERS):
        return {}
    return {name: tuple([_number(n, "importance", 0.0, _LARGEST) for n in row]) for name, row in rows.items()}


def _rule_weights(table: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    return {
        (effect, strength): _number(_table(table, effect).get(strength), f"rule_weights {effect} {strength}", 0.0, 100)
        for effect, grades in GRADES.items()
        for strength in grades
    }


def _terms(stored: Mapping[str, Any]) -> list[Any]:
    entries = stored.get("terms")
    if not isinstance(entries, list) or len(entries) > MAX_TERMS:
        raise ModelError(f"terms must be a list of at most {MAX_TERMS:,} entries")
    return entries


def _term(entry: Any, answers: Sequence[str], reference: Mapping[str, float]) -> StoredTerm:
    if not isinstance(entry, dict) or set(entry) != {"when", "weights"}:
        raise ModelError("each term needs when and weights, and nothing else")
    when = entry["when"]
    texts = isinstance(when, list) and all(isinstance(line, str) and len(line) <= MAX_LENGTH for line in when)
    if not texts or not 1 <= len(when) <= MAX_CONDITIONS:
        raise ModelError(f"term {shown(when)}: when must be a list of 1 to {MAX_CONDITIONS} condition lines")
    if absent := [line for line in when if line not in reference]:
        raise ModelError(f"term {shown(absent[0])}: has no share in reference")
    return StoredTerm(tuple(when), _row(entry["weights"], "weights", answers, unseen=lambda _: 0.0))


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file, once manifest and folder agree on names and hashes."""
    if not folder.is_dir():
        raise ModelError("no such model folder")
    listed = read_json(read_bytes(folder / MANIFEST, MAX_BYTES), MANIFEST).get("files")
    if not isinstance(listed, dict) or not {MODEL, DECISIONS, RIVALS} <= set(listed):
        raise ModelError(f"{MANIFEST} must list {MODEL}, {DECISIONS} and {RIVALS} with their SHA-256")
    found = _held(folder) - {MANIFEST}
    if stray := found ^ set(listed):
        raise ModelError(f"{MANIFEST} and the folder differ on {', '.join(shown(name) for name in sorted(stray))}")
    if odd := [name for name in listed if not (folder / name).is_file()]:
        raise ModelError(f"{shown(odd[0])} is not a regular file")
    found_bytes = {name: read_bytes(folder / name, MAX_BYTES) for name in listed}
    for name, digest in listed.items():
        if hashlib.sha256(found_bytes[name]).hexdigest() != digest:
            raise ModelError(f"{shown(name)} is not the file that {MANIFEST} lists (SHA-256 differs)")
    return found_bytes


def read_json(content: bytes, name: str) -> dict[str, Any]:
    """The object in a JSON file's bytes; ModelError names the file otherwise."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise ModelError(f"{name} is not JSON") from None
    if not isinstance(document, dict):
        raise ModelError(f"{name} must hold an object")
    return document


@dataclass(frozen=True, slots=True)
class Stored:
    """What a model folder holds, before it is written: model, rivals by name, decisions, and the card's text."""

    model: Mapping[str, Any]
    rivals: Mapping[str, Mapping[str, Any]]
    decisions: Sequence[Mapping[str, Any]]
    card: str


def _held(folder: Path) -> set[str]:
    """The names of the files in a folder, but for those that a run that was killed left of a model it wrote."""
    return {path.name for path in folder.iterdir() if not _LEFT.fullmatch(path.name)}


def check_writable(folder: Path) -> None:
    """Raises ModelError for a place that cannot be written, and for a folder that holds anything but a model.

    Fitting takes minutes, and such a folder would be refused afterwards.
    """
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK):
        raise ModelError(f"{folder}: cannot be written, as {nearest} is read-only; choose a writable location")
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: is a file; a model needs a folder")
    strays = sorted(_held(folder) - {*FILES}) if folder.exists() else []
    if strays:
        raise ModelError(f"{folder}: holds '{shown(strays[0])}', which is not part of a model; choose another folder")


def save(folder: Path, stored: Stored) -> None:
    """Writes a model folder, the manifest last; the same content gives the same bytes."""
    from whichcompute.base.outputs import write_texts  # not needed to read a model

    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        MODEL: json.dumps(stored.model, indent=1, sort_keys=True) + "\n",
        RIVALS: json.dumps(stored.rivals, sort_keys=True) + "\n",
        DECISIONS: _lines(stored.decisions),
        CARD: stored.card,
    }
    manifest = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(files.items())}
    files[MANIFEST] = json.dumps({"files": manifest}, indent=1) + "\n"
    write_texts({str(folder / name): text for name, text in files.items()})


def _lines(decisions: Sequence[Mapping[str, Any]]) -> str:
    # One decision a line, so that a review sees which one changed.
    rows = [json.dumps(decision, sort_keys=True, ensure_ascii=False) for decision in decisions]
    return '{"decisions": [\n' + ",\n".join(rows) + "\n]}\n"
