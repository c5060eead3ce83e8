from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.inventory.conftest import Scorer
from whichcompute import Engine, InventoryError
from whichcompute.base.resources import folder
from whichcompute.inventory import ScoringRequest, score_inventory
from whichcompute.inventory.record import FORMAT, read_record, record_file

VMS = b"VM,Powerstate,Template,CPUs,Memory\na,poweredOn,False,2,4096\n"


def test_a_scoring_leaves_a_record_beside_its_output(scorer: Scorer) -> None:
    outcome = scorer(b"workload_id,kind,note\na,website,x\nb,websit,y\n", strict=True)
    record = read_record(str(scorer.folder / "out.csv"))
    assert record is not None
    assert record.fingerprint == outcome.fingerprint == scorer.engine.recommender.fingerprint
    assert (record.counts.rows, record.counts.rejects) == (1, 1)
    assert record.counts.bytes == len(scorer.read("out.csv"))
    assert (record.read, record.id) == (("kind",), "workload_id")
    assert (record.options.explain, record.options.free_tier, record.options.map) == ("short", False, "none")
    assert outcome.record_file == f"{scorer.folder}/out.csv.scoring.json"


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet", "out.jsonl"])
def test_the_same_scoring_gives_the_same_bytes(scorer: Scorer, name: str) -> None:
    sample = str(folder("data") / "inventories" / "sample.csv")
    scorer(sample, name)
    first = scorer.read(name), scorer.read(f"{name}.scoring.json")
    scorer(sample, name)
    assert (scorer.read(name), scorer.read(f"{name}.scoring.json")) == first


def test_the_record_is_small_and_names_no_place_and_no_time(scorer: Scorer) -> None:
    scorer(b"kind\nwebsite\n")
    text = scorer.read("out.csv.scoring.json").decode()
    told = json.loads(text)
    assert len(text) < 112_000
    assert list(told) == sorted(told)
    assert str(scorer.folder) not in text
    assert told["format"] == FORMAT


def test_what_is_read_is_what_was_written(scorer: Scorer) -> None:
    scorer(VMS)
    record = read_record(str(scorer.folder / "out.csv"))
    assert record is not None
    assert record.to_json() == scorer.read("out.csv.scoring.json")
    assert (record.options.map, record.id) == ("rvtools", "VM")


def test_a_map_of_ones_own_is_told_by_its_content(scorer: Scorer) -> None:
    found = []
    for minutes in ("m", "m", "h"):
        (scorer.folder / "our.yaml").write_text(f"columns:\n  max_duration_s: {{from: Longest, unit: {minutes}}}\n")
        scorer(b"Longest\n20\n", map_file="our.yaml")
        record = read_record(str(scorer.folder / "out.csv"))
        assert record is not None
        found.append(record.options)
    assert found[0] == found[1]
    assert found[1].map == found[2].map != "none"
    assert found[1].map_hash != found[2].map_hash


def test_a_further_column_is_no_other_map(scorer: Scorer) -> None:
    scorer(b"kind\nwebsite\n", "a.csv")
    scorer(b"kind,vcpus\nwebsite,1\n", "b.csv")
    one, two = (read_record(str(scorer.folder / name)) for name in ("a.csv", "b.csv"))
    assert one is not None
    assert two is not None
    assert one.options == two.options


def test_the_record_of_an_earlier_run_is_replaced(scorer: Scorer) -> None:
    (scorer.folder / "out.csv.scoring.json").write_text("stale")
    scorer(b"kind\nwebsite\n")
    assert read_record(str(scorer.folder / "out.csv")) is not None


def test_no_record_without_a_file_to_lie_beside(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert record_file("-") is None
    assert record_file("/dev/null") is None
    assert record_file(str(tmp_path / "pipe")) is None
    assert record_file("out.csv") == "out.csv.scoring.json"
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert record_file(str(tmp_path / "link.csv")) == f"{tmp_path}/real.csv.scoring.json"


def test_standard_output_gets_a_fingerprint_only(
    engine: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.csv").write_text("kind\nwebsite\n")
    outcome = score_inventory(ScoringRequest(str(tmp_path / "in.csv"), "-"), engine.columns, print, lambda *_: None)
    assert outcome.record_file is None
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert capfd.readouterr().out.startswith("kind,recommended_service")


@pytest.mark.parametrize("option", ["rejects", "report"])
def test_another_output_cannot_take_its_name(scorer: Scorer, option: str) -> None:
    with pytest.raises(InventoryError, match=f"used for both the record and the {option}"):
        scorer(b"kind\nwebsite\n", **{option: "out.csv.scoring.json"})


def test_an_inventory_is_not_overwritten_by_it(scorer: Scorer) -> None:
    (scorer.folder / "out.csv.scoring.json").write_bytes(b"kind\nwebsite\n")
    with pytest.raises(InventoryError, match="used for both the record and the inventory"):
        scorer("out.csv.scoring.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "not the record of a scoring"),
        ("[]", "not the record of a scoring"),
        ('{"format": 99}', "record format '99'; supported: 1 to 2"),
        ('{"format": 1}', "not the record of a scoring: "),
        ('{"format": 1, "provenance.rules": {"a.b": 1}}', "not the record of a scoring: "),
        ('{"format": 2, "provenance.facts": {"a": {"unit": "s", "value": NaN}}}', "finite numbers"),
        ('{"format": 2, "provenance.facts": {"a": {"unit": "s", "value": 1e400}}}', "finite numbers"),
    ],
    ids=["no JSON", "no object", "another format", "empty", "broken rules", "no number", "infinite"],
)
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "out.csv.scoring.json").write_text(text)
    with pytest.raises(InventoryError, match=said) as raised:
        read_record(str(tmp_path / "out.csv"))
    assert "out.csv.scoring.json" in str(raised.value)


def test_a_file_without_a_record_has_none(tmp_path: Path) -> None:
    assert read_record(str(tmp_path / "out.csv")) is None


def test_records_of_the_first_format_are_read(scorer: Scorer) -> None:
    scorer(VMS)
    record = read_record(str(scorer.folder / "out.csv"))
    written = scorer.read("out.csv.scoring.json")
    text = written.replace(b'"provenance.', b'"marks.').replace(b'"format": 2', b'"format": 1')
    (scorer.folder / "out.csv.scoring.json").write_bytes(text)
    assert read_record(str(scorer.folder / "out.csv")) == record
