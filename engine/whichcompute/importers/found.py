"""What a scan finds: workloads with values that have a file, a line and a key, and what was left out and why.

A value is *given* (a key says it) or *derived* (by a rule that is stated). Likely values are hints: they are shown and
never scored. The service that a file declares is the present one and is not part of the need.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from whichcompute.base.errors import shown
from whichcompute.base.records import Record
from whichcompute.base.words import counted
from whichcompute.importers.catalogue import concealed
from whichcompute.importers.nodes import Node
from whichcompute.importers.suppressions import Suppression
from whichcompute.knowledge.descriptors import DESCRIPTORS
from whichcompute.knowledge.descriptors import Value as Plain

How = Literal["given", "derived", "hint"]
_RANK: dict[How, int] = {"given": 0, "derived": 1, "hint": 2}
_NAME_LENGTH = 120


@dataclass(frozen=True)
class FoundValue(Record):
    """One value of a workload in the unit of its descriptor. `why` states the rule of a derived value or of a hint."""

    field: str
    value: Plain
    how: How
    key: str
    file: str
    line: int
    why: str = ""


@dataclass(frozen=True)
class FoundWorkload(Record):
    """A workload in a file. `present_service` is the declared service or place; empty where the file does not say.

    `calls` are the places (`FILE:LINE`) that call the module or nest the template which the workload is in, outermost
    first. `capacity` is the service whose limits hold beside those of the declared one: `fargate` under AWS Batch.
    """

    workload_id: str
    format: str
    file: str
    line: int
    present_service: str
    values: tuple[FoundValue, ...]
    hints: tuple[FoundValue, ...]
    remarks: tuple[str, ...]
    calls: tuple[str, ...] = ()
    capacity: str = ""

    @property
    def place(self) -> str:
        """Where it is, and what calls it there."""
        called = f", called at {', '.join(self.calls)}" if self.calls else ""
        return f"{self.file}:{self.line}{called}"

    @property
    def need(self) -> dict[str, Plain]:
        """The given and derived values by field: what may be scored."""
        return {"workload_id": self.workload_id, **{value.field: value.value for value in self.values}}


@dataclass(frozen=True)
class LeftOut(Record):
    """Something in a file that looks like a workload and is not counted as one, and why."""

    name: str
    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Unreadable(Record):
    """A file, or a part of one, that cannot be read, and how to make a readable one."""

    file: str
    line: int
    reason: str
    advice: str = ""


@dataclass(frozen=True)
class Scan(Record):
    """All that was found in some folders and files; paths are relative to where the scan began.

    `files` are those of a known format, whether they hold a workload or not.
    """

    workloads: tuple[FoundWorkload, ...]
    left_out: tuple[LeftOut, ...]
    unreadable: tuple[Unreadable, ...]
    files: tuple[str, ...]
    suppressions: tuple[Suppression, ...] = ()

    def __repr__(self) -> str:
        return f"<Scan of {counted(len(self.files), 'file')}: {counted(len(self.workloads), 'workload')}>"


@dataclass(slots=True)
class Draft:
    """A workload while a reader collects its values.

    `builds` is the path of the Dockerfile that it is built from; `front` says that it is a reverse proxy, and so no
    workload where there are others beside it.
    """

    name: str
    file: str
    line: int
    format: str
    present: str = ""
    calls: tuple[str, ...] = ()
    capacity: str = ""
    builds: str = ""
    front: bool = False
    values: dict[str, FoundValue] = field(default_factory=dict)
    hints: dict[str, FoundValue] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def take(
        self, name: str, value: Plain | None, node: Node, key: str, why: str = "", *, likely: bool = False
    ) -> None:
        """Records a value that is at `node`; None and values that a field cannot have are not recorded.

        A better founded value replaces a weaker one of the same field; among equals the first stays.
        """
        if value is None:
            return
        how: How = "hint" if likely or not node.certain else "derived" if why else "given"
        if how == "hint" and not why:
            why = "can be set elsewhere; this is the default"
        try:
            read = DESCRIPTORS[name].read(value)
        except ValueError as error:
            self.remark(f"{key}: {shown(value)} is not a value of {name} ({error})")
            return
        if read is None:
            return
        found = FoundValue(name, read, how, concealed(key), node.file or self.file, node.line, why)
        if how == "hint":
            self.hints.setdefault(name, found)
        elif name not in self.values or _RANK[how] < _RANK[self.values[name].how]:
            self.values[name] = found

    def derive(self, name: str, value: Plain | None, node: Node, key: str, why: str) -> None:
        """Records a value that follows from a key by the stated rule."""
        self.take(name, value, node, key, why)

    def hint(self, name: str, value: Plain | None, node: Node, key: str, why: str) -> None:
        """Records a value that is only likely."""
        self.take(name, value, node, key, why, likely=True)

    def remark(self, text: str) -> None:
        """Adds a remark for the reader, once."""
        if text not in self.remarks:
            self.remarks.append(concealed(text))

    def reason(self, why: str) -> None:
        """Gives all values that a key says by itself a reason, as it is the reader who gives the keys their meaning."""
        for name, value in self.values.items():
            if value.how == "given":
                self.values[name] = replace(value, how="derived", why=why)

    def finished(self) -> FoundWorkload:
        """The workload with what was collected, fields in the order of the descriptor table."""
        order = [name for name in DESCRIPTORS if name in self.values]
        hints = [self.hints[name] for name in DESCRIPTORS if name in self.hints and name not in self.values]
        return FoundWorkload(
            concealed(self.name)[:_NAME_LENGTH] or "(unnamed)",
            self.format,
            self.file,
            self.line,
            self.present,
            tuple(self.values[name] for name in order),
            tuple(hints),
            tuple(self.remarks),
            self.calls,
            self.capacity,
        )


@dataclass(slots=True)
class Findings:
    """What one file gives while it is read.

    `kept` are documents that are read with those of other files, by what they are: `templates` (of CloudFormation),
    `assemblies` (of CDK), `objects` (of Kubernetes), `definitions` (of ECS and AWS Batch), `bodies` and `variables` (of
    Terraform), `units` (of systemd), `extensions` (of Elastic Beanstalk) and `hosts` (of Azure Functions). `file` is
    its name in what is said; `path` and `top` say where it is and which folder is scanned. `made` is the folder of the
    files that a program makes of the project that it marks.
    """

    file: str
    path: Path | None = None
    top: Path | None = None
    drafts: list[Draft] = field(default_factory=list)
    kept: dict[str, list[Node]] = field(default_factory=lambda: defaultdict(list))
    made: str = ""
    suppressions: list[Suppression] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the file was recognised."""
        return not any((self.drafts, self.left_out, self.unreadable, *self.kept.values()))

    def draft(self, name: str, line: int, kind: str, present: str = "") -> Draft:
        """A new workload."""
        draft = Draft(name, self.file, line, kind, present)
        self.drafts.append(draft)
        return draft

    def leave_out(self, name: str, line: int, reason: str) -> None:
        """Records something that is not a workload."""
        self.left_out.append(LeftOut(concealed(name)[:_NAME_LENGTH], self.file, line, reason))

    def cannot_read(self, line: int, reason: str, advice: str = "") -> None:
        """Records that the file, or a part of it, cannot be read."""
        self.unreadable.append(Unreadable(self.file, line, concealed(reason), advice))
