"""AssumeRole: moto grants everything; ours refuses the roles that are listed as locked, as a trust policy would.

What is left different from AWS: a missing or wrong ExternalId is granted.
"""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.sts.responses import TokenResponse

from simulation.overlays import Ground


class RoleLocked(ServiceException):
    """What STS answers when a role's trust policy does not name the caller."""

    code = "AccessDenied"


def lay(ground: Ground) -> None:
    sts: Any = TokenResponse
    granted = sts.assume_role

    def assume_role(response: Any) -> Any:
        role = response._get_param("RoleArn")
        if role in ground.locked_roles:
            raise RoleLocked(f"User is not authorized to perform: sts:AssumeRole on resource: {role}")
        return granted(response)

    sts.assume_role = assume_role
