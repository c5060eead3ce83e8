from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known, likely


def test_files_of_a_folder_are_one_configuration(found: Found) -> None:
    scan = found(
        {
            "main.tf": 'resource "aws_lambda_function" "f" {\ntimeout = local.timeout\nmemory_size = var.memory\n}\n',
            "variables.tf": 'variable "memory" { default = 512 }\nlocals { timeout = 60 }\n',
            "other/main.tf": 'resource "aws_lambda_function" "g" { memory_size = var.memory }\n',
        }
    )
    first, second = scan.workloads
    assert known(first) == {"max_duration_s": 60} and likely(first)["memory_mb"] == 512
    assert known(second) == {} and (first.file, first.line) == ("main.tf", 1)


def test_a_file_that_is_not_hcl_is_named(found: Found) -> None:
    lost = found({"main.tf": "resource {\n"}).unreadable[0]
    assert "terraform show -json" in lost.advice


LAMBDA = """
resource "aws_lambda_function" "this" {
  timeout     = var.timeout
  memory_size = var.memory
  runtime     = "python3.12"
}
variable "timeout" {}
variable "memory" { default = 256 }
output "arn" { value = aws_lambda_function.this.arn }
"""


def test_a_module_is_read_with_what_its_calls_give(found: Found) -> None:
    calls = """
    module "orders" {
      source  = "./modules/function"
      timeout = 30
    }
    module "reports" {
      source  = "./modules/function"
      timeout = var.slow
      memory  = 1024
    }
    variable "slow" { default = 600 }
    resource "aws_scheduler_schedule" "s" {
      schedule_expression = "rate(1 day)"
      target { arn = module.reports.arn }
    }
    """
    scan = found({"main.tf": calls, "modules/function/main.tf": LAMBDA})
    orders, reports = scan.workloads
    assert [orders.workload_id, reports.workload_id] == ["orders.this", "reports.this"]
    # The call leaves the memory out, so the default of the module is what it gets.
    assert known(orders) == {"max_duration_s": 30, "memory_mb": 256, "language": "python"}
    timeout = next(value for value in orders.values if value.field == "max_duration_s")
    assert (timeout.file, timeout.line) == ("main.tf", 3)
    assert known(reports)["memory_mb"] == 1024 and known(reports)["invocations_per_month"] == 30
    assert likely(reports)["max_duration_s"] == 600


def test_a_module_that_calls_itself_ends(found: Found) -> None:
    text = 'module "again" { source = "../b" }\n'
    scan = found({"a/main.tf": text + LAMBDA, "b/main.tf": 'module "again" { source = "../a" }\n', "main.tf":
                  'module "first" { source = "./a" }'})  # fmt: skip
    assert len(scan.workloads) <= 8


def test_every_element_of_a_known_list_is_a_workload(found: Found) -> None:
    text = """
    locals {
      names = ["load", "clean"]
      sizes = { load = { memory = 1024, timeout = 15 * 60 }, clean = { memory = 256 } }
    }
    resource "aws_lambda_function" "step" {
      for_each    = toset(local.names)
      memory_size = local.sizes[each.value].memory
      timeout     = try(local.sizes[each.key].timeout, 30)
    }
    resource "aws_lambda_function" "open" {
      for_each    = var.functions
      memory_size = each.value.memory
    }
    resource "aws_lambda_function" "off" {
      count       = 0
      memory_size = 512
    }
    """
    scan = found({"main.tf": text})
    load, clean, open_ = scan.workloads
    assert (load.workload_id, clean.workload_id, open_.workload_id) == ("step[load]", "step[clean]", "open")
    assert known(load) == {"memory_mb": 1024, "max_duration_s": 900}
    assert known(clean) == {"memory_mb": 256, "max_duration_s": 30} and known(open_) == {}
    assert [(item.name, item.reason) for item in scan.left_out] == [("off", "its count is 0")]


def test_variables_of_files_that_terraform_loads_are_given(found: Found) -> None:
    main = 'resource "aws_lambda_function" "f" {\n memory_size = var.memory\n timeout = var.timeout\n}\n'
    main += 'variable "memory" { default = 256 }\nvariable "timeout" {}\n'
    (workload,) = found({"main.tf": main, "terraform.tfvars": "memory = 1024\ntimeout = 60 * 2\n"}).workloads
    assert known(workload) == {"memory_mb": 1024, "max_duration_s": 120}
    assert {(value.file, value.line) for value in workload.values} == {("terraform.tfvars", 1), ("terraform.tfvars", 2)}


def test_of_several_environments_production_counts(found: Found) -> None:
    main = 'resource "aws_lambda_function" "f" {\n memory_size = var.memory\n}\nvariable "memory" {}\n'
    scan = found({"main.tf": main, "env/dev.tfvars": "memory = 256\n", "env/prod.tfvars": "memory = 2048\n"})
    assert known(scan.workloads[0]) == {"memory_mb": 2048}
    scan = found({"main.tf": main, "env/dev.tfvars": "memory = 256\n", "env/prod.tfvars": "", "env/qa.tfvars":
                  "memory = 512\n"})  # fmt: skip
    assert known(scan.workloads[0]) == {}


