"""The tests run on a small real cluster: a master, two workers, and executors in processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from whichcompute import Engine, InventoryError, ModelError, RuleError, WhichcomputeError
from whichcompute.recommender.columns import RESULTS

pytest.importorskip("pyspark", reason="pyspark is missing: pip install 'whichcompute[spark]'")
if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
    pytest.skip("Java is missing: Spark runs on it", allow_module_level=True)

import pyarrow as pa
import pyspark
from pyspark.errors import PythonException
from pyspark.sql import SparkSession
from pyspark.sql import functions as sf

from whichcompute import spark as on_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ROOT = Path(__file__).parent.parent
SAMPLE = pl.read_csv(ROOT / "data" / "inventories" / "sample.csv", infer_schema=False)
pytestmark = [
    pytest.mark.xdist_group("spark"),  # one cluster is enough
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets and pipes that pyspark leaves to the collector
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pyspark"),
]
BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # the machines of Java live for a minute: no time to optimise
CONFIGURATION = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": BRIEF,
    "spark.driver.host": "127.0.0.1",
    "spark.executor.extraJavaOptions": BRIEF,
    "spark.executorEnv.PYTHONPATH": str(ROOT),
    "spark.log.level": "OFF",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "300",  # so that some thousand rows are many batches
    "spark.sql.shuffle.partitions": "2",
    "spark.task.maxFailures": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    # A cluster writes into its home, so it gets one of links instead of the installed package.
    home = tmp_path_factory.mktemp("spark")
    for entry in Path(pyspark.__file__).parent.iterdir():
        (home / entry.name).symlink_to(entry)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "SPARK_HOME": home,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_DRIVER_PYTHON": sys.executable,
        }.items():
            patch.setenv(name, str(value))
        builder = SparkSession.builder.master("local-cluster[2,1,1024]")
        for name, value in {**CONFIGURATION, "spark.sql.warehouse.dir": str(home / "warehouse")}.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


def spread(session: SparkSession, frame: pl.DataFrame, folder: Path, parts: int = 3) -> DataFrame:
    """The frame as Spark reads it from Parquet files, with the row number in front, in so many partitions."""
    numbered = frame.with_row_index("n").with_columns(pl.col("n").cast(pl.Int64))
    numbered.write_parquet(folder / "frame.parquet")
    return session.read.parquet(str(folder / "frame.parquet")).repartitionByRange(parts, "n").sortWithinPartitions("n")


def collected(df: DataFrame) -> list[dict[str, Any]]:
    """The rows in the order in which partitions hold them, without their numbers, which must be in order."""
    rows = [row.asDict() for row in df.collect()]
    assert [row.pop("n") for row in rows] == list(range(len(rows)))
    return rows


def test_text_columns_get_the_answers_of_the_engine(session: SparkSession, tmp_path: Path) -> None:
    many = pl.concat([SAMPLE] * 40)
    df = spread(session, many, tmp_path)
    scored = on_spark.score(df)
    assert scored.columns == ["n", *SAMPLE.columns, *RESULTS]
    assert [scored.schema[name].dataType.simpleString() for name in ("decision", "confidence", "monthly_cost_usd")] == [
        "string",
        "double",
        "double",
    ]
    assert collected(scored) == Engine.default().score(many).to_dicts()


def test_typed_columns_get_the_answers_of_the_engine(session: SparkSession, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "kind": ["batch_job", "web_api", "server", None],
            "memory_mb": [512, 4096, None, 3],
            "vcpus": [Decimal("0.50"), Decimal("2.25"), None, Decimal("16.00")],
            "max_duration_s": [900.0, 901.0, None, 0.5],
            "interruptible": [True, False, None, True],
            "gpus": pl.Series([0, 1, None, 0], dtype=pl.Int32),
            "protocol": ["HTTP", "grpc", "tcp", None],
        }
    )
    df = spread(session, frame, tmp_path).withColumn("state", sf.lit(None))
    expected = Engine.default().score(frame.with_columns(state=pl.lit(None)), free_tier=True, explain="full")
    assert collected(on_spark.score(df, free_tier=True, explain="full")) == expected.to_dicts()


def other_model(folder: Path) -> Path:
    """A model folder that is surer of everything than the shipped one."""
    shutil.copytree(ROOT / "models" / "default", folder)
    model = json.loads((folder / "model.json").read_text())
    model["temperature"] /= 2
    (folder / "model.json").write_text(json.dumps(model))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["model.json"] = sha256((folder / "model.json").read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_packs_model_and_day_reach_the_executors(session: SparkSession, tmp_path: Path) -> None:
    packs = [tmp_path / "a" / "pack.toml", tmp_path / "b" / "pack.toml"]
    for pack in packs:
        pack.parent.mkdir()
    packs[0].write_text((ROOT / "docs" / "example-pack.toml").read_text())
    packs[1].write_text('switch_off = ["lambda.only-arm64"]\n')
    own: dict[str, Any] = {"rules": packs, "model": other_model(tmp_path / "model"), "as_of": date(2020, 6, 1)}
    expected = Engine(**own).score(SAMPLE)
    scored = on_spark.score(spread(session, SAMPLE, tmp_path), **own)
    shutil.rmtree(tmp_path / "a")
    shutil.rmtree(tmp_path / "model")
    assert collected(scored) == expected.to_dicts()
    assert expected.to_dicts() != Engine.default().score(SAMPLE).to_dicts()


BAD = pl.DataFrame(
    {
        "workload_id": [f"w{n}" for n in range(8)],
        "kind": ["batch_job"] * 7 + ["batch"],
        "memory_mb": ["512MB", "2GB", "7", "7", "lots", "", None, "many"],
    }
)


def test_a_bad_cell_is_an_error_that_finds_it(session: SparkSession, tmp_path: Path) -> None:
    df = spread(session, BAD, tmp_path, parts=1)
    with pytest.raises(PythonException) as raised:
        on_spark.score(df).collect()
    said = str(raised.value)
    assert "WorkloadError: partition 0, row 4: memory_mb (workload_id w4) = 'lots': allowed: a number from 0" in said
    assert "row 7: kind (workload_id w7) = 'batch': allowed: website" in said


def test_a_row_with_bad_cells_can_be_kept(session: SparkSession, tmp_path: Path) -> None:
    rows = collected(on_spark.score(spread(session, BAD, tmp_path), on_bad="keep", explain="none"))
    good = BAD.filter(~pl.col("workload_id").is_in(["w4", "w7"]))
    expected = {row["workload_id"]: row for row in Engine.default().score(good, explain="none").to_dicts()}
    assert [row for row in rows if row["workload_id"] in expected] == list(expected.values())
    assert [row["workload_id"] for row in rows] == BAD["workload_id"].to_list()
    for row, bad in ((rows[4], "memory_mb = 'lots': "), (rows[7], "kind = 'batch': ")):
        assert row["reasons"].startswith(f"not read: {bad}allowed: ")
        assert {row[name] for name in RESULTS if name != "reasons"} == {None}
    assert "; memory_mb = 'many': allowed: " in rows[7]["reasons"]


def test_other_columns_pass_as_they_are(session: SparkSession) -> None:
    names = ["a.b int", "l i array<int>", "m map<string,string>", "s struct<x:int,y:string>", "b binary", "t timestamp"]
    data = [
        (1, [1, None], {"k": "v"}, (1, "s"), b"\x00\xff", datetime(2024, 2, 29, 1, 2, 3, 456789), Decimal("1.10")),
        (2, None, None, None, None, None, None),
    ]
    schema = ", ".join(f"`{name}` {dtype}" for name, _, dtype in (name.rpartition(" ") for name in names))
    odd = session.createDataFrame(data, f"{schema}, d decimal(38,2)")
    scored = on_spark.score(odd.withColumn("decision", sf.lit("old")).withColumn("Reasons", sf.lit("old")))
    assert scored.columns == [*odd.columns, *RESULTS]
    assert scored.schema.fields[:7] == odd.schema.fields
    rows = sorted(tuple(row) for row in scored.collect())
    assert [row[:7] for row in rows] == data
    assert {row[8] for row in rows} == {"undecided"}


def test_a_frame_without_rows_has_the_columns(session: SparkSession) -> None:
    scored = on_spark.score(session.createDataFrame([], "kind string, x int"))
    assert (scored.columns, scored.collect()) == (["kind", "x", *RESULTS], [])


def test_an_executor_with_another_version_does_not_score(
    session: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_spark, "VERSION", "0.0.1")
    with pytest.raises(PythonException, match=r"has whichcompute .*, the driver has 0\.0\.1; install the same"):
        on_spark.score(session.createDataFrame([("server",)], "kind string")).collect()


def test_an_executor_with_other_rules_does_not_score() -> None:
    settings = on_spark._settings((), None, None, None)
    other = on_spark._Settings((), (), date(2020, 1, 1), None, settings.version, settings.fingerprint)
    with pytest.raises(WhichcomputeError, match=f"are not the driver's .*the driver's is {settings.fingerprint}"):
        on_spark._columns(other)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"rules": "no.toml"}, WhichcomputeError, "no.toml: no such file"),
        ({"model": "nowhere"}, ModelError, "no such model folder"),
        ({"on_bad": "drop"}, ValueError, "on_bad = 'drop': allowed: raise, keep"),
        ({"explain": "all"}, ValueError, "explain = 'all': allowed: none, short, full"),
    ],
    ids=["a pack that is not there", "a model that is not there", "on_bad", "explain"],
)
def test_wrong_settings_are_errors_at_once(
    session: SparkSession, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        on_spark.score(session.createDataFrame([], "kind string"), **options)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ("kind array<string>", "column kind: holds array<string> values"),
        ("memory_mb date", "column memory_mb: holds date values"),
        ("kind string, kind string", "column kind: is there 2 times"),
        ("decision string", "no columns beside results"),
    ],
)
def test_columns_that_cannot_be_read_are_errors_at_once(session: SparkSession, schema: str, said: str) -> None:
    with pytest.raises(InventoryError, match=said):
        on_spark.score(session.createDataFrame([], schema))


def test_a_bad_pack_is_an_error_at_once(session: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("switch_off = ['no.such-rule']")
    with pytest.raises(RuleError, match="unknown rule 'no.such-rule'"):
        on_spark.score(session.createDataFrame([], "kind string"), rules=tmp_path / "pack.toml")


def test_batches_are_gathered_up_to_rows_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def sizes(*rows: int) -> list[list[int]]:
        batches = (pa.RecordBatch.from_pydict({"x": pa.array(range(n), pa.int64())}) for n in rows)
        return [[batch.num_rows for batch in piece] for piece in on_spark._gathered(batches)]

    assert sizes(20_000, 0, 30_000, 1, 60_000, 5) == [[20_000, 30_000], [1], [60_000], [5]]
    assert sizes() == sizes(0) == []
    monkeypatch.setattr(on_spark, "BYTES", 100)
    assert sizes(10, 2, 1, 50) == [[10, 2], [1], [50]]


def test_without_the_extra_the_error_names_it() -> None:
    code = "import sys; sys.modules['pyspark'] = None\nimport whichcompute.spark"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (
        "WhichcomputeError: scoring on Spark needs the extra `spark` (pip install 'whichcompute[spark]')" in done.stderr
    )
