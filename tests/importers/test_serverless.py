from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_functions_over_the_provider(found: Found) -> None:
    text = """
    service: orders
    custom: {timeout: 20}
    provider:
      name: aws
      runtime: nodejs18.x
      memorySize: 512
      timeout: ${self:custom.timeout}
      environment: {TOKEN: hush-hush-1}
    functions:
      api: {handler: a.b, events: [{http: {path: /}}, {httpApi: '*'}]}
      cron: {handler: a.c, timeout: 60, events: [{schedule: {rate: [rate(5 minutes), rate(1 hour)]}}]}
      image: {image: x, memorySize: "${env:MEM, '256'}", events: [{sqs: {arn: a}}]}
      myAuthorizer: {handler: a.d}
    """
    scan = found({"serverless.yml": text})
    api, cron, image = scan.workloads
    assert known(api) == {
        "kind": "web_api", "protocol": "http", "max_duration_s": 20, "memory_mb": 512, "language": "nodejs",
    }  # fmt: skip
    assert known(cron)["invocations_per_month"] == 9490 and known(cron)["max_duration_s"] == 60
    assert known(image)["packaging"] == "container" and "memory_mb" not in known(image)
    assert likely(image)["memory_mb"] == 256 and "language" not in known(image)
    assert [item.name for item in scan.left_out] == ["myAuthorizer"] and "hush-hush-1" not in scan.model_dump_json()


def test_the_defaults_are_those_of_the_framework(found: Found) -> None:
    text = "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: a.b, events: [{schedule: nonsense}]}}\n"
    (workload,) = found({"serverless.yml": text}).workloads
    assert any("6 s" in remark for remark in workload.remarks) and "invocations_per_month" not in known(workload)


def test_functions_in_other_files_are_named(found: Found) -> None:
    text = "service: a\nprovider: {name: aws}\nfunctions: ${file(functions.yml)}\n"
    assert "serverless print" in found({"serverless.yml": text}).unreadable[0].advice


def test_other_clouds_are_not_read(found: Found) -> None:
    assert not found(
        {"serverless.yml": "service: a\nprovider: {name: google}\nfunctions: {f: {handler: a}}\n"}
    ).workloads


def test_files_beside_the_configuration_are_read(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws, memorySize: "${file(./sizes.json):memory.${opt:stage, 'dev'}}", timeout: "${file(s.yml):t}"}
    functions: ${file(functions.yml)}
    """
    files = {
        "serverless.yml": text,
        "functions.yml": "load: {handler: a.b, events: [{sqs: x}]}\n",
        "sizes.json": '{"memory": {"dev": 256, "prod": 1024}}',
        "s.yml": "t: 40\n",
    }
    (workload,) = found(files).workloads
    assert known(workload) == {"max_duration_s": 40, "kind": "queue_worker", "protocol": "none"}
    assert likely(workload)["memory_mb"] == 256 and workload.workload_id == "load"
    assert next(value.file for value in workload.values if value.field == "max_duration_s") == "s.yml"


def test_the_first_source_that_is_known_is_only_likely_behind_one_that_is_not(found: Found) -> None:
    text = """
    service: a
    custom: {size: {dev: 256}, loop: "${self:custom.loop}"}
    provider: {name: aws}
    functions:
      f: {handler: a.b, memorySize: "${ssm:/size, self:custom.size.${sls:stage}}", timeout: "${self:custom.loop}"}
    """
    (workload,) = found({"serverless.yml": text}).workloads
    assert known(workload) == {} and likely(workload)["memory_mb"] == 256


def test_an_authoriser_is_told_by_the_event_that_names_it(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws, runtime: nodejs20.x}
    functions:
      verify: {handler: a.b}
      items: {handler: a.c, events: [{http: {path: x, method: get, authorizer: {name: verify}}}]}
    """
    scan = found({"serverless.yml": text})
    assert [workload.workload_id for workload in scan.workloads] == ["items"]
    assert [item.name for item in scan.left_out] == ["verify"]


def test_a_queue_of_the_plug_in_lift_has_a_worker(found: Found) -> None:
    text = """
    service: jobs
    provider: {name: aws, runtime: python3.12}
    constructs:
      jobs: {type: queue, worker: {handler: a.consumer, timeout: 120}}
      files: {type: storage}
    functions:
      producer: {handler: a.producer, events: [{httpApi: {method: post, path: /}}]}
    """
    _, worker = found({"serverless.yml": text}).workloads
    assert worker.workload_id == "jobsWorker" and known(worker)["max_duration_s"] == 120
    assert known(worker)["kind"] == "queue_worker" and known(worker)["language"] == "python"


