from __future__ import annotations

from tests.importers.conftest import Found


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
