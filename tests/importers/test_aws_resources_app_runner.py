from __future__ import annotations

from tests.importers.conftest import Found, known, likely


def test_a_service_of_an_image_and_one_of_source(found: Found) -> None:
    template = """
    Resources:
      Api:
        Type: AWS::AppRunner::Service
        Properties:
          InstanceConfiguration: {Cpu: 1 vCPU, Memory: 2 GB}
          SourceConfiguration: {ImageRepository: {ImageIdentifier: x}}
          NetworkConfiguration: {EgressConfiguration: {EgressType: VPC, VpcConnectorArn: y}}
    """
    terraform = """
    resource "aws_apprunner_service" "web" {
      instance_configuration {
        cpu    = "512"
        memory = "1024"
      }
      source_configuration {
        code_repository {
          code_configuration {
            code_configuration_values { runtime = "PYTHON_3" }
          }
        }
      }
    }
    """
    web, api = found({"t.yaml": template, "main.tf": terraform}).workloads
    common = {"protocol": "http", "os": "linux"}
    assert known(api) == {"vcpus": 1, "memory_mb": 2048, "packaging": "container", **common}
    assert known(web) == {"vcpus": 0.5, "memory_mb": 1024, "packaging": "source", "language": "python", **common}
    assert likely(api) == {"kind": "web_api", "private_network": True} and likely(web) == {"kind": "web_api"}
    assert web.present_service == api.present_service == "app_runner"
