"""The readers that are fuzzed, each with its inputs and what must hold of an answer."""

from __future__ import annotations

import contextlib
import csv
import gc
import gzip
import hashlib
import html.parser
import io
import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from benchmarks import fuzz_inputs as inputs
from benchmarks.fuzz_bench import Bench, Unsafe, printed
from benchmarks.fuzz_files import FILES
from benchmarks.fuzz_tools import TOOLS
from whichcompute import Engine
from whichcompute.base import documents
from whichcompute.classifier import model as classifier
from whichcompute.classifier.model_files import MANIFEST
from whichcompute.cli.terminal import safe_json
from whichcompute.inventory import ScoringRequest, score_inventory, suggestion
from whichcompute.inventory.readers.excel_book import Book
from whichcompute.inventory.rejects import PLACE
from whichcompute.knowledge import conditions, packs
from whichcompute.knowledge.conditions import ConditionError
from whichcompute.knowledge.descriptors import DESCRIPTORS, read, with_derived
from whichcompute.knowledge.rules import filled
from whichcompute.presentation.recommendation import render
from whichcompute.presentation.report import report_page
from whichcompute.presentation.scoring import summary_lines

_ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "cp850", "cp1250", "cp1251", "mac-roman", "shift-jis"]
_FORMULA = re.compile(r"(?![+-][0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$)[=+\-@\t\r]")


@dataclass(frozen=True)
class Target:
    """One reader and how large its share of the inputs is."""

    run: Callable[[Random, Bench], None]
    share: int


def text(rng: Random, bench: Bench) -> None:
    """A workload file."""
    given = bench.take(inputs.mutated(rng, inputs.documents(rng)))
    suffix = rng.choice(["", "", ".json", ".yaml", ".toml"])
    values = read(documents.parse_workload(given, "given", suffix))
    if rng.random() < 0.2:
        printed(render(bench.engine.recommend(values), full=True))


def values(rng: Random, bench: Bench) -> None:
    """A workload from Python."""
    recommendation = bench.engine.recommend(bench.take(inputs.fields(rng)))
    if rng.random() < 0.2:
        printed(render(recommendation, full=rng.random() < 0.3))
        printed(safe_json(recommendation.model_dump_json()))


def condition(rng: Random, bench: Bench) -> None:
    """A condition line."""
    name = rng.choice([*DESCRIPTORS, "gb_seconds_per_month", *inputs.TEXTS])
    line = f"{name} {rng.choice(['==', '<', '>=', 'in', '=', '!='])} {rng.choice([*inputs.TEXTS, '900', '[1, 2]'])}"
    given = bench.take(inputs.mutated(rng, line, 2))
    try:
        parsed = conditions.parse(given, bench.engine.facts)
    except ConditionError as error:
        if not str(error).isprintable():
            raise Unsafe(f"message not printable: {error!s:.300}") from None
        return
    parsed.holds(with_derived({"max_duration_s": 900.0, "kind": "website", "vcpus": 1.0}))
    printed(parsed.words())


def pack(rng: Random, bench: Bench) -> None:
    """A rule pack with rules, facts and sources."""
    sound = rng.choice(inputs.pack_texts())
    if rng.random() < 0.5:
        given = inputs.mutated(rng, sound)
    else:
        from whichcompute.base.resources import parse_toml

        table = inputs.altered(rng, parse_toml(sound, "sound"))
        table = table if isinstance(table, dict) else {"rule": table}
        given = "".join(f"{json.dumps(key)} = {_dated(value)}\n" for key, value in table.items())
    path = bench.fresh() / "pack.toml"
    path.write_text(bench.take(given), "utf-8", "replace")
    whole = rng.random() < 0.01
    found = packs.load(bench.engine.facts, [path], None if whole else [])
    for rule in found:
        printed(rule.when_words())
        printed(filled(rule.entry.because, {}, found.facts))
    if whole:
        printed(render(Engine(rules=[path]).recommend({"kind": "website"}), full=True))


def _dated(value: Any) -> str:
    return re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", inputs.as_toml(json.loads(json.dumps(value, default=str))))


