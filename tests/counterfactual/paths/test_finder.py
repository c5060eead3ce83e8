from __future__ import annotations

import pytest

from tests.counterfactual.paths.cases import CASES
from tests.counterfactual.paths.small import find, rule, steps, world
from whichcompute import Engine, WorkloadError, path_to
from whichcompute.counterfactual.paths.finder import LIKELY, _moves
from whichcompute.counterfactual.paths.landscape import ANSWER, landscape
from whichcompute.knowledge.descriptors import DESCRIPTORS, Value, with_derived
from whichcompute.knowledge.services import ANSWERS

TOO_LONG = rule("lambda.too-long", "exclude", ["max_duration_s > 15m"], remedy="Cut it up.")
AHEAD = {"lambda": 1.0, "fargate": 0.5}


def test_a_limit_is_met_at_its_very_edge() -> None:
    path = find(world(TOO_LONG, base=AHEAD), "lambda", max_duration_s="1h")
    assert steps(path) == {"max_duration_s": 900.0}
    (step,) = path.steps
    assert (step.before, step.effort, path.effort) == (3600.0, 3, 3)
    assert step.text == "maximum duration: from 1 h to at most 15 min"
    assert step.how == DESCRIPTORS["max_duration_s"].change and step.remedy == "Cut it up."


def test_nothing_is_to_be_done_for_what_is_recommended_already() -> None:
    path = find(world(base=AHEAD), "lambda", kind="website")
    assert path.reachable and path.steps == () and path.effort == 0


def test_changes_to_what_is_known_are_proposed_and_answers_that_are_not_known_yet_listed_apart() -> None:
    recommender = world(
        base={"lambda": 1.0, "fargate": 0.5},
        features=[("max_duration_s <= 1h", "fargate", 1.0), ("state == 'session'", "fargate", 1.0)],
        share=0.2,
    )
    path = find(recommender, "fargate", max_duration_s="2h")
    assert steps(path) == {"max_duration_s": 3600.0}
    assert [(step.field, step.after, step.before) for step in path.answers] == [("state", "session", None)]
    open_path = find(recommender, "fargate", kind="website")
    assert path.steps[0].before == 7200.0 and open_path.steps[0].before is None and open_path.answers == ()


def test_a_path_ends_at_a_decided_answer_or_names_the_answers_that_decide_it() -> None:
    recommender = world(
        rule("fargate.job", "prefer", ["kind == 'batch_job'"], strength="weak"),
        base={"lambda": 1.0, "fargate": 0.3},
        features=[("max_duration_s <= 1h", "fargate", 1.0), ("gpus == 0", "fargate", 3.0)],
        share=0.2,
    )
    path = find(recommender, "fargate", max_duration_s="2h", kind="batch_job")
    assert path.after is not None and path.after.decision == "undecided" and not path.decided
    assert [(step.field, step.after) for step in path.settled_by] == [("gpus", 0.0)]
    settled = {**path.after.workload, **{step.field: step.after for step in path.settled_by}}
    assert recommender.recommend(settled).decision == "decided"


def test_where_no_answer_decides_it_none_is_named() -> None:
    recommender = world(base={"lambda": 1.0, "fargate": 0.5}, features=[("max_duration_s <= 1h", "fargate", 1.0)])
    path = find(recommender, "fargate", max_duration_s="2h", kind="batch_job")
    assert path.reachable and not path.decided and path.settled_by == ()


def test_fewer_steps_come_before_more_of_the_same_effort() -> None:
    recommender = world(
        base={"lambda": 1.5},
        features=[
            ("packaging == 'container'", "fargate", 2.0),
            ("traffic == 'steady'", "fargate", 1.0),
            ("gpus >= 1", "fargate", 1.0),
        ],
    )
    path = find(recommender, "fargate", packaging="source")
    assert steps(path) == {"packaging": "container"} and path.effort == 2
    assert steps(find(recommender, "fargate", packaging="machine_image", traffic="rare")) == {"packaging": "container"}


def test_among_equals_the_first_of_the_table_is_taken_and_the_others_are_named() -> None:
    features = [
        ("gpus >= 1", "batch", 2.0),
        ("traffic == 'steady'", "batch", 2.0),
        ("fixed_price == true", "batch", 2.0),
    ]
    path = find(world(base={"lambda": 1.0}, features=features), "batch")
    assert steps(path) == {"traffic": "steady"}
    assert [step.field for step in path.alternatives] == ["gpus", "fixed_price"]


