"""Every template by the name of its file, in the order in which they are deployed."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from operations.stacks import discovery, evidence, forensic_region, organisation, portal, roles

Template = dict[str, Any]

TEMPLATES: Mapping[str, Callable[[], Template]] = {
    "organisation.json": organisation.template,
    "forensic-region.json": forensic_region.template,
    "discovery-role.json": discovery.template,
    "portal-role.json": portal.template,
    "forensics-roles.json": roles.template,
    "evidence.json": evidence.template,
}


def texts() -> dict[str, str]:
    """File name -> text of each template, in the order in which they are deployed."""
    return {name: json.dumps(make(), indent=2) + "\n" for name, make in TEMPLATES.items()}
