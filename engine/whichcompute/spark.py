"""Scores Spark DataFrames on their executors: the answers of `whichcompute score`, row by row, by the extra `spark`.

The driver builds the engine once, so that a bad pack or model fails there and at once, and sends the content of the
user's files along. Each Python worker builds the same engine from them and refuses to answer when its fingerprint is
another one: an executor with other rules would score otherwise, unnoticed.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from whichcompute.base.errors import InventoryError, Problem, WhichcomputeError, WorkloadError
from whichcompute.base.resources import read_bytes
from whichcompute.base.version import VERSION
from whichcompute.classifier import model_files
from whichcompute.engine import Engine, paths_of
from whichcompute.knowledge.descriptors import DECIDING

_EXTRA = "scoring on Spark needs the extra `spark` (pip install 'whichcompute[spark]')"
_SAME = "install the same whichcompute on the driver and on every executor"

try:
    import pyarrow as pa
    from pyspark import TaskContext
    from pyspark.sql.types import BooleanType, DoubleType, NullType, NumericType, StringType, StructField, StructType
except ModuleNotFoundError as error:
    raise WhichcomputeError(f"{_EXTRA}: {error}") from None

# polars reads the number of its threads when it is imported, and a worker has to set that first: see _scored.
if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame

    from whichcompute.recommender.columns import ColumnRecommender
    from whichcompute.recommender.columns.reasons import Explain

OnBad: TypeAlias = Literal["raise", "keep"]

BYTES = 64 << 20
"""Batches are gathered up to so many bytes, or `columns.frame.ROWS` rows: wide rows must not fill the memory."""

_READABLE = (StringType, NumericType, BooleanType, NullType)


@dataclass(frozen=True, slots=True)
class _Settings:
    """All that an executor builds the driver's engine from; files as (name, content)."""

    packs: tuple[tuple[str, bytes], ...]
    model: tuple[tuple[str, bytes], ...]  # empty: the shipped one
    as_of: date | None
    region: str | None
    version: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Task:
    """What to do with each partition; `names` are the input's columns, which travel without them."""

    settings: _Settings
    names: tuple[str, ...]
    free_tier: bool
    explain: Explain
    on_bad: OnBad


def score(
    df: DataFrame,
    *,
    rules: str | Path | Sequence[str | Path] = (),
    model: str | Path | None = None,
    as_of: date | None = None,
    region: str | None = None,
    free_tier: bool = False,
    explain: Explain = "short",
    on_bad: OnBad = "raise",
) -> DataFrame:
    """The DataFrame with the result columns of `whichcompute score` behind its own; computed when Spark computes it.

    `rules`, `model`: files of the driver, sent along. `as_of`: the day whose facts apply (None: the newest); no clock
    of an executor is read. `region`: the AWS Region of rows that name none. Columns named like a result column
    are replaced; rows keep their order within their partition. `on_bad` says what a cell that cannot be read does:

    raise  the job fails, and its error names partition, row, column, value and reason
    keep   the row stays; its results are null, and `reasons` says "not read:" with column, value and reason

    Raises DataError (facts, rules), ModelError, or InventoryError for a column of a type that no descriptor has.
    """
    from whichcompute.recommender.columns import RESULTS

    _allowed("explain", explain, ("none", "short", "full"))
    _allowed("on_bad", on_bad, get_args(OnBad))
    kept = df.drop(*RESULTS)
    _check(kept.schema)
    task = _Task(_settings(rules, model, as_of, region), tuple(kept.columns), free_tier, explain, on_bad)
    results = [StructField(name, DoubleType() if t.is_float() else StringType()) for name, t in RESULTS.items()]
    # Spark takes a name with a dot for a path into a structure, so columns travel by number.
    numbered = kept.toDF(*map(str, range(len(kept.columns))))
    try:
        return numbered.mapInArrow(partial(_scored, task=task), StructType([*kept.schema.fields, *results]))
    except ImportError as error:  # Spark asks for pandas here, and for versions that it chooses
        raise WhichcomputeError(f"{_EXTRA}: {error}") from None


def _allowed(name: str, value: object, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}: allowed: {', '.join(allowed)}")


def _check(schema: StructType) -> None:
    names = [field.name for field in schema.fields]
    if not names:
        raise InventoryError("the DataFrame has no columns beside results, and Spark carries no rows without columns")
    for field in schema.fields:
        if field.name in DECIDING and not isinstance(field.dataType, _READABLE):
            found = field.dataType.simpleString()
            raise InventoryError(f"column {field.name}: holds {found} values; a column of text or numbers is needed")
        if field.name in DECIDING and names.count(field.name) > 1:
            raise InventoryError(f"column {field.name}: is there {names.count(field.name)} times")


def _settings(
    rules: str | Path | Sequence[str | Path], model: str | Path | None, as_of: date | None, region: str | None
) -> _Settings:
    """The settings for executors, once an engine could be built from them here."""
    paths = paths_of(rules)
    built = Engine(rules=paths, model=model, as_of=as_of, region=region)
    files: dict[str, bytes] = {}
    if model is not None:
        folder = Path(model)
        manifest = read_bytes(folder / model_files.MANIFEST, model_files.MAX_BYTES)
        files = {model_files.MANIFEST: manifest, **model_files.contents(folder)}
    packs = tuple((path.name, read_bytes(path)) for path in paths)
    return _Settings(packs, tuple(sorted(files.items())), as_of, region, VERSION, built.recommender.fingerprint)


