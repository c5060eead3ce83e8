from __future__ import annotations

import pytest

from tests.importers.conftest import Found, known


def test_files_without_workloads_are_a_normal_result(found: Found) -> None:
    scan = found({"a.yml": "name: CI\njobs: {}\n", "b.json": '{"services": 1}', "c.yaml": "- 1\n- 2\n", "d.json": "{"})
    assert not scan.workloads and not scan.unreadable and not scan.files


def test_what_cannot_be_read_is_named_with_the_way_to_a_readable_file(found: Found) -> None:
    scan = found(
        {
            "chart/templates/d.yaml": "services:\n  {{- range .Values.x }}\n  a: {{ . }}\n",
            "chart/templates/e.yaml": "apiVersion: v1\nname: {{ .Values.x }}\n",
            "test/a.snap": 'exports[`x`] = `{"Type": "AWS::Lambda::Function"}`',
            "broken.yml": "services:\n  a: [1\n",
        }
    )
    named = {item.file: item for item in scan.unreadable}
    assert named["chart"].reason == "a Helm chart with 2 templates, not yet YAML"
    assert named["chart"].advice == "run `helm template chart` and scan its output"
    assert "cdk synth" in named["test/a.snap"].advice
    assert named["broken.yml"].line and "not valid YAML" in named["broken.yml"].reason


def test_the_content_decides_not_the_name(found: Found) -> None:
    text = (
        '{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 5, "Runtime": "python3.12"}}}}'
    )
    assert [workload.format for workload in found({"app.json": text}).workloads] == ["CloudFormation"]


def test_a_template_is_read_around_the_places_that_a_deployment_fills_in(found: Found) -> None:
    scan = found(
        {
            "task.json.tpl": '{"family": "a", "memory": "512", "cpu": ${cpu},\n'
            ' "containerDefinitions": [{"name": "a", "image": "{{ image }}", "environment": ${jsonencode(env)}}]}',
            "run.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: b}\nspec:\n  template:\n"
            "    spec:\n      timeoutSeconds: 60\n      containers:\n      - image: {{IMAGE}}\n",
            "compose.yml.j2": "services:\n  c:\n    image: {{ a }}\n{% if x %}\n    ports: ['80']\n{% endif %}\n",
        }
    )
    run, task = sorted(scan.workloads, key=lambda one: one.file)
    assert known(run)["max_duration_s"] == 60 and known(task)["memory_mb"] == 512 and "vcpus" not in known(task)
    (lost,) = scan.unreadable
    assert lost.file == "compose.yml.j2" and "template" in lost.reason and "deployment makes" in lost.advice


def test_a_template_beside_what_is_made_of_it_is_one_workload(found: Found) -> None:
    text = '{"family": "a", "memory": "512", "containerDefinitions": [{"name": "a", "image": "x"}]}'
    assert len(found({"task.json": text, "task.json.tpl": text}).workloads) == 1


def test_a_plan_is_read_as_the_action_of_terraform_wraps_it(found: Found) -> None:
    plan = (
        '{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [\n'
        '{"address": "aws_lambda_function.f", "mode": "managed", "type": "aws_lambda_function", "name": "f",'
        ' "values": {"timeout": 40}}]}}}'
    )
    wrapped = f"[command]/home/runner/terraform-bin show -json plan.bin\n{plan}\n::debug::exited with code 0.\n"
    (workload,) = found({"plan.json": wrapped}).workloads
    assert known(workload)["max_duration_s"] == 40 and workload.line == 3


@pytest.mark.parametrize("name", ["Procfile", "crontab", "Dockerfile", "a.service"])
def test_a_file_of_lines_beyond_two_million_characters_is_named(found: Found, name: str) -> None:
    scan = found({name: "@daily /bin/a: b\n" * 150_000})
    assert not scan.workloads and "more than 2,000,000 characters" in scan.unreadable[0].reason


def test_a_brace_begins_yaml_too(found: Found) -> None:
    text = "{services: {web: {image: nginx, mem_limit: 64m}}}\n"
    assert known(found({"docker-compose.yml": text}).workloads[0])["memory_mb"] == 64
    assert "not valid JSON" in found({"a.json": text}).unreadable[0].reason
