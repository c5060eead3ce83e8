from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known, likely

LISTED = """
option_settings:
  - namespace: aws:autoscaling:asg
    option_name: MinSize
    value: 2
  - namespace: aws:autoscaling:asg
    option_name: MaxSize
    value: 6
  - namespace: aws:autoscaling:launchconfiguration
    option_name: InstanceType
    value: m5.large
  - namespace: aws:elasticbeanstalk:application:environment
    option_name: TOKEN
    value: hush-hush-1
"""
MAPPED = """
option_settings:
  aws:elasticbeanstalk:container:python:
    WSGIPath: shop.wsgi
  aws:ec2:instances:
    SupportedArchitectures: arm64
  aws:elasticbeanstalk:environment:
    LoadBalancerType: application
"""
GLOBAL = "global:\n  application_name: shop\n  default_platform: Python 3.11 running on 64bit Amazon Linux 2023\n"


def test_settings_of_a_folder_are_one_application(found: Found) -> None:
    scan = found(
        {
            "s/.ebextensions/01.config": LISTED,
            "s/.ebextensions/02.config": MAPPED,
            "s/.elasticbeanstalk/config.yml": GLOBAL,
        }
    )
    (workload,) = scan.workloads
    assert (workload.workload_id, workload.present_service) == ("shop", "beanstalk")
    assert known(workload) == {"autoscaling": True, "cpu_architecture": "arm64", "language": "python", "os": "linux"}
    assert likely(workload) == {"kind": "web_api", "protocol": "http", "packaging": "source", "peak_concurrency": 6}
    assert next(value.file for value in workload.values if value.field == "autoscaling") == "s/.ebextensions/01.config"
    assert "hush-hush-1" not in scan.model_dump_json()


def test_extensions_complete_the_dockerrun_file_beside_them(found: Found) -> None:
    worker = "option_settings:\n  aws:elasticbeanstalk:sqsd:\n    HttpConnections: 10\n"
    docker = '{"AWSEBDockerrunVersion": "1", "Image": {"Name": "x"}}'
    (workload,) = found({"Dockerrun.aws.json": docker, ".ebextensions/q.config": worker}).workloads
    assert known(workload) == {"kind": "queue_worker", "packaging": "container", "os": "linux", "protocol": "none"}


def test_other_files_with_that_ending_are_not_opened(found: Found) -> None:
    assert found({"app.config": MAPPED, ".ebextensions/readme.config": "files: {}\n"}).workloads == ()


def test_environments_that_are_resources(found: Found) -> None:
    template = """
    Resources:
      Env:
        Type: AWS::ElasticBeanstalk::Environment
        Properties:
          SolutionStackName: 64bit Amazon Linux 2023 v4.0.0 running Python 3.11
          Tier: {Name: Worker, Type: SQS/HTTP}
          OptionSettings: [{Namespace: 'aws:autoscaling:asg', OptionName: MaxSize, Value: '4'}]
    """
    terraform = """
    resource "aws_elastic_beanstalk_environment" "site" {
      solution_stack_name = "64bit Amazon Linux 2 running Docker"
      setting {
        namespace = "aws:ec2:instances"
        name      = "SupportedArchitectures"
        value     = "arm64"
      }
    }
    """
    site, env = found({"t.yaml": template, "main.tf": terraform}).workloads
    assert known(env) == {"kind": "queue_worker", "protocol": "none", "language": "python", "os": "linux",
                          "autoscaling": True}  # fmt: skip
    assert known(site) == {"os": "linux", "packaging": "container", "cpu_architecture": "arm64"}


def test_options_below_a_platform_and_sticky_sessions(found: Found) -> None:
    text = """
    option_settings:
      aws:elasticbeanstalk:container:tomcat:jvmoptions: {Xmx: 512m}
      aws:elasticbeanstalk:environment:process:default: {StickinessEnabled: true}
    """
    (app,) = found({".ebextensions/options.config": text}).workloads
    assert known(app)["language"] == "java" and known(app)["state"] == "session"


def test_variables_without_a_namespace_mark_an_application(found: Found) -> None:
    """Options without a namespace are environment variables."""
    settings = "option_settings:\n  - option_name: MATURITY\n    value: prod\n"
    (workload,) = found({".ebextensions/01.config": settings}).workloads
    assert workload.present_service == "beanstalk" and workload.values == ()


@pytest.mark.parametrize(("platform", "system"), [("python", "linux"), ("tomcat:jvmoptions", "linux"),
                                                  ("dotnet:apppool", "windows"), ("other", None)])  # fmt: skip
def test_settings_of_a_platform_tell_its_system(found: Found, platform: str, system: str | None) -> None:
    text = f"option_settings:\n  aws:elasticbeanstalk:container:{platform}:\n    A: 1\n"
    (workload,) = found({".ebextensions/a.config": text}).workloads
    assert known(workload).get("os") == system
