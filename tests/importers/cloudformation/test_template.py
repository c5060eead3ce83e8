from __future__ import annotations

import json

from tests.importers.conftest import Found, known, likely

SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Memory: {Type: Number, Default: 256}
Globals:
  Function:
    Timeout: 50
    Runtime: nodejs20.x
    Architectures: [x86_64]
Resources:
  GetItems:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 512
      Environment: {Variables: {TOKEN: hush-hush-1}}
      Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: !Ref Memory
      Events: {Q: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}}
  CustomAuthorizer: {Type: 'AWS::Serverless::Function', Properties: {Handler: a.b}}
  Child: {Type: 'AWS::Serverless::Application', Properties: {Location: child.yml}}
"""


def test_sam_with_globals_parameters_and_events(found: Found) -> None:
    scan = found({"template.yaml": SAM})
    api, worker = scan.workloads
    assert (
        api.workload_id == "GetItems"
        and api.present_service == "lambda"
        and (api.file, api.line) == ("template.yaml", 10)
    )
    assert known(api) == {
        "kind": "web_api", "max_duration_s": 50, "memory_mb": 512, "language": "nodejs", "cpu_architecture": "x86_64",
        "protocol": "http",
    }  # fmt: skip
    assert known(worker)["kind"] == "queue_worker" and "memory_mb" not in known(worker)
    assert likely(worker)["memory_mb"] == 256
    assert {item.name for item in scan.left_out} == {"CustomAuthorizer", "Child"}
    assert "hush-hush-1" not in scan.model_dump_json()


def test_a_synthesised_template_without_the_helpers_of_cdk(found: Found) -> None:
    function = {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 30, "Runtime": "python3.12"}}
    template = {
        "Resources": {
            "OrdersHandler1A2B3C4D": {**function, "Metadata": {"aws:cdk:path": "Stack/Orders/Handler/Resource"}},
            "Plain9F8E7D6C": function,
            "AWS679f53fac002430cb0da5b7982bd22872D164C4C": function,
            "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A": function,
            "BucketNotificationsHandler050a0587b7544547bf325f094a3db8347ECC3691": function,
            "CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F": function,
        }
    }
    scan = found({"cdk.out/Stack.template.json": json.dumps(template, indent=1)})
    assert [workload.workload_id for workload in scan.workloads] == ["Orders/Handler", "Plain"]
    assert len(scan.left_out) == 4


def test_container_and_tcp_of_a_game_server(found: Found) -> None:
    template = """
    Resources:
      TaskDefinition:
        Type: AWS::ECS::TaskDefinition
        Properties:
          Cpu: 256
          Memory: 512
          RequiresCompatibilities: [FARGATE]
          ContainerDefinitions:
            - {Name: game, Image: !Ref Image, PortMappings: [{ContainerPort: 31400, Protocol: tcp}]}
    """
    (workload,) = found({"task.yaml": template}).workloads
    assert known(workload) == {
        "memory_mb": 512, "vcpus": 0.25, "packaging": "container", "os": "linux", "protocol": "tcp",
    }  # fmt: skip
    assert likely(workload)["kind"] == "server" and workload.present_service == "fargate"


def test_servers_and_lightsail_have_no_needs_of_their_own(found: Found) -> None:
    template = """
    Resources:
      Box: {Type: 'AWS::EC2::Instance', Properties: {InstanceType: t3.xlarge}}
      Site: {Type: 'AWS::Lightsail::Instance', Properties: {BundleId: nano_3_0}}
    """
    box, site = found({"t.yml": template}).workloads
    assert (box.present_service, site.present_service) == ("ec2", "lightsail") and known(box) == known(site) == {}


def test_functions_of_custom_resources_and_instances_of_the_network_are_no_workloads(found: Found) -> None:
    text = """
    Resources:
      KeyGen: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}
      Keys: {Type: Custom::Keys, Properties: {ServiceToken: !GetAtt KeyGen.Arn}}
      NATInstance1: {Type: AWS::EC2::Instance}
      BastionHost: {Type: AWS::EC2::Instance}
      Audit: {Type: AWS::Lambda::Function, Properties: {Timeout: 5}}
      Rule: {Type: AWS::Config::ConfigRule, Properties: {Source: {SourceIdentifier: !GetAtt Audit.Arn}}}
    """
    scan = found({"t.yml": text})
    (audit,) = scan.workloads
    assert known(audit)["kind"] == "event_handler"
    assert [item.name for item in scan.left_out] == ["KeyGen", "NATInstance1", "BastionHost"]


def test_what_may_have_no_value_is_likely_and_never_taken_for_nothing(found: Found) -> None:
    text = """