def model(rng: Random, bench: Bench) -> None:
    """A model folder: broken files, and sound hashes over unsound content."""
    folder, files = bench.fresh(), dict(bench.model)
    if rng.random() < 0.5:
        files["model.json"] = json.dumps(inputs.altered(rng, bench.stored)).encode()
    else:
        name = rng.choice(sorted(files))
        files[name] = inputs.mutated_bytes(rng, files[name][:3000])
    if rng.random() < 0.1:
        files[rng.choice(["x.pkl", "\x1b[31m", "a\nb"])] = b"cos\nsystem\n(S'true'\ntR."
    if rng.random() < 0.8:
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST}
        listed = digests if rng.random() < 0.9 else {**digests, rng.choice(["../x", "/etc/passwd"]): "0"}
        files[MANIFEST] = json.dumps({"files": listed}).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    bench.take({name: data[:300] for name, data in files.items() if data != bench.model.get(name)})
    found = classifier.load(folder, bench.engine.facts)
    chances = found.probabilities({"kind": "website", "max_duration_s": 1000.0})
    if not abs(sum(chances) - 1) < 1e-6:
        raise Unsafe(f"probabilities {chances}")


def _score(bench: Bench, name: str, data: bytes, rng: Random, map_text: str | None = None) -> None:
    folder = bench.fresh()
    (folder / name).write_bytes(data)
    bench.take(data if map_text is None else (map_text, data))
    if map_text is not None:
        (folder / "map.yaml").write_text(map_text, "utf-8", "replace")
    if rng.random() < 0.1:
        printed(suggestion(str(folder / name)))
    out = folder / rng.choice(["out.csv", "out.csv", "out.jsonl", "out.parquet", "out.csv.gz", "out.xlsx"])
    report = str(folder / "page.html") if rng.random() < 0.1 else None
    explain: Any = rng.choice(["none", "short", "full"])
    mapping = str(folder / "map.yaml") if map_text is not None else None
    request = ScoringRequest(str(folder / name), str(out), explain=explain, report=report, map_file=mapping)
    said: list[str] = []
    page = partial(report_page, columns=bench.engine.columns)
    try:
        done = score_inventory(request, bench.engine.columns, said.append, lambda *_: None, page)
    except BaseException:
        if left := sorted(path.name for path in folder.iterdir() if path.name not in (name, "map.yaml")):
            raise Unsafe(f"left behind after an error: {left}") from None
        raise
    for line in [*said, *summary_lines(done)]:
        printed(line)
    _rejects_are_safe(folder / f"{out.name}.rejects.csv")
    if out.suffix == ".xlsx":
        _workbook_is_safe(out, done.tally.count)
    if report:
        _page_is_safe(Path(report).read_text("utf-8"))


def _rejects_are_safe(path: Path) -> None:
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.reader(file):
            if bad := [cell for cell in row[: len(PLACE)] if _FORMULA.match(cell) and cell not in PLACE]:
                raise Unsafe(f"a formula in a cell of ours: {bad[0]!r:.200}")


def _workbook_is_safe(path: Path, rows: int) -> None:
    """A workbook of ours has every row and no formula, and begins no text cell that Excel could run."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        runs = [tag for tag in (b"<f>", b"<f ", b"<hyperlink", b"externalLink") if tag in sheet]
        if runs or any("externalLink" in name or "vba" in name.lower() for name in archive.namelist()):
            raise Unsafe(f"a workbook with {runs or archive.namelist()}")
    with Book(path) as book:
        found = len(book.sheet(next(iter(book.sheets))).rows) - 1
    if found != rows:
        raise Unsafe(f"a workbook with {found} of {rows} rows")


class _Elements(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag == "img" and (dict(attrs).get("src") or "").startswith("data:image/svg+xml"):
            return  # a picture of ours, in which nothing runs
        if tag in ("img", "iframe", "object", "embed", "form", "base", "link"):
            self.bad.append(tag)
        self.bad += [name for name, _ in attrs if name.startswith("on")]


def _page_is_safe(page: str) -> None:
    elements = _Elements()
    elements.feed(page)
    if elements.bad or elements.scripts != 2:
        raise Unsafe(f"foreign elements on the page: {elements.bad}, {elements.scripts} scripts")


def table(rng: Random, bench: Bench) -> None:
    """An inventory in CSV."""
    sound = inputs.known_tool(rng) if rng.random() < 0.15 else inputs.csv_text(rng)
    data = inputs.mutated(rng, sound).encode("utf-8", "replace")
    if rng.random() < 0.2:
        data = inputs.mutated_bytes(rng, data)
    if rng.random() < 0.02:  # a cell longer than the csv module reads
        data = data.replace(rng.choice([b",", b"\n"]), b"," + b"9" * rng.choice([131_070, 140_000]) + b"\n", 2)
    if rng.random() < 0.1:
        data = data.decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "replace")
    _score(bench, "in.csv", data, rng)


def lines(rng: Random, bench: Bench) -> None:
    """An inventory in JSON Lines, or a list in YAML."""
    name, sound = rng.choice([("in.yaml", inputs.yaml_list), *[("in.jsonl", inputs.json_lines)] * 4])
    data = inputs.mutated(rng, sound(rng)).encode("utf-8", "surrogatepass")
    _score(bench, name, inputs.mutated_bytes(rng, data) if rng.random() < 0.2 else data, rng)


def packed(rng: Random, bench: Bench) -> None:
    """An inventory in gzip or Parquet, damaged."""
    text_ = inputs.csv_text(rng).encode("utf-8", "replace")
    if rng.random() < 0.5:
        _score(bench, "in.csv.gz", inputs.mutated_bytes(rng, gzip.compress(text_, mtime=0)), rng)
        return
    whole = io.BytesIO()
    pl.DataFrame({"kind": inputs.KINDS * 3, "max_duration_s": range(18), "x": [[1]] * 18}).write_parquet(whole)
    _score(bench, "in.parquet", inputs.mutated_bytes(rng, whole.getvalue()), rng)


def workbook(rng: Random, bench: Bench) -> None:
    """An inventory in an Excel workbook: its parts or its archive damaged."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, content in inputs.workbook(rng).items():
            archive.writestr(name, content.encode("utf-8", "replace"))
    data = inputs.mutated_bytes(rng, whole.getvalue()) if rng.random() < 0.3 else whole.getvalue()
    _score(bench, "in.xlsx", data, rng)


