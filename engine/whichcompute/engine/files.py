"""What is done with files and without an engine: the changes of a comparison, and price lists, written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whichcompute.base.errors import InventoryError, unwritable
from whichcompute.knowledge.descriptors import DESCRIPTORS

if TYPE_CHECKING:
    from whichcompute.inventory.diff import ScoringComparison
    from whichcompute.knowledge.facts import Facts
    from whichcompute.knowledge.price_import import Imported


def save_changes(comparison: ScoringComparison, out: str, *, force: bool = False) -> None:
    """Writes the rows of a comparison as CSV.

    InventoryError if `out` is one of the files compared, cannot be written, or exists and `force` is not set.
    """
    from whichcompute.base.outputs import Outputs, refuse_to_overwrite, resolved
    from whichcompute.inventory.diff.tables import changes_as_csv
    from whichcompute.inventory.request import record_file

    for file in comparison.files:
        if resolved(out) in (resolved(name) for name in (file.name, record_file(file.name) or file.name)):
            raise InventoryError(f"{out}: is one of the files that are compared")
    refuse_to_overwrite([out], force)
    with Outputs() as outputs:
        output = outputs.add(out)
        for piece in changes_as_csv(comparison):
            output.file.write(piece)


def import_prices(
    files: Sequence[Path], out: Path, facts: Facts, regions: Sequence[str] = (), *, force: bool = False
) -> Imported:
    """Writes a price list for each Region that AWS price list files (JSON or CSV, of any size) have prices of.

    `out` is a folder, made where it is not there; `rules` of an engine may name it. `regions`: only these (none: all).
    With `force` the price lists that are there keep what they have of other offers. Raises DataError for a file that is
    not a price list, FactError for a list there that cannot be read, InventoryError when a file cannot be written or
    exists.
    """
    from whichcompute.base.outputs import refuse_to_overwrite, write_texts
    from whichcompute.knowledge.price_import import as_toml
    from whichcompute.knowledge.price_import import import_prices as read
    from whichcompute.knowledge.price_lists import read_price_list

    imported = read(files, facts, regions or list(DESCRIPTORS["region"].choices))
    lists = {region: out / f"{region}.toml" for region in imported.prices}
    refuse_to_overwrite(map(str, lists.values()), force)
    before = {region: read_price_list(path) if path.exists() else None for region, path in lists.items()}
    texts = {str(path): as_toml(imported, region, before[region]) for region, path in lists.items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InventoryError(unwritable(out, error)) from None
    write_texts(texts)
    return imported
