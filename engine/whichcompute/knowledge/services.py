"""The services that answers are given for, and their names."""

from __future__ import annotations

from typing import Literal

Service = Literal["lambda", "fargate", "ecs_ec2", "batch", "lightsail"]
NONE = "none"
"""Stands in a rule's `service` for what to look at outside the five; only companion rules may."""

SERVICES: tuple[Service, ...] = ("lambda", "fargate", "ecs_ec2", "batch", "lightsail")
SERVICE_NAMES: dict[str, str] = {
    "lambda": "AWS Lambda",
    "fargate": "ECS on Fargate",
    "ecs_ec2": "ECS on EC2",
    "batch": "AWS Batch",
    "lightsail": "Amazon Lightsail",
    "none": "none of the five",
}
