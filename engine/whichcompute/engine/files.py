"""What is done with files and without an engine: compared, drafted, saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from whichcompute.base.errors import InventoryError, unwritable
from whichcompute.knowledge.descriptors import DESCRIPTORS

if TYPE_CHECKING:
    from whichcompute.importers.found import FoundWorkload, Scan
    from whichcompute.inventory import Ask
    from whichcompute.inventory.diff import ScoringComparison
    from whichcompute.knowledge.facts import Facts
    from whichcompute.knowledge.price_import import Imported
    from whichcompute.questionnaire import Interview


def save_answers(interview: Interview, path: Path) -> None:
    """Writes the answers of an interview as YAML that `recommend` and `ask --answers` read; raises InventoryError."""
    from whichcompute.questionnaire.answers import save

    save(interview, path)


def known_presets() -> list[str]:
    """The names of the inventory presets."""
    from whichcompute.inventory.maps.presets import presets

    return list(presets())


def compare(old: str, new: str, *, key: str | None = None, cells: bool = False) -> ScoringComparison:
    """What changed between two scored inventories, and why.

    `key`: the column that names rows (None: workload_id or the tool's own). `cells`: list rows as well in which only
    other results differ. Raises InventoryError.
    """
    from whichcompute.inventory.diff import ComparisonOptions
    from whichcompute.inventory.diff import compare as compared

    return compared(old, new, ComparisonOptions(key, cells))


def changes_as_json(comparison: ScoringComparison, limit: int | None = None) -> dict[str, Any]:
    """A comparison as a JSON object, with at most `limit` changed rows (None: all)."""
    from whichcompute.inventory.diff.tables import as_json

    return as_json(comparison, limit)


def save_changes(comparison: ScoringComparison, out: str, *, force: bool = False) -> None:
    """Writes the rows of a comparison as CSV.

    InventoryError if `out` is one of the files compared, cannot be written, or exists and `force` is not set.
    """
    from whichcompute.base.outputs import Outputs, refuse_to_overwrite, resolved
    from whichcompute.inventory.diff.tables import as_csv
    from whichcompute.inventory.request import record_file

    for file in comparison.files:
        if resolved(out) in (resolved(name) for name in (file.name, record_file(file.name) or file.name)):
            raise InventoryError(f"{out}: is one of the files that are compared")
    refuse_to_overwrite([out], force)
    with Outputs() as outputs:
        output = outputs.add(out)
        for piece in as_csv(comparison):
            output.file.write(piece)


def suggested_map(inventory: str, sheet: str | None = None, ask: Ask | None = None) -> str:
    """A draft of a map for an inventory, in YAML; InventoryError when it cannot be read.

    `ask` is called with each question on what is unsure, and gives one of its answers.
    """
    from whichcompute.inventory import suggestion

    return suggestion(inventory, sheet, ask)


def unread_columns(path: Path) -> tuple[str, ...]:
    """The columns of a case file that are not read, as they are not descriptors; DataError when it cannot be read."""
    from whichcompute.classifier.cases import read_case_file

    return tuple(read_case_file(path).unread)


def import_prices(
    files: Sequence[Path], out: Path, facts: Facts, regions: Sequence[str] = (), *, force: bool = False
) -> Imported:
    """Writes a price list for each Region that AWS price list files (JSON or CSV, of any size) have prices of.

    `out` is a folder, made where it is not there; `rules` of an engine may name it. `regions`: only these (none: all).
    Raises DataError for a file that is not a price list, InventoryError when a file cannot be written or exists.
    """
    from whichcompute.base.outputs import refuse_to_overwrite, write_texts
    from whichcompute.knowledge.price_import import as_toml
    from whichcompute.knowledge.price_import import import_prices as read

    imported = read(files, facts, regions or list(DESCRIPTORS["region"].choices))
    texts = {str(out / f"{region}.toml"): as_toml(imported, region) for region in imported.prices}
    refuse_to_overwrite(texts, force)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InventoryError(unwritable(out, error)) from None
    write_texts(texts)
    return imported


def scan_as_text(found: Scan, form: Literal["csv", "json"]) -> str:
    """The workloads of a scan as an inventory."""
    from whichcompute.importers.rows import as_csv, as_json

    return as_json(found) if form == "json" else as_csv(found)


def found_workload(path: Path, name: str = "") -> FoundWorkload:
    """A workload of infrastructure code, or of a scan of it as JSON; DataError when there is not exactly one."""
    from whichcompute.importers.reading_back import found_workload as find

    return find(path, name)
