"""AWS's managed policies: moto reads all 1,582 for each account in each of six partitions, at its first call.

Ours reads them once and gives each account copies, in the partition ``aws`` alone. Besides time nothing differs.
"""

from copy import copy
from typing import Any

from moto.iam.models import IAMBackend

from simulation.overlays import Ground

PARTITION = "aws"


def lay(ground: Ground) -> None:
    del ground
    iam: Any = IAMBackend
    loaded = iam._init_aws_policies
    once: list[Any] = []

    def _init_aws_policies(backend: Any) -> list[Any]:
        if backend.region_name != PARTITION:
            return []
        once.extend([] if once else loaded(backend))
        return [copy(policy) for policy in once]

    iam._init_aws_policies = _init_aws_policies
