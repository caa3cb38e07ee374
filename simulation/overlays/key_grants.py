"""KMS grants: moto makes a grant although DryRun is asked for; ours answers as AWS does, and makes none."""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.responses import KmsResponse

from simulation.overlays import Ground


class WouldSucceed(JsonRESTError):
    """https://docs.aws.amazon.com/kms/latest/developerguide/testing-permissions.html"""

    code = 400

    def __init__(self) -> None:
        words = "The request would have succeeded, but the DryRun option is set."
        super().__init__("DryRunOperationException", words)


def lay(ground: Ground) -> None:
    del ground
    kms: Any = KmsResponse
    granted = kms.create_grant

    def create_grant(response: Any) -> Any:
        if response._get_param("DryRun"):
            raise WouldSucceed
        return granted(response)

    kms.create_grant = create_grant