def test_a_module_whose_files_are_elsewhere_says_it_by_the_names_of_its_arguments(found: Found) -> None:
    text = """
    module "resize" {
      source      = "terraform-aws-modules/lambda/aws"
      handler     = "index.handler"
      runtime     = "nodejs20.x"
      memory_size = 1024
      timeout     = 60
    }
    module "api" {
      source         = "cloudposse/ecs-fargate-service/aws"
      cpu            = 512
      memory         = 1024
      container_port = 7000
    }
    module "vpc" {
      source = "terraform-aws-modules/vpc/aws"
    }
    resource "aws_lambda_event_source_mapping" "m" {
      event_source_arn = aws_sqs_queue.q.arn
      function_name    = module.resize.lambda_function_arn
    }
    """
    resize, api = found({"main.tf": text}).workloads
    assert known(resize) == {"max_duration_s": 60, "memory_mb": 1024, "language": "nodejs", "kind": "queue_worker",
                             "protocol": "none"}  # fmt: skip
    assert {value.how for value in resize.values} == {"derived"}
    assert known(api) == {"vcpus": 0.5, "memory_mb": 1024, "packaging": "container", "os": "linux", "protocol": "tcp"}
    assert (resize.present_service, api.present_service) == ("lambda", "fargate")


def test_configuration_in_json(found: Found) -> None:
    text = '{"resource": {"aws_lambda_function": {"f": {"timeout": 30, "memory_size": "${var.m}"}}},'
    text += ' "variable": {"m": {"default": 512}}}'
    (workload,) = found({"cdk.tf.json": text}).workloads
    assert known(workload) == {"max_duration_s": 30} and likely(workload)["memory_mb"] == 512


def test_a_value_that_passes_through_a_call_keeps_its_place(found: Found) -> None:
    calls = 'module "a" {\n  source  = "./m"\n  timeout = var.slow\n}\nvariable "slow" {}\n'
    scan = found({"main.tf": calls, "terraform.tfvars": "other = 1\nslow = 700\n", "m/main.tf": LAMBDA})
    value = next(one for one in scan.workloads[0].values if one.field == "max_duration_s")
    assert (value.value, value.how, value.file, value.line) == (700, "given", "terraform.tfvars", 2)


def test_a_trigger_in_a_module_finds_the_function_of_another(found: Found) -> None:
    rule = """
    variable "function_arn" {}
    variable "rate" {}
    resource "aws_cloudwatch_event_rule" "r" { schedule_expression = var.rate }
    resource "aws_cloudwatch_event_target" "t" {
      rule = aws_cloudwatch_event_rule.r.name
      arn  = var.function_arn
    }
    resource "aws_lambda_permission" "p" {
      principal     = "events.amazonaws.com"
      function_name = var.function_arn
      source_arn    = aws_cloudwatch_event_rule.r.arn
    }
    """
    calls = """
    module "hourly" {
      source       = "./rule"
      function_arn = module.work.arn
      rate         = "rate(1 hour)"
    }
    module "work" {
      source  = "./work"
      timeout = 30
    }
    """
    (work,) = found({"main.tf": calls, "rule/main.tf": rule, "work/main.tf": LAMBDA}).workloads
    assert known(work)["kind"] == "scheduled_task" and known(work)["invocations_per_month"] == 730


STATES = """
resource "aws_sfn_state_machine" "flow" { definition = data.template_file.states.rendered }
data "template_file" "states" {
  template = "${file("states.json")}"
  vars     = { step = aws_lambda_function.step.arn, task = aws_ecs_task_definition.task.arn }
}
resource "aws_lambda_function" "step" { runtime = "python3.12" }
resource "aws_ecs_task_definition" "task" {
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = "a", image = "x" }])
}
resource "aws_lambda_function" "other" { runtime = "python3.12" }
resource "aws_cloudwatch_event_rule" "r" {
  schedule_expression = "rate(1 day)"
  depends_on          = [aws_lambda_function.other]
}
"""


def test_a_state_machine_starts_functions_and_tasks(found: Found) -> None:
    step, other, task = found({"main.tf": STATES}).workloads
    assert known(step) == {"language": "python", "kind": "event_handler", "protocol": "none"}
    assert known(task)["protocol"] == "none" and likely(task)["kind"] == "batch_job"
    assert known(other) == {"language": "python"}  # what waits for a function does not invoke it