def test_resources_beside_the_functions_are_a_template(found: Found) -> None:
    text = """
    service: a
    custom: {cpu: 512}
    provider: {name: aws}
    resources:
      - Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Cpu: ${self:custom.cpu}
              Memory: 1024
              RequiresCompatibilities: [FARGATE]
              ContainerDefinitions: [{Image: x, Environment: [{Name: TOKEN, Value: hush-hush-1}]}]
      - Resources: {Bucket: {Type: 'AWS::S3::Bucket'}}
    """
    scan = found({"serverless.yml": text})
    (workload,) = scan.workloads
    assert workload.present_service == "fargate" and "hush-hush-1" not in scan.model_dump_json()
    assert (known(workload)["vcpus"], known(workload)["memory_mb"]) == (0.5, 1024)


def test_migrations_that_nothing_invokes_are_steps_of_a_deployment(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws}
    functions:
      migrate-up: {handler: a.b}
      seeder: {handler: a.c}
      migrateRecords: {handler: a.d, events: [{sqs: x}]}
      seedless: {handler: a.e}
    """
    scan = found({"serverless.yml": text})
    assert [one.workload_id for one in scan.workloads] == ["migrateRecords", "seedless"]
    assert [one.name for one in scan.left_out] == ["migrate-up", "seeder"]


_JOINED = """
service: a
provider: {name: aws, runtime: python3.12}
functions:
  hello: {handler: a.a}
  load-rows: {handler: a.b}
  read_log: {handler: a.c}
  nightly: {handler: a.d}
  off: {handler: a.e}
  mail: {handler: a.f}
  site: {handler: a.g}
  mixed: {handler: a.h, events: [{httpApi: '*'}]}
  alone: {handler: a.i}
resources:
  - Resources:
      Queue: {Type: 'AWS::SQS::Queue'}
      Hourly:
        Type: AWS::Events::Rule
        Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !GetAtt HelloLambdaFunction.Arn}]}
      Rows:
        Type: AWS::Lambda::EventSourceMapping
        Properties: {EventSourceArn: !GetAtt Queue.Arn, FunctionName: {Ref: LoadDashrowsLambdaFunction}}
      Log:
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          EventSourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/x'
          FunctionName: {'Fn::GetAtt': [Read_logLambdaFunction, Arn]}
      LogByItsName:
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          EventSourceArn: 'arn:aws:kinesis:eu-west-1:111122223333:stream/x'
          FunctionName: !GetAtt ReadUnderscorelogLambdaFunction.Arn
  - Resources:
      Nightly:
        Type: AWS::Scheduler::Schedule
        Properties: {ScheduleExpression: cron(0 3 * * ? *), Target: {Arn: !GetAtt NightlyLambdaFunction.Arn}}
      Off:
        Type: AWS::Scheduler::Schedule
        Properties: {State: DISABLED, ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt OffLambdaFunction.Arn}}
      MailPermission:
        Type: AWS::Lambda::Permission
        Properties: {FunctionName: !Sub '${MailLambdaFunction.Arn}', Principal: s3.amazonaws.com}
      SiteUrl: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !GetAtt SiteLambdaFunction.Arn}}
      Mixed:
        Type: AWS::Events::Rule
        Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !GetAtt MixedLambdaFunction.Arn}]}
"""


def test_functions_are_joined_with_the_resources_that_invoke_them(found: Found) -> None:
    scan = found({"serverless.yml": _JOINED})
    kinds = {one.workload_id: (known(one).get("kind"), known(one).get("protocol")) for one in scan.workloads}
    assert kinds == {
        "hello": ("scheduled_task", "none"),
        "load-rows": ("queue_worker", "none"),
        "read_log": ("stream_processor", "none"),
        "nightly": ("scheduled_task", "none"),
        "off": (None, None),
        "mail": ("event_handler", "none"),
        "site": (None, "http"),
        "mixed": (None, "http"),
        "alone": (None, None),
    }
    hello, nightly, off = (next(one for one in scan.workloads if one.workload_id == name)
                           for name in ("hello", "nightly", "off"))  # fmt: skip
    (runs,) = (value for value in hello.values if value.field == "invocations_per_month")
    assert (runs.value, runs.key, runs.file) == (730, "Hourly.ScheduleExpression", "serverless.yml")
    assert "rate(1 hour)" in _JOINED.strip().splitlines()[runs.line - 1]
    assert known(nightly)["invocations_per_month"] == 30 and "every trigger is disabled" in off.remarks


def test_a_function_that_a_resource_uses_for_deployments_or_requests_of_others_is_no_workload(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws}
    functions: {tables: {handler: a.b}, verify: {handler: a.c}, edge: {handler: a.d}, api: {handler: a.e}}
    resources:
      Resources:
        Table: {Type: 'Custom::Table', Properties: {ServiceToken: !GetAtt TablesLambdaFunction.Arn}}
        Verify:
          Type: AWS::ApiGateway::Authorizer
          Properties: {AuthorizerUri: !Sub 'arn:aws:x:functions/${VerifyLambdaFunction.Arn}/invocations'}
        Site:
          Type: AWS::CloudFront::Distribution
          Properties: {DistributionConfig: {Origin: {LambdaFunctionARN: {Ref: EdgeLambdaFunction}}}}
    """
    scan = found({"serverless.yml": text})
    assert [one.workload_id for one in scan.workloads] == ["api"]
    assert {one.name for one in scan.left_out} == {"tables", "verify", "edge"}


