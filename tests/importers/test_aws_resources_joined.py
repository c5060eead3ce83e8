from __future__ import annotations

from tests.importers.conftest import Found, known, likely

TASK = """
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: '512'
      Memory: '1024'
      ContainerDefinitions: [{Name: web, Image: 'x:1', PortMappings: [{ContainerPort: 3000}]}]
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      LaunchType: FARGATE
      LoadBalancers: [{TargetGroupArn: !Ref Group, ContainerName: web, ContainerPort: 3000}]
  Group: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {Protocol: HTTP, Port: 80}}
  Scaling:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {ResourceId: !Sub 'service/c/${Service.Name}', MaxCapacity: 10}
"""


def test_a_task_is_joined_with_what_stands_around_it(found: Found) -> None:
    (workload,) = found({"t.yml": TASK}).workloads
    assert known(workload) == {
        "memory_mb": 1024, "vcpus": 0.5, "packaging": "container", "os": "linux", "protocol": "http",
        "autoscaling": True,
    }  # fmt: skip
    assert workload.present_service == "fargate" and likely(workload)["peak_concurrency"] == 10


def test_a_job_with_its_compute_environment_and_schedule(found: Found) -> None:
    template = """
    Resources:
      Job:
        Type: AWS::Batch::JobDefinition
        Properties:
          ContainerProperties:
            Image: x
            ResourceRequirements: [{Type: MEMORY, Value: '2048'}, {Type: VCPU, Value: '1'}]
      Environment:
        Type: AWS::Batch::ComputeEnvironment
        Properties: {ComputeResources: {Type: FARGATE_SPOT}}
      Rule:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: cron(0 5 * * ? *)
          Targets: [{Arn: !Ref Queue, BatchParameters: {JobDefinition: !Ref Job}}]
    """
    (workload,) = found({"t.yml": template}).workloads
    assert workload.present_service == "batch" and known(workload) == {
        "kind": "batch_job", "memory_mb": 2048, "vcpus": 1, "packaging": "container", "protocol": "none",
        "interruptible": True, "invocations_per_month": 30,
    }  # fmt: skip


def test_a_task_whose_security_group_lets_clients_in_may_be_reached_without_a_mapped_port(found: Found) -> None:
    text = """
    Resources:
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties: {NetworkMode: awsvpc, ContainerDefinitions: [{Name: a, Image: x}]}
      Service:
        Type: AWS::ECS::Service
        Properties:
          TaskDefinition: !Ref Task
          NetworkConfiguration: {AwsvpcConfiguration: {SecurityGroups: [!Ref Group]}}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties: {GroupDescription: g%s}
      %s
    """
    rule = "Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Group, FromPort: 8080}}"
    closed = found({"t.yml": text % ("", "")}).workloads[0]
    own = found({"t.yml": text % (", SecurityGroupIngress: [{FromPort: 8080}]", "")}).workloads[0]
    apart = found({"t.yml": text % ("", rule)}).workloads[0]
    assert [known(one).get("protocol") for one in (closed, own, apart)] == ["none", None, None]