Conditions: {HasPort: !Not [!Equals [!Ref Port, '']]}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: 256
      ContainerDefinitions:
      - !If [HasProxy, {Name: proxy, Image: x, PortMappings: [{ContainerPort: 9000}]}, !Ref 'AWS::NoValue']
      - Name: app
        Image: y
        PortMappings: !If [HasPort, [{ContainerPort: 7000}], !Ref 'AWS::NoValue']
  Service:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: !Ref Task}
  Scaling:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Condition: HasPort
    Properties: {ResourceId: !Sub 'service/c/${Service.Name}', MaxCapacity: 4}
"""
    scan = found({"t.yml": text})
    (workload,) = scan.workloads
    assert known(workload) == {"vcpus": 0.25, "os": "linux", "packaging": "container"}
    assert likely(workload)["protocol"] == "tcp" and likely(workload)["autoscaling"] is True
    assert [item.name for item in scan.left_out] == ["Task/proxy"]


def test_a_nested_template_that_is_not_at_hand_is_read_by_its_parameters(found: Found) -> None:
    text = """
Resources:
  Web:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./node_modules/@cfn-modules/fargate-service/module.yml
      Parameters:
        TargetModule: !GetAtt Target.Outputs.StackName
        AppImage: x/y
        AppPort: '3000'
        Cpu: '0.5'
        Memory: '1'
        CpuArchitecture: ARM64
  Nightly:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://example.org/fargate-task.yml
      Parameters: {Cpu: '1024', Memory: '2048', ScheduleExpression: rate(1 day)}
  Target:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./node_modules/@cfn-modules/ecs-alb-target/module.yml}
"""
    scan = found({"t.yml": text})
    web, nightly = scan.workloads
    assert known(web) == {
        "vcpus": 0.5, "memory_mb": 1024, "cpu_architecture": "arm64", "protocol": "http", "os": "linux",
        "packaging": "container",
    }  # fmt: skip
    assert known(nightly)["kind"] == "scheduled_task" and known(nightly)["memory_mb"] == 2048
    assert [item.name for item in scan.left_out] == ["Target"]


def test_helpers_of_cdk_and_services_of_tasks_elsewhere_are_left_out(found: Found) -> None:
    text = """
Resources:
  ClusterDefaultAutoScalingGroupDrainECSHookFunctionE17A5F5E: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9}}
  Service: {Type: 'AWS::ECS::Service', Properties: {TaskDefinition: 'arn:aws:ecs:x:1:task-definition/a:1'}}
"""
    scan = found({"t.yml": text})
    assert not scan.workloads and len(scan.left_out) == 2
    assert "describe-task-definition" in scan.left_out[1].reason


def test_parts_from_elsewhere_are_named_and_not_fetched(found: Found) -> None:
    text = """
Transform: [{Name: 'AWS::Include', Parameters: {Location: 's3://b/a.yaml'}}, 'AWS::Serverless-2016-10-31']
Resources:
  F: {Type: 'AWS::Lambda::Function', Properties: {Timeout: 9}}
  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/b.yaml'}}
"""
    scan = found({"t.yml": text})
    assert len(scan.workloads) == 1 and [one.line for one in scan.unreadable] == [1, 4]
    assert all("not fetched" in one.reason for one in scan.unreadable)
