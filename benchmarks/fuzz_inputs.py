"""Hostile inputs: sound documents with parts replaced, cut, doubled and moved, and texts that have broken parsers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from whichcompute.base.resources import folder
from whichcompute.knowledge.descriptors import DESCRIPTORS

TEXTS = [
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\nb", "a\r\nb", "\x00", "\x7f", "\x9b2J", "\u202egnp.exe", "\u2028",
    "\ufeff", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>", "<!--", "{{7*7}}", "{max_duration_s}", "{__class__}", "%s%n", "../../x",
    "/etc/passwd", "a" * 3000, "é", "日本", "\U0001f4a9", "'", '"', '""', ",", ";", "|", "[", "]", "{", "}", "#", ":",
    "&a", "*a", "!!python/object/apply:os.system ['true']", "null", "~", "true", "NaN", "Infinity", "-Infinity",
    "1e308", "1e999", "-1", "0", "-0.0", "9" * 400, "1" * 5000, "0x10", "1_000", "1:30", "15m", "2GiB", "1e3 million",
    "١٢", "０", "1" + "0" * 30 + "TB", "$5", "lambda.max_duration", "known", "in", "==", "[" * 60, "]" * 60, "",
    " ", "\\", "\\u0000", "\\ud800", "\ud800",
]  # fmt: skip
NUMBERS: list[Any] = [
    0, -1, 1, 2**63, -(2**63) - 1, 10**400, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -float("inf"), 0.5, True
]  # fmt: skip
KINDS = ["website", "event_handler", "batch_job", "stream_consumer", "scheduled_task", "server"]


def anything(rng: Random, depth: int = 3) -> Any:
    """Any value that JSON, TOML or YAML can hold, nested now and then."""
    pick = rng.randrange(8)
    if pick < 3 or depth == 0:
        return rng.choice(TEXTS)
    if pick < 5:
        return rng.choice(NUMBERS)
    if pick == 5:
        return None if rng.random() < 0.5 else rng.random() < 0.5
    if pick == 6:
        return [anything(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(TEXTS): anything(rng, depth - 1) for _ in range(rng.randrange(4))}


def fields(rng: Random) -> dict[str, Any]:
    """A workload: sound values, and now and then a field, a value or a name that is none."""
    given: dict[str, Any] = {}
    for name in rng.sample(list(DESCRIPTORS), rng.randrange(1, 7)):
        given[name] = anything(rng) if rng.random() < 0.2 else sound(rng, name)
    if rng.random() < 0.1:
        given[rng.choice(TEXTS)] = anything(rng)
    return given


def sound(rng: Random, name: str) -> Any:
    """A value that the descriptor allows, as text or as it is."""
    descriptor = DESCRIPTORS[name]
    if descriptor.type == "choice":
        return rng.choice(list(descriptor.choices))
    if descriptor.type == "boolean":
        return rng.choice([True, False, "yes", "no", "1"])
    if descriptor.type == "text":
        return rng.choice(TEXTS)
    return min(rng.choice([0.0, 1.0, 512.0, 900.0, 901.0, 10240.0, 1e6, rng.randrange(10**6)]), descriptor.maximum)


def mutated(rng: Random, text: str, most: int = 4) -> str:
    """The text with some places cut, doubled, moved or replaced."""
    for _ in range(rng.randrange(most + 1)):
        start = rng.randrange(len(text) + 1)
        end = min(len(text), start + rng.choice([0, 1, 2, 8, 40]))
        part = rng.choice([rng.choice(TEXTS), "", text[start:end] * 2, chr(rng.randrange(0x250)), text[::-1][:20]])
        text = text[:start] + part + text[end:]
    return text if rng.random() < 0.97 else text * rng.choice([2, 20])


def mutated_bytes(rng: Random, data: bytes) -> bytes:
    """The bytes with some flipped, cut off or put in."""
    changed = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        if not changed:
            break
        at = rng.randrange(len(changed))
        pick = rng.randrange(4)
        if pick == 0:
            changed[at] = rng.randrange(256)
        elif pick == 1:
            del changed[at : at + rng.choice([1, 4, 100])]
        elif pick == 2:
            changed[at:at] = rng.randbytes(rng.choice([1, 4, 30]))
        elif rng.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def altered(rng: Random, document: Any) -> Any:
    """A JSON document with one part replaced by anything, or removed."""
    if not isinstance(document, dict | list) or not document or rng.random() < 0.15:
        return anything(rng)
    changed: Any = document.copy()
    key = rng.choice(list(changed)) if isinstance(changed, dict) else rng.randrange(len(changed))
    if rng.random() < 0.1:
        del changed[key]
    else:
        changed[key] = altered(rng, changed[key])
    return changed


def as_toml(value: Any) -> str:
    """A value in TOML, inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return '"none"' if value is None else json.dumps(value)


