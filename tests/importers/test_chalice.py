from __future__ import annotations

from tests.importers.conftest import Found, known, likely

TEXT = """
{
  "version": "2.0",
  "app_name": "orders",
  "lambda_timeout": 60,
  "api_gateway_stage": "api",
  "stages": {
    "dev": {"lambda_memory_size": 256},
    "production": {
      "lambda_memory_size": 1024,
      "environment_variables": {"TOKEN": "hush-hush-1"},
      "lambda_functions": {"nightly": {"lambda_timeout": 600}, "api_handler": {"lambda_timeout": 20}}
    },
    "broken": "x"
  }
}
"""


def test_the_stage_of_production_counts_and_functions_have_settings_of_their_own(found: Found) -> None:
    scan = found({".chalice/config.json": TEXT})
    application, nightly = scan.workloads
    assert known(application) == {"max_duration_s": 20, "memory_mb": 1024, "language": "python", "protocol": "http"}
    assert likely(application) == {"kind": "web_api", "packaging": "source"}
    assert known(nightly) == {"max_duration_s": 600, "memory_mb": 1024, "language": "python"}
    assert (application.workload_id, nightly.workload_id) == ("orders", "orders/nightly")
    assert application.present_service == "lambda" and "hush-hush-1" not in scan.model_dump_json()
    assert [item.name for item in scan.left_out] == ["dev"]


def test_defaults_of_chalice_are_no_needs(found: Found) -> None:
    text = '{"version": "2.0", "app_name": "a", "stages": {"dev": {}}}'
    (workload,) = found({".chalice/config.json": text}).workloads
    assert known(workload) == {"language": "python"}
    assert any("60 s" in remark for remark in workload.remarks)
