from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).parent
TESTS = Path(__file__).parent
DOOR = "cli"  # stands above everything, so it is in no list


def modules(folder: Path) -> list[str]:
    """Modules and packages in a folder of the package, by name."""
    files = [path.stem for path in folder.glob("*.py") if not path.stem.startswith("__")]
    packages = [path.parent.name for path in folder.glob("*/__init__.py") if path.parent.name != DOOR]
    return sorted(files + packages)


def listed(folder: Path) -> list[str]:
    """Modules in the order of the docstring of a folder's `__init__`: `name  what it is`, bottom first."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return re.findall(r"^(\w+) {2,}\S", docstring, re.MULTILINE)


PACKAGES = [ROOT, *(ROOT / name for name in modules(ROOT) if (ROOT / name).is_dir())]
PLACES = [pytest.param(package, name, id=f"{package.name}.{name}") for package in PACKAGES for name in modules(package)]


def imports(path: Path, package: str) -> set[str]:
    """Names directly below `package` that a file imports, wherever in it; imports for type checkers aside."""
    tree = ast.parse(path.read_text())
    skipped = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node not in skipped and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {
                name.removeprefix(package + ".").split(".")[0] for name in names if name.startswith(package + ".")
            }
    return found


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_docstring_lists_every_module_once(package: Path) -> None:
    assert sorted(listed(package)) == modules(package)


@pytest.mark.parametrize(("package", "module"), PLACES)
def test_a_module_imports_only_from_those_above_it(package: Path, module: str) -> None:
    order = listed(package)
    below = set(order[order.index(module) + 1 :]) | {DOOR}
    path = package / module
    dotted = ".".join(["engine", *package.relative_to(ROOT).parts])
    for file in path.glob("*.py") if path.is_dir() else [path.with_suffix(".py")]:
        assert not imports(file, dotted) & below, file.name


@pytest.mark.parametrize(("package", "module"), PLACES)
def test_every_module_has_its_tests(package: Path, module: str) -> None:
    home = TESTS / package.relative_to(ROOT)
    assert list(home.glob(f"test_{module}*.py")) or list((home / module).glob("test_*.py"))


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import engine.cli.recommend, engine; engine.recommend({'kind': 'website'})", ["sklearn", "polars", "joblib"]),
        ("import engine.cli", ["pydantic", "numpy", "polars", "sklearn", "rich"]),
    ],
    ids=["one recommendation", "the command line"],
)
def test_a_light_start_stays_light(statement: str, heavy: list[str]) -> None:
    code = f"import sys; {statement}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_public_names_exist() -> None:
    assert sorted(engine.__all__) == engine.__all__
    assert all(getattr(engine, name) for name in engine.__all__)