def test_resources_and_calls_are_in_the_region_of_their_provider(found: Found) -> None:
    scan = found(
        {
            "main.tf": """
            variable "region" { default = "us-east-1" }
            provider "aws" { region = "eu-west-1" }
            provider "aws" {
              alias  = "edge"
              region = var.region
            }
            resource "aws_lambda_function" "here" { runtime = "nodejs20.x" }
            resource "aws_lambda_function" "edge" {
              provider = aws.edge
              runtime  = "nodejs20.x"
            }
            resource "aws_lambda_function" "own" { region = "eu-north-1" }
            module "far" {
              source    = "./m"
              providers = {
                aws       = aws.edge
                aws.other = aws
              }
            }
            module "near" { source = "./m" }
            module "call" {
              source = "terraform-aws-modules/lambda/aws"
              timeout = 3
            }
            """,
            "m/main.tf": """
            resource "aws_lambda_function" "in" { runtime = "nodejs20.x" }
            resource "aws_lambda_function" "other" { provider = aws.other }
            """,
        }
    )
    regions = {one.workload_id: (known(one).get("region"), likely(one).get("region")) for one in scan.workloads}
    assert regions == {
        "here": ("eu-west-1", None), "edge": (None, "us-east-1"), "own": ("eu-north-1", None),
        "far.in": (None, "us-east-1"), "far.other": ("eu-west-1", None), "near.in": ("eu-west-1", None),
        "near.other": (None, None), "call": ("eu-west-1", None),
    }  # fmt: skip
    (value,) = [one for one in scan.workloads[0].values if one.field == "region"]
    assert (value.file, value.line) == ("main.tf", 2)


def test_variables_of_other_environments_are_left_out_by_name(found: Found) -> None:
    main = 'variable "memory" {}\nresource "aws_lambda_function" "f" { memory_size = var.memory }\n'
    files = {"main.tf": main, "envs/prod.tfvars": "memory = 2048\n", "envs/staging.tfvars": "memory = 256\n"}
    scan = found(files)
    assert known(scan.workloads[0])["memory_mb"] == 2048
    (other,) = scan.left_out
    assert other.file == "envs/staging.tfvars" and "those of envs/prod.tfvars are used" in other.reason


def test_variables_of_several_environments_without_production_are_all_left_out(found: Found) -> None:
    main = 'variable "memory" {}\nresource "aws_lambda_function" "f" { memory_size = var.memory }\n'
    scan = found({"main.tf": main, "a.tfvars": "memory = 2048\n", "b.tfvars": "memory = 256\n"})
    assert "memory_mb" not in known(scan.workloads[0])
    assert {one.name for one in scan.left_out} == {"a.tfvars", "b.tfvars"}


@pytest.mark.parametrize(
    ("arguments", "certain", "hints"),
    [
        ('image_uri = var.type == "Image" ? var.image : null\n  runtime = "python3.12"', {"language": "python"}, {}),
        ('image_uri = var.image\n  runtime = "python3.12"', {"language": "python"}, {}),
        ('image_uri = var.type == "Image" ? var.image : null', {}, {"packaging": "container"}),
        ("image_uri = var.image", {"packaging": "container"}, {}),
    ],
)
def test_an_image_that_may_be_left_out_is_not_certain(
    found: Found, arguments: str, certain: dict[str, str], hints: dict[str, str]
) -> None:
    text = f'resource "aws_lambda_function" "f" {{\n  package_type = var.type\n  {arguments}\n}}\n'
    (function,) = found({"main.tf": text}).workloads
    assert known(function) == certain and likely(function) == hints


EACH = """
locals {
  reports = {
    daily  = { seconds = 120, rate = "rate(1 day)" }
    weekly = { seconds = 600, rate = "rate(7 days)" }
  }
}
resource "aws_lambda_function" "report" {
  for_each = local.reports
  timeout  = each.value.seconds
}
"""


def test_each_instance_has_the_schedule_of_its_own_key(found: Found) -> None:
    text = (
        EACH
        + """
    resource "aws_cloudwatch_event_rule" "r" {
      for_each            = local.reports
      schedule_expression = each.value.rate
    }
    resource "aws_cloudwatch_event_target" "t" {
      for_each = local.reports
      rule     = aws_cloudwatch_event_rule.r[each.key].name
      arn      = aws_lambda_function.report[each.key].arn
    }
    """
    )
    daily, weekly = found({"main.tf": text}).workloads
    assert (known(daily)["invocations_per_month"], known(weekly)["invocations_per_month"]) == (30, 4)


def test_what_refers_to_one_instance_says_nothing_of_the_others(found: Found) -> None:
    text = (
        EACH
        + """
    resource "aws_lambda_event_source_mapping" "m" {
      event_source_arn = aws_sqs_queue.q.arn
      function_name    = aws_lambda_function.report["daily"].arn
    }
    """
    )
    daily, weekly = found({"main.tf": text}).workloads
    assert known(daily)["kind"] == "queue_worker" and "kind" not in known(weekly)
    everything = text.replace('report["daily"]', "report")
    assert {known(one).get("kind") for one in found({"main.tf": everything}).workloads} == {"queue_worker"}