def mapping(rng: Random, bench: Bench) -> None:
    """A user's map of columns."""
    sound = {
        "columns": {
            "memory_mb": {"from": ["RAM"], "unit": "gb", "factor": 2},
            "vcpus": {"from": "CPU", "times": ["n"], "over": ["m"]},
            "os": {"from": "OS", "table": "os", "values": {"w": "windows"}},
            "kind": {"always": "server"},
        },
        "skip": [{"column": "State", "values": ["off"], "because": "powered off"}],
        "ids": ["Name"],
        "notes": ["note"],
    }
    given = json.dumps(inputs.altered(rng, sound), ensure_ascii=rng.random() < 0.5)
    _score(
        bench, "in.csv", b"Name,RAM,CPU,n,m,OS,State\na,1,2,3,4,w,on\nb,x,0,0,0,,off\n", rng,
        inputs.mutated(rng, given, 2) if rng.random() < 0.5 else given,
    )  # fmt: skip


def command(rng: Random, bench: Bench) -> None:
    """The command line as a whole, in this process."""
    from whichcompute.cli import main

    word = [text_ for text_ in inputs.TEXTS if "\0" not in text_ and unicodedata.category(text_[:1] or "a") != "Cs"]
    folder = bench.fresh()
    words = rng.choice(
        [
            ["recommend", "--set", f"{rng.choice([*DESCRIPTORS, *word])}={rng.choice(word)}"],
            ["recommend", str(folder / rng.choice(word))],
            ["score", str(folder / "in.csv"), "-o", str(folder / "out.csv"), "--preset", rng.choice(word)],
            ["score", str(folder / "in.csv"), "-o", str(folder / "out.csv"), "--map", str(folder / rng.choice(word))],
            ["--as-of", rng.choice(word), "recommend", "--set", "kind=website"],
            ["--rules", str(folder / rng.choice(word)), "rules", "list"],
            ["--model", str(folder / rng.choice(word)), "recommend", "--set", "kind=website"],
            [rng.choice(word)],
            ["facts", "show", rng.choice(word)],
            ["rules", "show", rng.choice(word)],
        ]
    )
    (folder / "in.csv").write_text("kind,Name\nwebsite,a\nbad,b\n")
    bench.take(words)
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["whichcompute", *words]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit:
        pass
    finally:
        sys.argv = before
        # A command pauses the collector and sets aside what it loaded, as it ends soon; this process goes on.
        gc.enable()
        gc.unfreeze()
        gc.collect()
    printed(out.getvalue())
    printed(err.getvalue())
    if "bug in whichcompute" in err.getvalue() or "Traceback" in err.getvalue():
        raise Unsafe(err.getvalue()[:300])


TARGETS = {
    "text": Target(text, 40),
    "values": Target(values, 25),
    "condition": Target(condition, 50),
    "pack": Target(pack, 20),
    "model": Target(model, 3),
    "table": Target(table, 4),
    "lines": Target(lines, 3),
    "packed": Target(packed, 2),
    "workbook": Target(workbook, 2),
    "mapping": Target(mapping, 2),
    "command": Target(command, 2),
    **{name: Target(run, share) for name, (run, share) in (TOOLS | FILES).items()},
}
