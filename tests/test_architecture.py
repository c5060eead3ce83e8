"""The house: which room may import which, held against the imports themselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import whichcompute
from whichcompute import engine

ROOT = Path(whichcompute.__file__).parent
TESTS = Path(__file__).parent


def modules(folder: Path) -> list[str]:
    """Modules and packages in a folder of the package, by name."""
    files = [path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")]
    return sorted(files + [path.parent.name for path in folder.glob("*/__init__.py")])


def listed(folder: Path) -> list[str]:
    """Modules in the order of the docstring of a folder's `__init__`: `name  what it is`, bottom first."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return re.findall(r"^(\w+) {2,}\S", docstring, re.MULTILINE)


ROOMS = [path.parent for path in sorted(ROOT.rglob("__init__.py")) if "cli" not in path.relative_to(ROOT).parts]
PLACES = [
    pytest.param(room, name, id=f"{room.relative_to(ROOT.parent)}/{name}") for room in ROOMS for name in modules(room)
]


def names(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it, by name or as a string; those for type checkers aside."""
    skipped = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    by_string = "import_module" in ast.unparse(tree)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif by_string and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def names_in(path: Path) -> frozenset[str]:
    """The dotted names that a file imports."""
    return frozenset(names(ast.parse(path.read_text())))


def imports(path: Path, package: str) -> set[str]:
    """Names directly below `package` that a file imports."""
    prefix = package + "."
    found = (name for name in names_in(path) if name.startswith(prefix))
    return {name.removeprefix(prefix).split(".")[0] for name in found}


def files(path: Path) -> list[Path]:
    """The modules of a room, those of its own rooms included, or the one module."""
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.name)
def test_the_docstring_lists_every_module_once(room: Path) -> None:
    assert sorted(listed(room)) == modules(room)


@pytest.mark.parametrize(("room", "module"), PLACES)
def test_a_module_imports_only_from_those_above_it(room: Path, module: str) -> None:
    order = listed(room)
    below = set(order[order.index(module) + 1 :])
    dotted = ".".join(["whichcompute", *room.relative_to(ROOT).parts])
    for file in files(room / module):
        assert not imports(file, dotted) & below, file.name


@pytest.mark.parametrize(("room", "module"), PLACES)
def test_every_module_has_its_tests(room: Path, module: str) -> None:
    home = TESTS / room.relative_to(ROOT)
    assert list(home.glob(f"test_{module}*.py")) or list((home / module).glob("test_*.py"))


ALLOWED_IN_CLI = (
    "whichcompute.base",
    "whichcompute.cli",
    "whichcompute.engine",
    "whichcompute.knowledge.descriptors",
    "whichcompute.knowledge.services",
    "whichcompute.presentation",
    *(f"whichcompute.{name}" for name in (*whichcompute.__all__, "__version__")),
)


@pytest.mark.parametrize("file", files(ROOT / "cli"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_command_line_goes_through_the_engine(file: Path) -> None:
    tree = ast.parse(file.read_text())
    inside = {name for name in names(tree) if name.startswith("whichcompute.")}
    assert not [name for name in inside if not f"{name}.".startswith(tuple(f"{one}." for one in ALLOWED_IN_CLI))]
    behind = {"recommender", "aggregator"}
    assert not [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in behind]


def test_an_import_by_string_is_seen() -> None:
    tree = ast.parse("from importlib import import_module\nimport_module('whichcompute.engine')")
    assert "whichcompute.engine" in set(names(tree))


def test_the_top_of_the_package_stays_short() -> None:
    assert len(modules(ROOT)) <= 16


@pytest.mark.parametrize("file", files(ROOT), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= 350
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    assert not [one.name for one in functions if (one.end_lineno or 0) - one.lineno >= 45]


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        (
            "import whichcompute.cli.recommend, whichcompute; whichcompute.recommend({'kind': 'website'})",
            ["sklearn", "polars", "joblib"],
        ),
        ("import whichcompute.cli", ["pydantic", "numpy", "polars", "sklearn", "rich"]),
    ],
    ids=["one recommendation", "the command line"],
)
def test_a_light_start_stays_light(statement: str, heavy: list[str]) -> None:
    code = f"import sys; {statement}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_exist() -> None:
    assert sorted(whichcompute.__all__) == whichcompute.__all__
    assert all(getattr(whichcompute, name) for name in whichcompute.__all__)


def test_the_engine_has_each_of_its_names_once() -> None:
    assert len(set(engine.__all__)) == len(engine.__all__)
    assert all(getattr(engine, name) for name in engine.__all__)
    assert not hasattr(engine, "absent")
