from __future__ import annotations

from math import log

import pytest

from whichcompute import Engine
from whichcompute.classifier.cases import POSED
from whichcompute.classifier.neighbours import Decided, Neighbours


def decided(id_: str, **values: float | bool | str) -> Decided:
    return Decided(id_, f"about {id_}", "lambda", f"https://example.org/{id_}", values)


HOME = Neighbours(
    [
        decided("api", kind="web_api", protocol="http"),
        decided("grpc", kind="web_api", protocol="grpc"),
        decided("job", kind="batch_job", memory_mb=4096.0),
        decided("big", kind="batch_job", memory_mb=65536.0),
        decided("bare"),
    ]
)


def ids(**values: float | bool | str) -> list[str]:
    return [neighbour.decided.id for neighbour in HOME.compare(values).nearest]


def test_the_same_workload_comes_first() -> None:
    assert ids(kind="web_api", protocol="grpc")[0] == "grpc"
    assert ids(kind="batch_job", memory_mb=65536.0)[0] == "big"


def test_what_they_share_is_named_and_what_differs_is_not() -> None:
    first, second = HOME.compare({"kind": "web_api", "protocol": "http", "os": "linux", "language": "java"}).nearest
    assert (first.decided.id, first.shares) == ("api", ("kind", "protocol"))
    assert (second.decided.id, second.shares) == ("grpc", ("kind",))
    assert first.nearness > second.nearness


def test_a_number_gains_the_less_the_further_it_is_and_loses_half_beyond_a_factor_of_four() -> None:
    alone = Neighbours([decided("only", memory_mb=1024.0, vcpus=2.0)])
    rare, spare = log(2), 0.2  # one decision that knows both fields
    for memory, part in ((1024.0, 1.0), (2048.0, 0.5), (512.0, 0.5), (4090.0, 0.001)):
        (found,) = alone.compare({"memory_mb": memory, "vcpus": 2.0}).nearest
        assert found.nearness == pytest.approx(rare * (1 + part) - spare, abs=1e-3)
    (found,) = alone.compare({"memory_mb": 4100.0, "vcpus": 2.0}).nearest
    assert found.nearness == pytest.approx(rare * (1 - 0.5) - spare) and found.shares == ("vcpus",)


def test_numbers_are_alike_within_a_factor_of_four() -> None:
    assert [(n.decided.id, n.shares) for n in HOME.compare({"memory_mb": 8192.0}).nearest] == [("job", ("memory_mb",))]
    assert [n.decided.id for n in HOME.compare({"memory_mb": 30000.0}).nearest] == ["big"]


def test_one_of_the_decisions_shown_chose_otherwise_where_any_did() -> None:
    chosen = ["lambda", "fargate", "lambda", "fargate", "lambda", "lambda"]
    home = Neighbours(Decided(str(n), "", choice, "", {"kind": "web_api"}) for n, choice in enumerate(chosen))

    def shown(answer: str) -> list[str]:
        return [neighbour.decided.id for neighbour in home.compare({"kind": "web_api"}, answer).nearest]

    assert sorted(shown("lambda")) == ["0", "1", "2"]
    assert sorted(shown("fargate")) == ["0", "1", "3"]
    assert sorted(shown("batch")) == ["0", "1", "2"]


def test_nothing_shared_is_no_neighbour() -> None:
    assert ids() == []
    assert ids(os="windows") == []
    assert ids(memory_mb=0.0) == []


def test_a_shipped_decision_is_its_own_nearest(engine: Engine) -> None:
    neighbours = engine.aggregator.classifier.neighbours
    rich = [d for d in neighbours.decisions if len(d.values) >= 8 and d.kind != POSED][:20]
    assert len(rich) == 20
    for one in rich:
        (first,) = neighbours.compare(one.values, count=1).nearest
        assert first.decided.values == one.values


def test_comparable_decisions_are_alike_in_half_of_what_is_known_and_more_alike_than_not() -> None:
    home = Neighbours(
        [
            Decided("a", "", "lambda", "", {"kind": "web_api", "protocol": "http"}),
            Decided("b", "", "fargate", "", {"kind": "web_api", "protocol": "grpc"}),
            Decided("c", "", "batch", "", {"kind": "batch_job", "memory_mb": 4096.0}),
            Decided("d", "", "lambda", "", {"kind": "web_api", "os": "linux", "language": "java", "state": "session"}),
        ]
    )
    assert home.compare({"kind": "web_api", "protocol": "http"}).choices == {"lambda": 2}
    assert home.compare({"kind": "web_api"}).choices == {"lambda": 2, "fargate": 1}
    assert home.compare({"memory_mb": 8192.0}).choices == {"batch": 1}
    assert home.compare({"os": "windows"}).choices == {} and home.compare({}).choices == {}


def test_questions_of_examinations_count_and_are_not_shown(engine: Engine) -> None:
    api = {"kind": "web_api"}
    home = Neighbours(
        [Decided("asked", "", "lambda", "", api, POSED), Decided("built", "", "fargate", "", api, "story")]
    )
    found = home.compare(api, "lambda")
    assert (found.choices, found.posed) == ({"lambda": 1, "fargate": 1}, 1)
    assert [neighbour.decided.id for neighbour in found.nearest] == ["built"]
    kinds = {decided.id: decided.kind for decided in engine.aggregator.classifier.neighbours.decisions}
    assert POSED in kinds.values() and "" not in kinds.values()
    similar = engine.recommend({"kind": "website", "aws_experience": "beginner"}).similar
    assert similar and all(kinds[case.id] != POSED for case in similar)


def test_a_recommendation_names_three_real_decisions(engine: Engine) -> None:
    similar = engine.recommend({"kind": "web_api", "packaging": "container"}).similar
    assert len(similar) == 3
    assert all(case.url.startswith("https://") and case.description for case in similar)
    assert similar[0].shares == ("kind", "packaging")


def test_an_empty_workload_has_no_similar_decisions(engine: Engine) -> None:
    assert engine.recommend({}).similar == ()
