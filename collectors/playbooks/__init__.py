"""Playbooks: what to collect for a kind of incident, in which order, and why. Data in YAML, checked as it is read.

The order follows SEC10-BP03 of AWS's Well-Architected Framework, and RFC 3227:
https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_incident_response_prepare_forensic.html
"""

from collectors.playbooks.loading import Shelf, load_playbooks
from collectors.playbooks.schema import KINDS, Playbook, Step

__all__ = ["KINDS", "Playbook", "Shelf", "Step", "load_playbooks"]
