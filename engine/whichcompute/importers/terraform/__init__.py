"""Terraform and OpenTofu: configuration files, and plans and states as `terraform show -json` prints them.

The modules, bottom first; each imports only from those above it:

scanner      a text and the place up to which it is read
functions    the functions of the language that only look at their arguments
expressions  what an expression gives as far as the files say
hcl          configuration files as trees
templates    files and templates that configuration reads beside itself
values       the variables and locals of a module
modules      folders of configuration, and those that are fetched into them
calls        calls of modules whose files are not at hand
plan         plans and states
folder       the configuration files of folders, with the modules that they call
"""

from whichcompute.importers.terraform.folder import read_configurations
from whichcompute.importers.terraform.plan import is_plan, read_plan

__all__ = ["is_plan", "read_configurations", "read_plan"]
