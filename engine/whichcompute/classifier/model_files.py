"""The files of a model folder: JSON and text only, so nothing in it can run.

A folder is refused when it holds a file that its manifest does not list, or one whose SHA-256 differs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whichcompute.base.errors import ModelError, shown
from whichcompute.base.resources import read_bytes

MANIFEST, MODEL, CARD = "manifest.json", "model.json", "MODEL_CARD.md"
DECISIONS, RIVALS = "decisions.json", "rivals.json"
FILES = (MANIFEST, MODEL, DECISIONS, RIVALS, CARD)
MAX_BYTES = 20_000_000


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file, once manifest and folder agree on names and hashes."""
    if not folder.is_dir():
        raise ModelError("no such model folder")
    listed = read_json(read_bytes(folder / MANIFEST, MAX_BYTES), MANIFEST).get("files")
    if not isinstance(listed, dict) or not {MODEL, DECISIONS, RIVALS} <= set(listed):
        raise ModelError(f"{MANIFEST} must list {MODEL}, {DECISIONS} and {RIVALS} with their SHA-256")
    found = {path.name for path in folder.iterdir()} - {MANIFEST}
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


def check_writable(folder: Path) -> None:
    """Raises ModelError for a place that cannot be written, and for a folder that holds anything but a model.

    Fitting takes minutes, and such a folder would be refused afterwards.
    """
    nearest = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK):
        raise ModelError(f"{folder}: cannot be written, as {nearest} is read-only; choose a writable location")
    if folder.exists() and not folder.is_dir():
        raise ModelError(f"{folder}: is a file; a model needs a folder")
    strays = sorted(path.name for path in folder.iterdir() if path.name not in FILES) if folder.exists() else []
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
