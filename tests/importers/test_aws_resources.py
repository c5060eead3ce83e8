from __future__ import annotations

from tests.importers.conftest import Found, known, likely


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


def test_a_group_of_instances_is_named_as_left_out(found: Found) -> None:
    template = "Resources: {Web: {Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: {MaxSize: 4}}}"
    scan = found({"main.tf": 'resource "aws_autoscaling_group" "web" { max_size = 4 }\n', "t.yml": template})
    assert not scan.workloads and [(item.name, item.file) for item in scan.left_out] == [
        ("web", "main.tf"), ("Web", "t.yml"),
    ]  # fmt: skip
    assert all("Auto Scaling group" in item.reason for item in scan.left_out)


def test_resources_that_call_a_function(found: Found) -> None:
    text = """
    resource "aws_lambda_function" "api" { timeout = 20 }
    resource "aws_apigatewayv2_integration" "i" { integration_uri = aws_lambda_function.api.invoke_arn }
    resource "aws_lambda_function" "thumbnail" { timeout = 60 }
    resource "aws_s3_bucket_notification" "n" {
      lambda_function { lambda_function_arn = aws_lambda_function.thumbnail.arn }
    }
    resource "aws_lambda_function" "token" { timeout = 5 }
    resource "aws_api_gateway_authorizer" "a" { authorizer_uri = aws_lambda_function.token.invoke_arn }
    """
    scan = found({"main.tf": text})
    api, thumbnail = scan.workloads
    assert known(api)["kind"] == "web_api" and known(thumbnail)["kind"] == "event_handler"
    assert [item.name for item in scan.left_out] == ["token"]


def test_an_integration_of_a_websocket_api_is_no_http(found: Found) -> None:
    text = """
    resource "aws_lambda_function" "chat" { timeout = 20 }
    resource "aws_apigatewayv2_api" "a" { protocol_type = "WEBSOCKET" }
    resource "aws_apigatewayv2_integration" "i" { integration_uri = aws_lambda_function.chat.invoke_arn }
    """
    assert known(found({"main.tf": text}).workloads[0])["protocol"] == "websocket"


def test_a_service_of_a_task_elsewhere_is_named(found: Found) -> None:
    text = 'resource "aws_ecs_service" "s" { task_definition = data.aws_ecs_task_definition.t.arn }\n'
    scan = found({"main.tf": text})
    assert not scan.workloads and "describe-task-definition" in scan.left_out[0].reason


def test_a_port_that_is_not_known_is_tcp_only_where_that_is_written(found: Found) -> None:
    task = """
    resource "aws_ecs_task_definition" "%s" {
      container_definitions = jsonencode([{ name = "a", image = "x", portMappings = %s }])
    }
    """
    text = task % ("open", "[{ containerPort = var.port }]")
    text += task % ("written", '[for port in var.ports : { containerPort = port, protocol = "tcp" }]')
    text += task % ("elsewhere", "var.mappings")
    opened, written, elsewhere = found({"main.tf": text}).workloads
    assert "protocol" not in known(opened) and likely(opened)["protocol"] == "tcp"
    assert known(written)["protocol"] == "tcp"
    assert "protocol" not in {**known(elsewhere), **likely(elsewhere)}


def test_a_target_group_elsewhere_of_an_application_load_balancer(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "t" {
      container_definitions = jsonencode([{ name = "a", image = "x", portMappings = [{ containerPort = 3001 }] }])
    }
    resource "aws_ecs_service" "s" {
      task_definition = aws_ecs_task_definition.t.arn
      load_balancer { target_group_arn = aws_alb_target_group.g.arn }
    }
    """
    assert known(found({"ecs.tf": text}).workloads[0])["protocol"] == "http"


def test_a_schedule_starts_tasks_and_submits_jobs_and_a_disabled_rule_nothing(found: Found) -> None:
    text = """
    resource "aws_cloudwatch_event_rule" "hourly" { schedule_expression = "rate(1 hour)" }
    resource "aws_cloudwatch_event_target" "job" {
      rule = aws_cloudwatch_event_rule.hourly.name
      batch_target { job_definition = aws_batch_job_definition.sum.arn }
    }
    resource "aws_batch_job_definition" "sum" { container_properties = jsonencode({ image = "a" }) }
    resource "aws_cloudwatch_event_rule" "off" {
      event_pattern = "{}"
      state         = "DISABLED"
    }
    resource "aws_cloudwatch_event_target" "fn" {
      rule = aws_cloudwatch_event_rule.off.name
      arn  = aws_lambda_function.fn.arn
    }
    resource "aws_lambda_function" "fn" { runtime = "go1.x" }
    """
    job, function = found({"main.tf": text}).workloads
    assert known(job)["invocations_per_month"] == 730 and known(job)["kind"] == "batch_job"
    assert "kind" not in known(function) and "every trigger is disabled" in function.remarks


def test_a_migration_and_a_function_at_the_edge_are_no_workloads(found: Found) -> None:
    text = """
    resource "aws_ecs_task_definition" "migrate" { container_definitions = jsonencode([{ name = "m", image = "a" }]) }
    resource "aws_lambda_function" "edge" { runtime = "python3.12" }
    resource "aws_cloudfront_distribution" "d" {
      default_cache_behavior {
        lambda_function_association { lambda_arn = aws_lambda_function.edge.qualified_arn }
      }
    }
    """
    scan = found({"main.tf": text})
    assert not scan.workloads and [one.name for one in scan.left_out] == ["migrate", "edge"]