def _scored(batches: Iterator[pa.RecordBatch], task: _Task) -> Iterator[pa.RecordBatch]:
    """The batches of one partition with the result columns; runs on executors."""
    # Each core of an executor runs a separate task, so Spark limits numpy's threads; polars is to heed that.
    os.environ.setdefault("POLARS_MAX_THREADS", os.environ.get("OMP_NUM_THREADS", "1"))
    first = 0
    for piece in _gathered(batches):
        results = _results(piece, task, first)
        start = 0
        for batch in piece:
            there = results.slice(start, batch.num_rows)
            columns, fields = [*batch.columns, *there.columns], [*batch.schema, *there.schema]
            yield pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
            start += batch.num_rows
        first += start


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches in lists that are worth scoring at once: Spark's own are small. Empty ones are left out."""
    from whichcompute.recommender.columns.frame import ROWS

    piece: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if piece and (rows + batch.num_rows > ROWS or size + batch.nbytes > BYTES):
            yield piece
            piece, rows, size = [], 0, 0
        if batch.num_rows:
            piece.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
    if piece:
        yield piece


def _results(piece: list[pa.RecordBatch], task: _Task, first: int) -> pa.RecordBatch:
    """The result columns of some batches, whose first row is number `first` of the partition."""
    columns = _columns(task.settings)
    import polars as pl

    from whichcompute.recommender.columns.typed import type_columns

    table = pa.Table.from_batches(piece).rename_columns(list(task.names))
    read = table.select([name for name in dict.fromkeys(task.names) if name in DECIDING])
    # A column that is always there keeps the height when no descriptor is.
    frame = pl.from_arrow(read.append_column("row", pa.array(range(table.num_rows))))
    assert isinstance(frame, pl.DataFrame)
    typed = type_columns(frame)
    if typed.problems.height and task.on_bad == "raise":
        raise _unread(typed.problems, table, first)
    results = columns.results(typed.frame, free_tier=task.free_tier, explain=task.explain)
    if typed.problems.height:
        results = _without(results, typed.problems)
    return _arrow(results)


def _arrow(results: pl.DataFrame) -> pa.RecordBatch:
    """The results in the types that every Spark reads: short strings, no views."""
    import polars as pl

    table = results.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [pa.field(f.name, f.type if pa.types.is_floating(f.type) else pa.string()) for f in table.schema]
    return table.cast(pa.schema(fields)).combine_chunks().to_batches()[0]


def _unread(problems: pl.DataFrame, table: pa.Table, first: int) -> WorkloadError:
    """The error that names the first cells that cannot be read, and the workload's name where there is one."""
    context = TaskContext.get()
    partition = context.partitionId() if context else 0
    ids = table.column("workload_id") if table.column_names.count("workload_id") == 1 else ()
    found = []
    for row, name, value, why in problems.head(20).iter_rows():
        whose = f" (workload_id {ids[row].as_py()})" if ids else ""
        found.append(Problem(f"partition {partition}, row {first + row}: {name}{whose}", value, why))
    return WorkloadError(found)


def _without(results: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """The results, with null for rows that hold a cell that cannot be read, and the problems as their reasons."""
    import polars as pl

    wrong: dict[int, list[str]] = {}
    for row, name, value, why in problems.iter_rows():
        wrong.setdefault(row, []).append(str(Problem(name, value, why)))
    lines = (f"not read: {'; '.join(wrong[row])}" if row in wrong else None for row in range(results.height))
    said = pl.Series("said", lines, pl.String)
    nulled = results.select(pl.when(said.is_null()).then(pl.col(name)).alias(name) for name in results.columns)
    return nulled.with_columns(pl.coalesce(said, "reasons").alias("reasons"))


@lru_cache(maxsize=4)
def _columns(settings: _Settings) -> ColumnRecommender:
    """The driver's engine, built once in this Python worker; WhichcomputeError when it is not the same."""
    here = f"executor on {platform.node()}"
    if settings.version != VERSION:
        raise WhichcomputeError(f"{here}: has whichcompute {VERSION}, the driver has {settings.version}; {_SAME}")
    with TemporaryDirectory(prefix="whichcompute-") as name:
        packs = [_written(Path(name) / f"pack-{n}", [pack])[0] for n, pack in enumerate(settings.packs)]
        model = _written(Path(name) / "model", settings.model)[0].parent if settings.model else None
        built = Engine(rules=packs, model=model, as_of=settings.as_of, region=settings.region)
    found = built.recommender.fingerprint
    if found != settings.fingerprint:
        raise WhichcomputeError(
            f"{here}: its rules, facts or model are not the driver's "
            f"(fingerprint {found}, the driver's is {settings.fingerprint}); {_SAME}"
        )
    return built.columns


def _written(folder: Path, files: Sequence[tuple[str, bytes]]) -> list[Path]:
    """The files, written into a new folder under their names: the engine's fingerprint counts them."""
    folder.mkdir()
    paths = [folder / name for name, _ in files]
    for path, (_, content) in zip(paths, files, strict=True):
        path.write_bytes(content)
    return paths
