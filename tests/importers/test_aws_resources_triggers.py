from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known

FUNCTION = """
Resources:
  F: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9, Code: {S3Bucket: b}}}
"""


def test_schedules_that_are_resources(found: Found) -> None:
    rule = """
  R: {Type: 'AWS::Events::Rule', Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt F.Arn, Id: a}]}}
  S: {Type: 'AWS::Scheduler::Schedule', Properties: {ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt F.Arn}}}
  Off:
    Type: AWS::Scheduler::Schedule
    Properties: {State: DISABLED, ScheduleExpression: rate(1 minute), Target: {Arn: !GetAtt F.Arn}}
"""
    (workload,) = found({"t.yml": FUNCTION + rule}).workloads
    assert known(workload)["kind"] == "scheduled_task" and known(workload)["invocations_per_month"] == 60


def test_event_source_mappings_by_resource_and_by_arn(found: Found) -> None:
    queue = """
  Q: {Type: 'AWS::SQS::Queue'}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}}
"""
    assert known(found({"t.yml": FUNCTION + queue}).workloads[0])["kind"] == "queue_worker"
    stream = """
  M:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref F, EventSourceArn: 'arn:aws:kinesis:us-east-1:1:stream/a'}
"""
    assert known(found({"t.yml": FUNCTION + stream}).workloads[0])["kind"] == "stream_processor"


def test_permissions_and_urls_say_who_invokes(found: Found) -> None:
    permission = """
  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !GetAtt F.Arn, Principal: s3.amazonaws.com}}
"""
    assert known(found({"t.yml": FUNCTION + permission}).workloads[0])["kind"] == "event_handler"
    url = "  U: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref F, AuthType: NONE}}\n"
    assert known(found({"t.yml": FUNCTION + url}).workloads[0])["protocol"] == "http"
    socket = """
  A: {Type: 'AWS::ApiGatewayV2::Api', Properties: {ProtocolType: WEBSOCKET}}
  P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, Principal: apigateway.amazonaws.com}}
"""
    assert known(found({"t.yml": FUNCTION + socket}).workloads[0])["protocol"] == "websocket"


def test_authorisers_are_told_by_the_api_that_calls_them(found: Found) -> None:
    text = """
Resources:
  Check: {Type: 'AWS::Serverless::Function', Properties: {Runtime: python3.12}}
  Token: {Type: 'AWS::Lambda::Function', Properties: {Runtime: python3.12}}
  Api:
    Type: AWS::Serverless::Api
    Properties: {Auth: {Authorizers: {Jwt: {FunctionArn: !GetAtt Check.Arn}}}}
  Rest:
    Type: AWS::ApiGateway::Authorizer
    Properties: {AuthorizerUri: !Sub 'arn:${AWS::Partition}:apigateway:x:lambda:path/${Token.Arn}/invocations'}
"""
    scan = found({"t.yml": text})
    assert not scan.workloads and {item.name for item in scan.left_out} == {"Check", "Token"}


def test_resources_that_call_a_function(found: Found) -> None:
    bucket = """
  B:
    Type: AWS::S3::Bucket
    Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:*', Function: !GetAtt F.Arn}]}}
"""
    topic = "  S: {Type: 'AWS::SNS::Subscription', Properties: {Protocol: lambda, Endpoint: !GetAtt F.Arn}}\n"
    for caller in (bucket, topic):
        assert known(found({"t.yml": FUNCTION + caller}).workloads[0])["kind"] == "event_handler"


def test_a_method_of_an_api_invokes_its_function(found: Found) -> None:
    method = """
  M:
    Type: AWS::ApiGateway::Method
    Properties: {HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !Sub 'arn:aws:apigateway/${F.Arn}/invocations'}}
"""
    assert known(found({"t.yml": FUNCTION + method}).workloads[0])["kind"] == "web_api"


def test_a_migration_that_nothing_invokes_is_left_out(found: Found) -> None:
    text = FUNCTION.replace("  F:", "  MigrateDatabase:")
    scan = found({"t.yml": text})
    assert not scan.workloads and "migration" in scan.left_out[0].reason