def test_what_the_resources_change_of_a_function_counts_and_is_no_second_one(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws, timeout: 10, memorySize: 256}
    functions: {hello: {handler: a.b}}
    resources:
      Resources: {HelloLambdaFunction: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 90}}}
      extensions: {HelloLambdaFunction: {Properties: {MemorySize: 512}}}
    """
    (workload,) = found({"serverless.yml": text}).workloads
    assert known(workload) == {"max_duration_s": 90, "memory_mb": 512}


def test_plug_ins_that_call_functions(found: Found) -> None:
    text = """
    service: orders
    provider: {name: aws, runtime: php-84-fpm}
    functions:
      check: {handler: a}
      query: {handler: b, runtime: "${bref:layer.php-84}"}
      alone: {handler: c, runtime: nodejs22.x}
    stepFunctions:
      stateMachines:
        flow:
          definition: {States: {First: {Type: Task, Resource: {Fn::GetAtt: [check, Arn]}}}}
    appSync:
      dataSources:
        Own: {type: AWS_LAMBDA, config: {functionName: query}}
    """
    check, query, alone = found({"serverless.yml": text}).workloads
    assert known(check) == {"language": "php", "kind": "event_handler", "protocol": "none"}
    assert known(query) == {"language": "php", "kind": "web_api", "protocol": "http"}
    assert known(alone) == {"language": "nodejs"}


def test_functions_of_other_providers_are_named_as_unread(found: Found) -> None:
    text = """
    service: mail
    provider: {name: azure, runtime: nodejs20}
    functions:
      send: {handler: send.main, events: [{queue: mails}]}
    """
    scan = found({"serverless.yml": text})
    (lost,) = scan.unreadable
    assert not scan.workloads and "'azure'" in lost.reason and "ask" in lost.advice


def test_values_of_a_chart_are_no_configuration_of_the_framework(found: Found) -> None:
    for provider in ("google", "aws"):
        scan = found({"values.yaml": f"provider: {{name: {provider}}}\nservice: {{type: ClusterIP, port: 80}}\n"})
        assert not scan.unreadable and not scan.files
    scan = found({"bot.yaml": "provider: openai\nfunctions: [{name: weather}]\n"})
    assert not scan.unreadable and not scan.files


def test_functions_are_in_the_region_of_their_provider(found: Found) -> None:
    text = """
    service: s
    provider: {name: aws, runtime: nodejs20.x, region: "%s"}
    functions: {f: {handler: a.b}}
    """
    assert known(found({"serverless.yml": text % "eu-west-1"}).workloads[0])["region"] == "eu-west-1"
    (likely_one,) = found({"serverless.yml": text % "${opt:region, 'us-east-2'}"}).workloads
    assert "region" not in known(likely_one) and likely(likely_one)["region"] == "us-east-2"


def test_the_default_of_the_stage_is_followed_through_other_variables(found: Found) -> None:
    text = """
    service: s
    provider: {name: aws, runtime: nodejs20.x, stage: "${opt:stage, self:custom.usual}"}
    custom: {usual: live, sizes: {dev: 128, live: 2048}}
    functions:
      a: {handler: a.b, memorySize: "${self:custom.sizes.${sls:stage}}"}
      b: {handler: a.b, memorySize: "${self:custom.sizes.${opt:stage, self:provider.stage}}"}
    """
    assert [likely(one)["memory_mb"] for one in found({"serverless.yml": text}).workloads] == [2048, 2048]


def test_parameters_are_those_of_the_file(found: Found) -> None:
    text = """
    service: a
    provider: {name: aws, runtime: nodejs20.x}
    params:
      default: {memory: 512, seconds: 20}
      prod: {memory: 2048}
    functions:
      f: {handler: a.b, memorySize: "${param:memory}", timeout: "${param:seconds}", events: [{sqs: a}]}
      g: {handler: a.b, memorySize: "${param:elsewhere}", events: [{sqs: a}]}
    """
    f, g = found({"serverless.yml": text}).workloads
    assert known(f)["max_duration_s"] == 20 and "memory_mb" not in known(f) and likely(f)["memory_mb"] == 512
    assert "memory_mb" not in {**known(g), **likely(g)}


def test_a_list_of_configurations_is_no_workload(found: Found) -> None:
    text = "services: {api: {path: api, params: {memory: 1}}, jobs: {path: jobs, dependsOn: api}}\n"
    own = "service: a\nprovider: {name: aws}\nfunctions: {f: {handler: a.b}}\n"
    scan = found({"serverless-compose.yml": text, "api/serverless.yml": own})
    assert [one.workload_id for one in scan.workloads] == ["f"] and not scan.unreadable
    assert [(one.name, "in jobs" in one.reason) for one in scan.left_out] == [("api", False), ("jobs", True)]