def test_a_rival_may_be_ruled_out_instead_of_overtaken() -> None:
    recommender = world(
        rule("lambda.no-gpu", "exclude", ["gpus >= 1"]),
        base={"lambda": 5.0, "batch": 1.0},
        features=[("state == 'persistent'", "batch", 2.0), ("traffic == 'steady'", "batch", 1.9)],
    )
    assert steps(find(recommender, "batch")) == {"gpus": 1.0}


def test_rivals_fall_by_different_means_at_once() -> None:
    recommender = world(
        rule("lambda.no-gpu", "exclude", ["gpus >= 1"]),
        base={"lambda": 9.0, "ecs_ec2": 1.5, "batch": 1.0},
        features=[("traffic == 'steady'", "batch", 1.0), ("gpus >= 1", "ecs_ec2", 0.2)],
    )
    assert steps(find(recommender, "batch")) == {"traffic": "steady", "gpus": 1.0}


def test_the_usual_run_never_exceeds_the_longest() -> None:
    path = find(world(TOO_LONG, base=AHEAD), "lambda", max_duration_s="1h", typical_duration_s="30m")
    assert set(steps(path)) == {"max_duration_s", "typical_duration_s"}
    assert steps(path)["typical_duration_s"] <= steps(path)["max_duration_s"] == 900.0
    assert path.effort == 6


def test_a_product_is_met_by_the_value_that_just_does() -> None:
    busy = rule("lambda.busy", "exclude", ["average_concurrency >= 1"])
    path = find(world(busy, base=AHEAD), "lambda", typical_duration_s=10, invocations_per_month=2_628_000)
    assert set(steps(path)) == {"invocations_per_month"}
    calls = steps(path)["invocations_per_month"]
    assert isinstance(calls, float) and 0.98 < calls * 10 / 2_628_000 < 1


def test_a_product_of_unknown_factors_takes_all_of_them() -> None:
    recommender = world(rule("lambda.busy", "exclude", ["average_concurrency >= 1"]), base=AHEAD)
    path = find(recommender, "fargate", kind="website")
    after = with_derived({"kind": "website", **steps(path)})
    assert set(steps(path)) == {"typical_duration_s", "invocations_per_month"}
    assert float(after["average_concurrency"]) >= 1


def test_no_contradiction_is_proposed() -> None:
    recommender = world(
        base={"lambda": 1.0}, features=[("protocol == 'none'", "batch", 2.0), ("gpus >= 1", "batch", 2.0)]
    )
    assert steps(find(recommender, "batch")) == {"gpus": 1.0}  # table order: gpus stands before protocol
    recommender = world(base={"lambda": 1.0}, features=[("protocol == 'none'", "batch", 2.0)])
    assert steps(find(recommender, "batch", kind="batch_job")) == {"protocol": "none"}
    assert not find(recommender, "batch", kind="website").reachable


def test_a_need_is_not_raised_to_suit_a_service() -> None:
    recommender = world(
        base={"lambda": 1.0}, features=[("memory_mb > 10GB", "batch", 2.0), ("gpus >= 1", "batch", 2.0)]
    )
    assert steps(find(recommender, "batch", memory_mb="2GB")) == {"gpus": 1.0}
    assert not find(recommender, "batch", memory_mb="2GB", gpus=0).reachable


def test_a_veto_on_a_fact_of_the_workload_is_the_proof_that_there_is_no_path() -> None:
    recommender = world(rule("batch.site", "exclude", ["kind == 'website'"]), base={"batch": 5.0})
    path = find(recommender, "batch", kind="website")
    assert [obstacle.rule for obstacle in path.obstacles] == ["batch.site"]
    assert "batch.site" in path.why and path.obstacles[0].sources


def test_every_limit_in_the_way_is_named() -> None:
    recommender = world(
        rule("lambda.a", "exclude", ["kind == 'website'"]),
        rule("lambda.b", "exclude", ["state == 'session'"]),
        rule("lambda.c", "exclude", ["state != 'session'"]),
        base={"lambda": 5.0},
    )
    path = find(recommender, "lambda", state="session", kind="website")
    assert not path.reachable and [obstacle.rule for obstacle in path.obstacles] == ["lambda.a", "lambda.b"]


