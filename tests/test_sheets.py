from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from docs import sheets
from docs.sheets import Archetype
from whichcompute import Engine
from whichcompute.base.errors import DataError
from whichcompute.classifier.cases import Case
from whichcompute.knowledge.descriptors import DESCRIPTORS, with_derived
from whichcompute.knowledge.services import SERVICES

SHIPPED = sheets.load()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shapes.toml"


def written(file: Path, descriptors: str, service: str = "{ lambda = 1.0 }") -> Path:
    file.write_text(f'[[archetype]]\nid = "one"\nservice = {service}\n[archetype.descriptors]\n{descriptors}\n')
    return file


@pytest.mark.parametrize("shape", SHIPPED, ids=lambda shape: shape.id)
def test_draws_are_workloads_that_no_hard_limit_denies_a_service_with_a_share(shape: Archetype, engine: Engine) -> None:
    rng = Random(7)
    for _ in range(25):
        values = shape.draw(rng)
        assert all(DESCRIPTORS[name].read(value) == value for name, value in values.items())
        assert values.get("typical_duration_s", 0) <= values.get("max_duration_s", float("inf"))
        *excluded, _ = engine.aggregator.weigh(with_derived(values)).excluded
        assert not [s for s, out, share in zip(SERVICES, excluded, shape.shares, strict=True) if out and share > 0]


def test_ranges_choices_and_single_values_are_drawn(file: Path) -> None:
    text = 'kind = "server"\ngpus = [1, 4]\nmemory_mb = [512, 1024]\nautoscaling = { true = 1, false = 3 }'
    (shape,) = sheets.load(written(file, text))
    rng = Random(0)
    drawn = [shape.draw(rng) for _ in range(400)]
    assert {values["kind"] for values in drawn} == {"server"}
    assert {values["gpus"] for values in drawn} == {1.0, 2.0, 3.0, 4.0}
    assert all(512 <= float(values["memory_mb"]) <= 1024 for values in drawn)
    assert 0.15 < sum(values["autoscaling"] is True for values in drawn) / 400 < 0.35


def test_the_usual_run_is_cut_to_the_longest(file: Path) -> None:
    (shape,) = sheets.load(written(file, "max_duration_s = [10, 20]\ntypical_duration_s = [15, 500]"))
    rng = Random(0)
    assert all(v["typical_duration_s"] <= v["max_duration_s"] for v in (shape.draw(rng) for _ in range(50)))


def test_draws_have_the_gaps_of_real_cases_of_their_kind(file: Path) -> None:
    shapes = sheets.load(written(file, 'kind = "server"\nos = "linux"\nmemory_mb = [1, 2]'))
    cases = [Case("a", {"kind": "server", "os": "windows"}, "lambda"), Case("b", {"memory_mb": 1.0}, "lambda")]
    drawn = sheets.draws(shapes, 20, cases, seed=1)
    assert len(drawn) == 20
    for draw in drawn:
        assert draw.values == {"kind": "server", "os": "linux"}
        assert draw.shares == (1.0, 0.0, 0.0, 0.0, 0.0)


def test_the_same_seed_gives_the_same_draws() -> None:
    cases = [Case("a", {"kind": "web_api", "memory_mb": 1.0, "traffic": "rare"}, "lambda")]
    first, again, other = (sheets.draws(SHIPPED, 2, cases, seed) for seed in (5, 5, 6))
    assert first == again != other


@pytest.mark.parametrize(
    ("descriptors", "service", "told"),
    [
        ("kind = 'servr'", "{ lambda = 1 }", ["archetype one", "kind", "servr", "server"]),
        ("knd = 'server'", "{ lambda = 1 }", ["unknown descriptor 'knd'"]),
        ("memory_mb = [5, 2]", "{ lambda = 1 }", ["memory_mb", "begins at 5"]),
        ("os = ['linux', 'any']", "{ lambda = 1 }", ["os", "[low, high]"]),
        ("os = { linux = -1 }", "{ lambda = 1 }", ["os", "weights"]),
        ("os = { linux = 0 }", "{ lambda = 1 }", ["os", "sum to 0"]),
        ("os = 'linux'", "{ lambda = 0.5 }", ["shares sum to 0.5"]),
        ("os = 'linux'", "{ lambada = 1 }", ["'lambada'"]),
    ],
)
def test_a_bad_archetype_is_refused_with_its_place(descriptors: str, service: str, told: list[str], file: Path) -> None:
    with pytest.raises(DataError) as error:
        sheets.load(written(file, descriptors, service))
    assert all(part in str(error.value) for part in told), str(error.value)
