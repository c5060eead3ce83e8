from __future__ import annotations

from tests.importers.conftest import Found
from whichcompute import Engine
from whichcompute.importers.checking import Check, check, place_name

LAMBDA = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Job:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Timeout: 880
      MemorySize: 512
      Events: {T: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}
"""
TASK = """
Resources:
  Gpu:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      ContainerDefinitions: [{Name: a, Image: x, ResourceRequirements: [{Type: GPU, Value: '1'}]}]
"""


def checked(found: Found, engine: Engine, text: str) -> Check:
    return check(engine.recommender, found({"t.yml": text}))


def test_little_margin_has_the_line_of_its_value(found: Found, engine: Engine) -> None:
    result = checked(found, engine, LAMBDA)
    (workload,) = result.workloads
    assert (workload.declared, workload.recommended, workload.status) == ("lambda", "lambda", "agrees")
    (margin,) = [problem for problem in result.problems if problem.outcome == "margin"]
    assert (margin.file, margin.line) == ("t.yml", 7) and "2%" in margin.text


def test_a_limit_exceeded_names_rule_and_source(found: Found, engine: Engine) -> None:
    result = checked(found, engine, TASK)
    assert result.workloads[0].status == "limit"
    (limit,) = [problem for problem in result.problems if problem.outcome == "limit"]
    assert limit.rule.startswith("fargate.") and limit.sources and limit.line == 6


def test_too_little_known_names_what_would_decide(found: Found, engine: Engine) -> None:
    function = "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b}}}"
    (problem,) = checked(found, engine, function).problems
    assert (problem.outcome, problem.rule) == ("undecided", "check.undecided")
    assert problem.text == "too little is known to recommend a service; most decisive unknown field: kind"


def test_the_declared_service_is_no_part_of_the_need(found: Found, engine: Engine) -> None:
    scan = found({"t.yml": LAMBDA})
    assert "present_service" not in scan.workloads[0].need
    assert not {"existing_platform", "server_management"} & set(scan.workloads[0].need)


def test_what_leads_is_not_called_recommended(found: Found, engine: Engine) -> None:
    server = "Resources: {Vm: {Type: AWS::EC2::Instance, Properties: {InstanceType: t3.micro}}}"
    (workload,) = checked(found, engine, server).workloads
    assert workload.decision == "undecided" and "too little is known; leading: " in workload.text


def test_places_have_names() -> None:
    assert place_name("lambda") == "AWS Lambda" and place_name("") == "(not declared)"
    assert place_name("none") == "none of the services compared" and place_name("ec2") == "plain Amazon EC2"


def test_a_job_on_fargate_has_the_limits_of_fargate_too(found: Found, engine: Engine) -> None:
    text = """{"jobDefinitionName": "train", "type": "container", "platformCapabilities": ["%s"],
    "containerProperties": {"image": "x", "resourceRequirements": [{"type": "GPU", "value": "1"},
    {"type": "VCPU", "value": "4"}, {"type": "MEMORY", "value": "16384"}]}}"""
    (job,) = check(engine.recommender, found({"job.json": text % "FARGATE"})).workloads
    assert job.status == "limit" and job.text.startswith("AWS Batch on Fargate is declared")
    assert [problem.rule for problem in job.problems if problem.outcome == "limit"] == ["fargate.gpu-required"]
    (job,) = check(engine.recommender, found({"job.json": text % "EC2"})).workloads
    assert job.status == "agrees" and not [one for one in job.problems if one.outcome == "limit"]


def test_a_strong_caution_against_the_declared_service_is_a_finding(found: Found, engine: Engine) -> None:
    api = LAMBDA.replace("Timeout: 880", "Timeout: 60").replace(
        "{Type: Schedule, Properties: {Schedule: rate(1 hour)}}", "{Type: HttpApi}"
    )
    result = checked(found, engine, api)
    (caution,) = [problem for problem in result.problems if problem.outcome == "caution"]
    assert caution.rule == "lambda.response-exceeds-api-timeout" and caution.line == 7 and caution.sources
    assert "asynchronously" in caution.remedy
    assert result.workloads[0].status == "agrees"
    assert not [problem for problem in checked(found, engine, LAMBDA).problems if problem.outcome == "caution"]


def test_a_caution_is_not_told_by_the_same_line_of_another_file(found: Found, engine: Engine) -> None:
    files = {
        "serverless.yml": "provider: {name: aws, memorySize: 10000, timeout: '${file(s.yml):t}'}\nservice: s\n"
        "functions:\n  f: {handler: a.b, events: [{httpApi: '*'}]}\n",
        "s.yml": "t: 60\n",
    }
    problems = check(engine.recommender, found(files)).problems
    places = {problem.outcome: (problem.file, problem.line) for problem in problems}
    assert places["margin"] == ("serverless.yml", 1) and places["caution"] == ("s.yml", 1)


def test_an_image_on_lambda_is_no_caution_against_lambda(found: Found, engine: Engine) -> None:
    image = "Resources: {F: {Type: AWS::Lambda::Function, Properties: {PackageType: Image, Timeout: 20}}}"
    assert not [problem for problem in checked(found, engine, image).problems if problem.outcome == "caution"]


def test_a_limit_comes_with_what_helps(found: Found, engine: Engine) -> None:
    (limit,) = [problem for problem in checked(found, engine, TASK).problems if problem.outcome == "limit"]
    assert "GPU instances" in limit.remedy


def test_an_answer_outside_has_the_name_of_its_place(found: Found, engine: Engine) -> None:
    database = """Resources:
  Db:
    Type: AWS::ECS::TaskDefinition
    Properties: {RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: db, Image: 'postgres:16'}]}
"""
    (workload,) = checked(found, engine, database).workloads
    assert workload.recommended == "none" and workload.answer == "A managed database"
    assert "recommended: A managed database" in workload.text


def test_what_is_likely_is_asked_for_last(found: Found, engine: Engine) -> None:
    text = "services: {site: {image: acme/site, command: gunicorn site, ports: ['8000:8000']}}\n"
    (checked_,) = check(engine.recommender, found({"compose.yml": text})).workloads
    likely = {hint.field for hint in checked_.workload.hints}
    missing = engine.recommend(checked_.workload.need).missing
    assert missing[0] in likely and checked_.ask == next(field for field in missing if field not in likely)


def test_nobody_is_asked_what_kind_of_work_a_database_is(found: Found, engine: Engine) -> None:
    text = "services:\n  db: {image: 'postgres:16'}\n  cache: {image: 'redis:7'}\n  queue: {image: 'rabbitmq:3'}\n"
    asked = [one.ask for one in check(engine.recommender, found({"compose.yml": text})).workloads]
    assert len(asked) == 3 and "" not in asked and "kind" not in asked