def test_static_files_are_not_led_to_containers_by_supposing_rare_answers(engine: Engine) -> None:
    files = {"kind": "website", "static_content": True, "invocations_per_month": 3e6}
    path = engine.path_to(files, "ecs_ec2")
    assert not path.reachable and "plausible" in path.why


def test_a_service_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(WorkloadError, match="lightsail"):
        path_to({"kind": "website"}, "ec2")


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_path_leads_where_it_says_by_steps_that_may_be_taken(engine: Engine, answer: str) -> None:
    for values in CASES[ANSWERS.index(answer) :: len(CASES) // 2]:
        path = engine.path_to(values, answer)
        if not path.reachable:
            assert path.why and path.after is None and not path.steps
            continue
        again = engine.recommend({**values, **steps(path)})
        assert again.service == answer and path.after == again
        efforts = [DESCRIPTORS[s.field].change_effort if s.field in values else ANSWER for s in path.steps]
        assert all(efforts) and path.effort == sum(efforts)
        for other in path.alternatives:
            assert engine.recommend({**values, other.field: other.after}).service == answer
            assert other.effort == path.effort and len(path.steps) == 1


@pytest.mark.parametrize("number", range(0, len(CASES), len(CASES) // 8))
def test_what_is_recommended_needs_no_steps(engine: Engine, number: int) -> None:
    path = engine.path_to(CASES[number], engine.recommend(CASES[number]).service)
    assert path.reachable and path.steps == () and path.effort == 0
    assert path.after == engine.recommend(CASES[number])


@pytest.mark.parametrize("known", [{"kind": "website"}, {"vcpus": 8.0, "packaging": "container"}], ids=str)
def test_no_value_between_a_limit_and_the_cut_beside_it_is_proposed(known: dict[str, Value]) -> None:
    land = landscape(Engine.default().recommender)
    narrow = {name: [cell for cell in cells if cell.is_narrow] for name, cells in land.cells.items()}
    proposed = list(_moves(land, known))
    assert any(move.field == "vcpus" for move in proposed)
    assert not any(move.value in cell for move in proposed for cell in narrow[move.field])


def test_a_number_changes_no_more_than_it_must(engine: Engine) -> None:
    server = {"kind": "server", "protocol": "tcp", "memory_mb": "4GB", "environment": "dev_test"}
    path = engine.path_to(server, "lightsail")
    [memory] = [step for step in path.steps if step.field == "memory_mb"]
    assert memory.values == "at most 1 GB" and memory.after == 1024
    assert path.after is not None and path.after.service == "lightsail"


@pytest.mark.parametrize("kind", ["website", "web_api", "queue_worker"])
@pytest.mark.parametrize("service", ["fargate", "ecs_ec2", "lightsail"])
def test_no_answer_that_hardly_any_workload_has_is_proposed_where_others_do(
    engine: Engine, kind: str, service: str
) -> None:
    fields = engine.recommender.aggregator.classifier.fields
    for step in engine.path_to({"kind": kind}, service).steps:
        own = fields.get(step.field)
        assert own is None or own.shares[own.cells.number(step.after)] >= LIKELY, step.text


def test_what_only_harms_the_leading_answer_is_no_way_to_another() -> None:
    recommender = world(
        rule("lambda.harmed", "caution", ["cpu_architecture == 'arm64'"], strength="severe"),
        rule("lambda.small", "caution", ["monthly_budget_usd < 5"], strength="severe"),
        base={"lambda": 1.0, "fargate": 0.5},
        features=[("max_duration_s <= 1h", "fargate", 1.0), ("state == 'session'", "fargate", 1.0)],
        share=0.2,
    )
    path = find(recommender, "fargate", max_duration_s="2h", monthly_budget_usd=10)
    assert steps(path) == {"max_duration_s": 3600.0} and path.alternatives == ()
    assert [(step.field, step.after) for step in path.answers] == [("state", "session")]


def test_a_site_with_a_fixed_price_is_not_told_to_be_built_for_arm(engine: Engine) -> None:
    fields = {"kind": "website", "packaging": "source", "language": "python", "app_stack": "other", "traffic": "rare",
              "invocations_per_month": 100_000, "fixed_price": True, "monthly_budget_usd": 10}  # fmt: skip
    path = engine.path_to(fields, "lambda")
    told = {step.field for step in (*path.steps, *path.answers, *path.alternatives)}
    assert "fixed_price" in told and not told & {"cpu_architecture", "monthly_budget_usd"}
