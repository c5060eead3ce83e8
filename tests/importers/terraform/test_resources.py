from __future__ import annotations

from tests.importers.conftest import Found, known


def test_triggers_of_functions(found: Found) -> None:
    text = """
    resource "aws_lambda_function" "queue" {
      timeout = 30
    }
    resource "aws_lambda_event_source_mapping" "m" {
      event_source_arn = aws_sqs_queue.q.arn
      function_name    = aws_lambda_function.queue.arn
    }
    resource "aws_lambda_function" "web" { timeout = 5 }
    resource "aws_lambda_function_url" "u" { function_name = aws_lambda_function.web.function_name }
    resource "aws_lambda_function" "daily" { timeout = 5 }
    resource "aws_scheduler_schedule" "s" {
      schedule_expression = "rate(1 day)"
      target { arn = aws_lambda_function.daily.arn }
    }
    resource "aws_lambda_function" "log_forwarder" { timeout = 5 }
    """
    scan = found({"main.tf": text})
    queue, web, daily = scan.workloads
    assert known(queue)["kind"] == "queue_worker" and known(web)["protocol"] == "http"
    assert known(daily)["invocations_per_month"] == 30
    assert [item.name for item in scan.left_out] == ["log_forwarder"]


def test_a_task_with_service_and_scaling(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "t" {
      cpu    = 256
      memory = "512"
      container_definitions = jsonencode([{ name = "a", image = "x", portMappings = [{ containerPort = 7000 }] }])
    }
    resource "aws_ecs_service" "s" {
      task_definition = aws_ecs_task_definition.t.arn
      launch_type     = "FARGATE"
      load_balancer { target_group_arn = aws_lb_target_group.g.arn }
    }
    resource "aws_lb_target_group" "g" { protocol = "HTTP" }
    resource "aws_appautoscaling_target" "a" {
      max_capacity = 4
      resource_id  = "service/c/${aws_ecs_service.s.name}"
    }
    """
    (workload,) = found({"ecs.tf": text}).workloads
    assert known(workload) == {
        "memory_mb": 512, "vcpus": 0.25, "packaging": "container", "os": "linux", "protocol": "http",
        "autoscaling": True,
    }  # fmt: skip
    assert workload.present_service == "fargate"


def test_a_job_with_its_compute_environment(found: Found) -> None:
    text = """
    resource "aws_batch_job_definition" "j" {
      timeout { attempt_duration_seconds = 7200 }
      container_properties = <<EOF
    {"image": "x", "privileged": true, "resourceRequirements": [
      {"type": "MEMORY", "value": "32000"}, {"type": "VCPU", "value": "16"}, {"type": "GPU", "value": "1"}]}
    EOF
    }
    resource "aws_batch_compute_environment" "e" {
      compute_resources { type = "SPOT" }
    }
    """
    (workload,) = found({"batch.tf": text}).workloads
    assert known(workload) == {
        "kind": "batch_job", "memory_mb": 32000, "vcpus": 16, "gpus": 1, "packaging": "container", "protocol": "none",
        "host_access": "privileged", "interruptible": True, "max_duration_s": 7200,
    }  # fmt: skip


def test_servers_have_no_needs_of_their_own(found: Found) -> None:
    text = 'resource "aws_instance" "a" { instance_type = "t3.xlarge" }\n'
    text += 'resource "aws_lightsail_container_service" "b" {}\n'
    server, site = found({"a.tf": text}).workloads
    assert known(server) == {} and server.present_service == "ec2" and site.present_service == "lightsail"


def test_instances_of_the_network_are_no_workloads(found: Found) -> None:
    text = 'resource "aws_instance" "bastion" {}\nresource "aws_instance" "web" {\n tags = { Name = "jumpbox" }\n}\n'
    scan = found({"main.tf": text})
    assert not scan.workloads and [item.name for item in scan.left_out] == ["bastion", "web"]