@cache
def pack_texts() -> tuple[str, ...]:
    """Rules and facts as they are shipped, each with the service it is for."""
    texts = []
    for path in sorted(folder("rules").glob("*.toml")):
        texts += [f'service = "{path.stem}"\n[[rule]]{part}' for part in path.read_text().split("[[rule]]")[1:]]
    for path in sorted((folder("data") / "facts").glob("*.toml")):
        texts += [f"[[fact]]{part}" for part in path.read_text().split("[[fact]]")[1:]]
    return tuple(texts)


def csv_text(rng: Random) -> str:
    """A small inventory."""
    names = rng.sample(list(DESCRIPTORS), rng.randrange(1, 6)) + rng.choices(TEXTS, k=rng.choice([0, 0, 1, 2]))
    rng.shuffle(names)
    separator = rng.choice([",", ",", ",", ";", "\t"])
    rows = [names] + [
        [str(sound(rng, n)) if n in DESCRIPTORS and rng.random() < 0.85 else rng.choice(TEXTS) for n in names]
        for _ in range(rng.randrange(6))
    ]
    return rng.choice(["\n", "\n", "\r\n"]).join(separator.join(map(cell, row)) for row in rows) + "\n"


def cell(text: str) -> str:
    """The text as a cell of a CSV file."""
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',;"\n\r\t|') else text


def known_tool(rng: Random) -> str:
    """A small inventory with the header of a known tool."""
    from whichcompute.inventory.maps.presets import presets

    preset = rng.choice([each for each in presets().values() if each.detect])
    names = list(dict.fromkeys([*rng.choice(preset.detect), *(n for c in preset.map.columns for n in c.names)]))
    cells = ["4", "16384", "1,024", "Windows Server 2019", "poweredOff", "", "web-1", *TEXTS]
    rows = [[rng.choice(cells) for _ in names] for _ in range(rng.randrange(5))]
    return "\n".join(",".join(map(cell, row)) for row in [names, *rows]) + "\n"


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(rng: Random) -> dict[str, str]:
    """The parts of a small workbook, some of them broken."""
    odd = rng.choice([0.0, 0.02, 0.2])
    rows = "".join(f"<row>{''.join(_sheet_cell(rng, odd) for _ in range(rng.randrange(5)))}</row>" for _ in range(4))
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in rng.sample(list(DESCRIPTORS), 3))
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="a" r:id="r1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="strings.xml"/>'
        f'<Relationship Id="r3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData><row>{head}</row>{rows}</sheetData></worksheet>',
        "xl/strings.xml": f'<sst xmlns="{_MAIN}"><si><t>website</t></si><si><r><t>x_x001B_</t></r></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs>'
        "</styleSheet>",
    }
    broken = rng.choice(list(parts))
    return parts | {broken: mutated(rng, parts[broken])} if rng.random() < 0.4 else parts


def _sheet_cell(rng: Random, odd: float) -> str:
    if rng.random() >= odd:
        return rng.choice(["<c><v>512</v></c>", '<c t="s"><v>0</v></c>', '<c s="2"><v>0.01</v></c>', "<c/>"])
    place = rng.choice(["", "", 'r="B2"', 'r="XFD1048576"', 'r="ZZZZZ9"', 'r=""', 'r="9"'])
    kind = rng.choice(["", "", 't="s"', 't="b"', 't="e"', 't="d"', 't="str"', 't="z"'])
    style = rng.choice(["", "", 's="1"', 's="2"', 's="-1"', 's="99999999999"', 's="x"'])
    value = rng.choice(["0", "1", "512", "45000.5", "-1", "1e999", "nan", "#REF!", "true", "9" * 5000, "", "2958465"])
    return f"<c {place} {kind} {style}><v>{value}</v></c>"


def json_lines(rng: Random) -> str:
    """A small inventory in JSON Lines."""
    first = fields(rng)
    rows = [first] + [
        {name: value if rng.random() < 0.7 else anything(rng) for name, value in first.items()}
        for _ in range(rng.randrange(5))
    ]
    return "".join(json.dumps(row, ensure_ascii=rng.random() < 0.5) + "\n" for row in rows)


def yaml_list(rng: Random) -> str:
    """A small inventory as a list in YAML: of mappings in braces, or by lines."""
    rows = [fields(rng) for _ in range(rng.randrange(1, 5))]
    if rng.random() < 0.5:
        return "".join(f"- {json.dumps(row, ensure_ascii=rng.random() < 0.5)}\n" for row in rows)
    return "".join(
        "- " + "\n  ".join(f"{name}: {as_toml(value)}" for name, value in row.items()) + "\n" for row in rows
    )


def documents(rng: Random) -> str:
    """A workload as JSON, YAML or TOML."""
    given = fields(rng)
    pick = rng.randrange(3)
    if pick == 0:
        return json.dumps(given, ensure_ascii=rng.random() < 0.5)
    mark = ": " if pick == 1 else " = "
    return "".join(f"{name}{mark}{as_toml(value)}\n" for name, value in given.items())


def small_file(path: Path, data: bytes) -> Path:
    """The path, with these bytes in it."""
    path.write_bytes(data)
    return path
