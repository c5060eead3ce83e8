"""CloudFormation, SAM and synthesised CDK templates.

The modules, bottom first; each imports only from those above it:

intrinsics  what the functions of a template resolve to
template    one template: its resources as those of AWS
folder      the templates of all files, with those that they nest
"""

from whichcompute.importers.cloudformation.folder import is_assembly, read_templates
from whichcompute.importers.cloudformation.template import is_template

__all__ = ["is_assembly", "is_template", "read_templates"]