def test_who_invokes_an_alias_or_a_version_invokes_the_function(found: Found) -> None:
    alias = """
  Version: {Type: 'AWS::Lambda::Version', Properties: {FunctionName: !Ref F}}
  Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F, FunctionVersion: 1, Name: live}}
"""
    mapping = """
  Q: {Type: 'AWS::SQS::Queue'}
  M: {Type: 'AWS::Lambda::EventSourceMapping', Properties: {FunctionName: !Ref Live, EventSourceArn: !GetAtt Q.Arn}}
"""
    edge = """
  Site: {Type: 'AWS::CloudFront::Distribution', Properties: {DistributionConfig: {LambdaFunctionARN: !Ref Version}}}
"""
    both = """
  R:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !Ref Live, Id: a}, {Arn: !GetAtt F.Arn, Id: b}]}
"""
    assert known(found({"t.yml": FUNCTION + alias}).workloads[0]).get("kind") is None
    assert known(found({"t.yml": FUNCTION + alias + mapping}).workloads[0])["kind"] == "queue_worker"
    assert found({"t.yml": FUNCTION + alias + edge}).left_out[0].name == "F"
    assert known(found({"t.yml": FUNCTION + alias + both}).workloads[0])["invocations_per_month"] == 30
    terraform = """
    resource "aws_lambda_function" "f" { runtime = "python3.12" }
    resource "aws_lambda_alias" "live" { function_name = aws_lambda_function.f.function_name }
    resource "aws_cloudwatch_event_rule" "r" { schedule_expression = "rate(1 hour)" }
    resource "aws_cloudwatch_event_target" "t" {
      rule = aws_cloudwatch_event_rule.r.name
      arn  = aws_lambda_alias.live.arn
    }
    """
    assert known(found({"main.tf": terraform}).workloads[0])["invocations_per_month"] == 730


def test_a_function_is_told_by_its_plain_name_too(found: Found) -> None:
    template = """
    Resources:
      F: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: load}}
      G: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: site}}
      H: {Type: 'AWS::Lambda::Function', Properties: {FunctionName: loads}}
      M:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {FunctionName: 'load:live', EventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:q'}
      U:
        Type: AWS::Lambda::Url
        Properties: {TargetFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:site', AuthType: NONE}
    """
    load, site, other = found({"t.yml": template}).workloads
    assert known(load)["kind"] == "queue_worker" and known(site) == {"protocol": "http"} and known(other) == {}


def test_a_pipe_and_a_target_group_invoke_their_target(found: Found) -> None:
    template = """
    Resources:
      Stream: {Type: 'AWS::Kinesis::Stream'}
      F: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9}}
      G: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9}}
      Enrich: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9}}
      Pipe:
        Type: AWS::Pipes::Pipe
        Properties: {Source: !GetAtt Stream.Arn, Target: !GetAtt F.Arn, Enrichment: !GetAtt Enrich.Arn}
      Group:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {TargetType: lambda, Targets: [{Id: !GetAtt G.Arn}]}
    """
    piped, reached, between = found({"t.yml": template}).workloads
    assert known(piped)["kind"] == "stream_processor" and "kind" not in known(between)
    assert known(reached)["protocol"] == "http"


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        ("StepFunctions::StateMachine", "{DefinitionString: !Sub '${F.Arn}'}", ("event_handler", "none")),
        ("AppSync::DataSource", "{LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}}", ("web_api", "http")),
        ("Lex::BotAlias", "{BotAliasLocaleSettings: [{LambdaArn: !GetAtt F.Arn}]}", ("event_handler", "none")),
        ("Connect::IntegrationAssociation", "{IntegrationArn: !GetAtt F.Arn}", ("event_handler", "none")),
        ("KinesisFirehose::DeliveryStream", "{A: {B: !GetAtt F.Arn}}", ("stream_processor", "none")),
        ("CloudWatch::Alarm", "{Dimensions: [{Value: !Ref F}]}", (None, None)),
        ("CloudWatch::Alarm", "{AlarmActions: [!GetAtt F.Arn]}", ("event_handler", "none")),
    ],
)
def test_services_that_call_functions(
    found: Found, type_: str, properties: str, expected: tuple[str | None, str | None]
) -> None:
    caller = f"  Caller: {{Type: 'AWS::{type_}', Properties: {properties}}}\n"
    values = known(found({"t.yml": FUNCTION + caller}).workloads[0])
    assert (values.get("kind"), values.get("protocol")) == expected
