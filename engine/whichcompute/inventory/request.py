"""What to score, and the files that a scoring writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from whichcompute.base.errors import InventoryError
from whichcompute.base.outputs import ERRORS, is_stream, must_end, refuse_to_overwrite, resolved
from whichcompute.inventory.encode import kind_of
from whichcompute.inventory.readers.opening import STANDARD
from whichcompute.inventory.rejects import PLACE
from whichcompute.recommender.columns.reasons import Explain


@dataclass(frozen=True, slots=True)
class ScoringRequest:
    """What to score and where to write it. `rejects` None: next to `out`, and only if any row is rejected; for standard
    output, pipes and devices it is standard error.

    `explain` None: sentences in a workbook, rule ids elsewhere.
    `force`: files that exist are overwritten. `in_place`: `out` may be the inventory, if no row is rejected.
    `roles` False: nothing is derived from roles and installed software. `merge`: a corrected rejects file.
    `portfolio`: a file for what the rows cost together, as JSON.
    """

    inventory: str
    out: str
    rejects: str | None = None
    explain: Explain | None = None
    free_tier: bool = False
    preset: str | None = None
    map_file: str | None = None
    report: str | None = None
    portfolio: str | None = None
    sheet: str | None = None
    strict: bool = False
    force: bool = False
    in_place: bool = False
    values: bool = False
    roles: bool = True
    merge: str | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """The files that a scoring writes, besides those that its request names; only `out` may replace the inventory.

    `record` is None where no file can be written next to the output.
    """

    request: ScoringRequest
    rejects: str
    record: str | None
    in_place: bool

    @property
    def named(self) -> dict[str, str | None]:
        """All files by what they are for."""
        asked = {"report": self.request.report, "portfolio": self.request.portfolio}
        return {"rejects": self.rejects, **asked, "record": self.record, "output": self.request.out}

    @property
    def leftover(self) -> Path | None:
        """The rejects file of an earlier run that would be taken for one of this run, which rejects nothing.

        A file of that name that begins otherwise is not ours.
        """
        out, path = self.request.out, Path(self.rejects)
        asked = self.request.rejects is not None
        if asked or is_stream(out) or self.rejects != _beside(out) or not path.is_file():
            return None
        begin = f"{','.join(PLACE)}".encode()
        with path.open("rb") as file:
            return path if file.read(len(begin)) == begin else None


def record_file(out: str) -> str | None:
    """The file for the record of an output, next to it; None for standard output, pipes and devices."""
    if is_stream(out):
        return None
    return f"{resolved(out) if Path(out).is_symlink() else out}.scoring.json"


def targets_of(request: ScoringRequest) -> Targets:
    """The files that this request writes; InventoryError if it names one file twice, or one of another form."""
    rejects = _rejects_file(request) if request.rejects is None else request.rejects
    targets = Targets(request, rejects, record_file(request.out), _is_inventory(request))
    given = {"inventory": request.inventory, "map": request.map_file, "merged file": request.merge}
    roles = {resolved(name): role for role, name in given.items() if name is not None and name != STANDARD}
    for role, target in targets.named.items():
        if target is None or (is_stream(target) and target != STANDARD):
            continue
        path = Path(STANDARD) if target == STANDARD else resolved(target)
        if path in roles and (role, roles[path]) != ("output", "inventory"):
            raise InventoryError(f"{target}: used for both the {role} and the {roles[path]}; choose another file")
        roles[path] = role
    must_end(request.report, "HTML", ".html", ".htm")
    must_end(request.portfolio, "JSON", ".json")
    _refuse_to_overwrite(request, targets)
    return targets


def _refuse_to_overwrite(request: ScoringRequest, targets: Targets) -> None:
    if targets.in_place and not request.in_place:
        raise InventoryError(f"{request.out}: is the inventory itself; choose another output, or give --in-place")
    if targets.in_place and kind_of(request.out) == "xlsx":
        lost = "other sheets, formats and formulas of a workbook would be lost"
        raise InventoryError(f"{request.out}: not replaced, as {lost}; choose another output")
    replaced = (request.out, targets.record) if targets.in_place else ()
    refuse_to_overwrite((name for name in targets.named.values() if name not in replaced), request.force)


def _is_inventory(request: ScoringRequest) -> bool:
    named = STANDARD not in (request.out, request.inventory)
    return named and resolved(request.out) == resolved(request.inventory)


def _rejects_file(request: ScoringRequest) -> str:
    """Next to the output, or next to the inventory where that has the name; a stream has nothing next to it."""
    if is_stream(request.out):
        return ERRORS
    if request.merge is not None and resolved(_beside(request.out)) == resolved(request.merge):
        return _beside(f"{request.out}.merged")
    same = request.inventory != STANDARD and resolved(_beside(request.out)) == resolved(request.inventory)
    return _beside(request.inventory if same else request.out)


def _beside(name: str) -> str:
    return f"{name}.rejects.csv"
