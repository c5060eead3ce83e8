"""The short form of benchmarks/fuzz.py, with fixed inputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.fuzz import fuzz, shares
from benchmarks.fuzz_targets import TARGETS
from tests.conftest import Done
from whichcompute import Engine
from whichcompute.base.errors import InventoryError, ModelError, WhichcomputeError
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.inventory.maps.presets import read_map
from whichcompute.knowledge.packs import load

COUNT, SEED = 1_500, 20261124
COUNTS = shares(COUNT)


@pytest.mark.parametrize("target", TARGETS)
def test_hostile_input_gives_a_result_or_one_clear_error(target: str, tmp_path: Path) -> None:
    outcome = fuzz({target: COUNTS[target]}, SEED, tmp_path)
    assert not outcome.failures, "\n".join(map(str, outcome.failures))


def test_a_message_never_carries_a_terminal_command() -> None:
    assert str(ModelError("a\x1b[31m\nb")) == "a\\x1b[31m\\nb"


@pytest.mark.parametrize(
    "text",
    [
        'name = "\\u001b[31m"',
        '[[source]]\nkey = "k"\ntitle = "t"\nkind = "judgement"\nsections = 5',
        f"a = {'9' * 5000}",
        '[[fact]]\nid = "a.b"\ntitle = "t"\nunit = "s"\nstatement = "s"\nhard = 3\nvalues = []',
    ],
    ids=["terminal command", "sections no list", "huge number", "hard no boolean"],
)
def test_a_hostile_pack_is_refused(text: str, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "pack.toml").write_text(text)
    with pytest.raises(WhichcomputeError):
        load(engine.facts, [tmp_path / "pack.toml"], [])


@pytest.mark.parametrize("entry", ["{from: a, table: [x]}", "{from: a, factor: .nan}", "{from: a, factor: .inf}"])
def test_a_hostile_map_is_refused(entry: str, tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(f"columns:\n  memory_mb: {entry}\n")
    with pytest.raises(InventoryError, match=r"columns\.memory_mb"):
        read_map(tmp_path / "map.yaml")


def test_names_that_command_a_terminal_are_shown_and_not_obeyed(tmp_path: Path, run: Callable[..., Done]) -> None:
    name = "os\x1b]0;owned\x07\x9b2J\u202e"
    given = tmp_path / "in.csv"
    given.write_text(
        f'"{name}","memory\nmb",kind,max_duration_s\na,b,website,1\nc,d,{name},x\x1b[31m\n', encoding="utf-8"
    )
    done = run("score", given, "-o", tmp_path / f"out{name}.csv", "--report", tmp_path / "page.html", "--force")
    told = [done.err, run("recommend", "--set", f"{name}=1").err, run("rules", "show", name).err]
    told += [run("facts", "show", name).err, run("--rules", tmp_path / name, "rules", "list").err]
    cases = tmp_path / "cases.csv"
    cases.write_text(f'kind,label,"{name}"\nwebsite,lambda,x\n', encoding="utf-8")
    told += [run("evaluate", "--cases", cases).err, run("train", "--cases", cases, "--out", tmp_path / "model").err]
    assert done.status == 0 and "2 rows" in done.err
    assert all(text and text.replace("\n", "").isprintable() for text in told)
    assert not CONTROL.search((tmp_path / "page.html").read_text("utf-8"))


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


def test_a_gzip_file_with_damaged_content_is_refused(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "in.csv.gz").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\x02l\x03;4\xdb\xc8\x8b\xb3\xa4")
    request = ScoringRequest(str(tmp_path / "in.csv.gz"), str(tmp_path / "out.csv"))
    with pytest.raises(InventoryError, match="damaged gzip"):
        score_inventory(request, engine.columns, lambda _: None, lambda *_: None)
