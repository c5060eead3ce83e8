"""Scans folders and files for infrastructure code: which files, what they hold, and what belongs together."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from whichcompute.base.errors import DataError
from whichcompute.base.resources import read_text
from whichcompute.base.words import counted
from whichcompute.importers.aws_files import read_aws_files
from whichcompute.importers.azure_functions import read_hosts
from whichcompute.importers.beanstalk import read_environments
from whichcompute.importers.catalogue import environment_rank, without_environment
from whichcompute.importers.cloudformation import read_templates
from whichcompute.importers.code_projects import without_made
from whichcompute.importers.compose import FRONT
from whichcompute.importers.formats import HELM, read_file
from whichcompute.importers.found import Findings, FoundWorkload, LeftOut, Scan, Unreadable
from whichcompute.importers.kubernetes import objects, read_objects
from whichcompute.importers.suppressions import comments
from whichcompute.importers.systemd import read_units
from whichcompute.importers.terraform import read_configurations
from whichcompute.importers.walk import candidates, without_template

MAX_BYTES = 20_000_000
MAX_SECONDS = 120.0
_UNKNOWN = "no workload in a format that is read"
_BASE = re.compile(r"(docker-)?compose\.ya?ml|(.+/)?bases?/[^/]+")
"""What others are laid over: the plain file of Compose, and the files of a base of Kustomize."""
_STAGE = re.compile(r"(?<=assembly-)([^/]+)/\1(.+?)[0-9A-F]{8}(?=\.)")
"""A template of a stage of CDK: its name begins with that of the stage and ends with a hash of both."""
_LAYER = re.compile(r"(^|/)(bases?|overlays?)(?=/|$)")  # folders of Kustomize


def scan(paths: Sequence[str | os.PathLike[str]]) -> Scan:
    """All workloads below some folders or in some files; DataError names a path that does not exist.

    Nothing is executed and nothing is fetched. A file that cannot be read is listed with the reason, and does not end
    the scan.
    """
    given = [Path(path) for path in paths]
    found: list[Findings] = []
    seen: set[Path] = set()
    start = time.monotonic()
    for root in given:
        for path in candidates(root):
            resolved = path.resolve()
            if resolved in seen:
                continue
            seen.add(resolved)
            if time.monotonic() - start > MAX_SECONDS:
                raise DataError(f"{root}: the scan takes more than {MAX_SECONDS:.0f} s; name fewer folders")
            top = root if root.is_dir() else root.parent
            findings = Findings(_label(path, root, len(given) > 1), path, top)
            _read(findings, path)
            found.append(findings)
    without_made(found)
    _read_folders(found)
    _name_unknown(given, found)
    _join_images(found)
    return _joined(found)


def _name_unknown(given: Sequence[Path], found: Sequence[Findings]) -> None:
    """Names the files that were given by themselves and hold nothing that is known."""
    named = {path for path in given if path.is_file()}
    for findings in found:
        if findings.path in named and findings.is_empty:
            findings.cannot_read(0, _UNKNOWN, "`whichcompute scan --help` lists the formats")


def _read_folders(found: Sequence[Findings]) -> None:
    """Reads what belongs together across the files of a folder: objects of Kubernetes, configurations of Terraform."""
    folders: dict[Path, list[Findings]] = {}
    for findings in found:
        folders.setdefault(Path(findings.file).parent, []).append(findings)
    for together in folders.values():  # before those that lead to some of these files
        read_aws_files(together)
    read_templates(found)
    read_configurations(found)
    read_environments(found)
    read_hosts(found)
    for together in folders.values():
        read_objects([(findings, node) for findings in together for node in objects(findings)])
        read_units([(findings, unit) for findings in together for unit in findings.kept["units"]])


def _join_images(found: Sequence[Findings]) -> None:
    """Gives what a Dockerfile says to the services that are built from it, in place of a separate workload."""
    images = {
        findings.file: findings for findings in found for draft in findings.drafts if draft.format == "Dockerfile"
    }
    built: list[Findings] = []
    for findings in found:
        for draft in findings.drafts:
            image = images.get(draft.builds)
            if image is None:
                continue
            built.append(image)
            for made in image.drafts:
                for name, value in made.values.items():
                    draft.values.setdefault(name, value)
                for name, hint in made.hints.items():
                    draft.hints.setdefault(name, hint)
                draft.front = made.front
                image.leave_out(made.name, made.line, f"it is built by the service '{draft.name}'")
        _without_fronts(findings)
    for image in built:
        image.drafts.clear()


def _without_fronts(findings: Findings) -> None:
    """Leaves out the reverse proxies of a Compose file that has other services too."""
    services = [draft for draft in findings.drafts if draft.format == "Compose"]
    for draft in services if not all(one.front for one in services) else ():
        if draft.front:
            findings.leave_out(draft.name, draft.line, FRONT)
            findings.drafts.remove(draft)


def _label(path: Path, root: Path, several: bool) -> str:
    """The path as findings name it: relative to the folder that was given, or as given."""
    if root.is_file() or several:
        return path.as_posix()
    return path.relative_to(root).as_posix()


def _read(findings: Findings, path: Path) -> None:
    try:
        text = read_text(path, MAX_BYTES)
        read_file(findings, path.name, text)
        findings.suppressions += comments(findings.file, text)
    except DataError as error:
        findings.cannot_read(0, str(error).removeprefix(f"{path}: "))
    except RecursionError:
        findings.cannot_read(0, "nested too deeply")


def _joined(found: Sequence[Findings]) -> Scan:
    kept, twins = _without_twins([draft.finished() for findings in found for draft in findings.drafts])
    left_out = [one for findings in found for one in findings.left_out]
    unread = [one for findings in found for one in findings.unreadable]
    suppressions = tuple(one for findings in found for one in findings.suppressions)
    files = tuple(one.file for one in found if not one.is_empty)
    return Scan(tuple(_named_apart(kept)), (*left_out, *twins), tuple(_charts(unread)), files, suppressions)


def _charts(unread: list[Unreadable]) -> Iterable[Unreadable]:
    """What could not be read, the templates of one Helm chart together."""
    charts: Counter[str] = Counter()
    for one in unread:
        chart, found, _ = one.file.rpartition("/templates/")
        if one.advice == HELM and found:
            charts[chart] += 1
        else:
            yield one
    for chart, count in charts.items():
        reason = f"a Helm chart with {counted(count, 'template')}, not yet YAML"
        yield Unreadable(chart, 0, reason, f"run `helm template {chart}` and scan its output")


def _without_twins(workloads: list[FoundWorkload]) -> tuple[list[FoundWorkload], list[LeftOut]]:
    """The workloads once each: of files and names that differ by their environment alone, production counts."""
    best: dict[tuple[str, ...], FoundWorkload] = {}
    twins: list[LeftOut] = []
    for workload in workloads:
        key = _identity(workload)
        other = best.get(key)
        if other is None or other.file == workload.file:
            best[key if other is None else (*key, str(workload.line), workload.workload_id)] = workload
            continue
        first, second = sorted((other, workload), key=_rank)
        best[key] = _completed(first, second) if _is_base(second) else first
        which = "in another file of the folder" if first.format == "Compose" else "for another environment"
        which = "in the base" if _is_base(second) and first.format == "Kubernetes" else which
        reason = f"the same workload {which}; {first.file} is used"
        twins.append(LeftOut(second.workload_id, second.file, second.line, reason))
    return list(best.values()), twins


def _identity(workload: FoundWorkload) -> tuple[str, ...]:
    """What files for several environments have in common; Compose joins all files of a folder by service."""
    name = without_environment(workload.workload_id)
    file = without_environment(_in_words(without_template(workload.file)))
    if workload.format == "Compose":
        file = without_environment(Path(workload.file).parent.as_posix())
    elif workload.format == "Kubernetes" and _LAYER.search(Path(workload.file).parent.as_posix()):
        file = without_environment(_LAYER.sub("", Path(workload.file).parent.as_posix())).strip("/")
    elif workload.format == "systemd":  # `dev` is about devices there
        name, file = workload.workload_id, workload.file
    return name, workload.format, file


def _in_words(file: str) -> str:
    """The path of a template of CDK with words set apart, the name of its stage once."""
    if not file.endswith(".template.json"):
        return file
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", _STAGE.sub(r"\1/\2", file))


def _rank(workload: FoundWorkload) -> tuple[int, bool, int]:
    rank = environment_rank(f"{_in_words(workload.file)} {workload.workload_id}")
    return rank, not _is_base(workload), len(workload.file)


def _is_base(workload: FoundWorkload) -> bool:
    """Whether a workload is in a file that others are laid over."""
    file = Path(workload.file).name if workload.format == "Compose" else workload.file
    return workload.format in ("Compose", "Kubernetes") and _BASE.fullmatch(file) is not None


def _completed(first: FoundWorkload, second: FoundWorkload) -> FoundWorkload:
    """A workload of a file that is laid over another one, with what only that one says."""
    have = {value.field for value in first.values}
    more = tuple(value for value in second.values if value.field not in have)
    kept = tuple(hint for hint in first.hints if hint.field not in {value.field for value in more})
    have |= {value.field for value in (*more, *kept)}
    likely = tuple(hint for hint in second.hints if hint.field not in have)
    return replace(first, values=(*first.values, *more), hints=(*kept, *likely))


def _named_apart(workloads: list[FoundWorkload]) -> Iterable[FoundWorkload]:
    """The workloads with names that differ: a name that several have gets its file behind it."""
    counts = Counter(workload.workload_id for workload in workloads)
    used: set[str] = set()
    for workload in workloads:
        name = workload.workload_id
        if counts[name] > 1:
            name = f"{name} ({workload.file})"
            name = name if name not in used else f"{workload.workload_id} ({workload.file}:{workload.line})"
        used.add(name)
        yield replace(workload, workload_id=name)
