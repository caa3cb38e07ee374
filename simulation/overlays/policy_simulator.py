"""IAM's policy simulator: moto has no SimulatePrincipalPolicy; ours says of every action that the role allows it.

That is what moto itself does: it asks no policy before it acts. AWS reads the role's policies.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from simulation.overlays import Ground


def lay(ground: Ground) -> None:
    del ground
    iam: Any = IamResponse
    iam.simulate_principal_policy = simulated


def simulated(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html"""
    names = response._get_param("ActionNames", [])
    results = [{"EvalActionName": name, "EvalResourceName": "*", "EvalDecision": "allowed"} for name in names]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})
