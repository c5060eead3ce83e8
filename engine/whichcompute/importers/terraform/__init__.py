"""Terraform and OpenTofu: configuration files, and plans and states as `terraform show -json` prints them.

The modules, bottom first; each imports only from those above it:

hcl        configuration files as trees
values     resolves variables and locals as far as the files say
resources  resources as workloads, in the names that plans and configuration share
plan       plans and states
folder     the configuration files of one folder, read together
"""

from whichcompute.importers.terraform.folder import read_configuration
from whichcompute.importers.terraform.plan import is_plan, read_plan

__all__ = ["is_plan", "read_configuration", "read_plan"]
