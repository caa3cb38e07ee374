"""IAM as it is now: who is there, what each may do, how old passwords and keys are, and when keys were last used.

Credential report: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
Details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from collectors.answers import REFUSALS, answered, document, gap_of, is_throttled, lines
from collectors.asking import asked, asked_or_absent, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, NotReady

SECTIONS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
SOON, LATER = 2, 60  # seconds; AWS writes most reports in less than 5


@source(
    "iam_state",
    title="IAM users, roles, policies and keys",
    permissions=(
        "iam:GetAccountAuthorizationDetails",
        "iam:GetAccountSummary",
        "iam:GetAccountPasswordPolicy",
        "iam:ListAccountAliases",
        "iam:ListUsers",
        "iam:ListAccessKeys",
        "iam:GetAccessKeyLastUsed",
        "iam:GenerateCredentialReport",
        "iam:GetCredentialReport",
    ),
    kind="configuration",
    is_global=True,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the details of every user, group, role and policy, each user's keys, the account's settings, the report.

    IAM is one for all regions: the scope's region is only a label, and its times are not looked at. AWS makes a
    credential report at most every four hours; NotReady is raised while it is being made.
    """
    iam, account = aws.client("iam"), f"arn:aws:iam::{scope.account}"
    yield lines("authorization-details.jsonl", f"{account}:authorization-details", partial(details, iam))
    yield document("account-summary.json", f"{account}:account-summary", partial(asked, iam, "get_account_summary"))
    policy = partial(asked_or_absent, iam, "get_account_password_policy", "NoSuchEntity")
    yield document("password-policy.json", f"{account}:password-policy", policy)
    yield lines("aliases.jsonl", f"{account}:aliases", partial(paged, iam, "list_account_aliases", "AccountAliases"))
    for user in answered(f"{account}:user/*", partial(paged, iam, "list_users", "Users")):
        yield user if isinstance(user, Gap) else keys_document(iam, user)
    yield from report(iam, f"{account}:credential-report")


def details(iam: Any) -> Iterator[dict[str, Any]]:
    """One line for each user, group, role and policy, with the section of AWS's answer that it stood in."""
    for page in iam.get_paginator("get_account_authorization_details").paginate():
        for section in SECTIONS:
            yield from ({"Section": section, **detail} for detail in page.get(section) or ())


def keys_document(iam: Any, user: dict[str, Any]) -> Artifact:
    origin = f"{user['Arn']}/access-keys"
    return document(f"access-keys/{user['UserName']}.json", origin, partial(keys, iam, user["UserName"]))


def keys(iam: Any, user: str) -> dict[str, Any]:
    """The user's keys, each with where and when it was last used."""
    found = paged(iam, "list_access_keys", "AccessKeyMetadata", UserName=user)
    return {"UserName": user, "AccessKeys": [{**key, **last_used(iam, key)} for key in found]}


def last_used(iam: Any, key: dict[str, Any]) -> dict[str, Any]:
    answer = asked(iam, "get_access_key_last_used", AccessKeyId=key["AccessKeyId"])
    return {"AccessKeyLastUsed": answer["AccessKeyLastUsed"]}


def report(iam: Any, origin: str) -> Iterator[Artifact | Gap]:
    """The credential report as CSV. Raises NotReady while it is being made, and when AWS has had too many calls."""
    try:
        state = asked(iam, "generate_credential_report")["State"]
    except REFUSALS as problem:
        if is_throttled(problem):
            raise NotReady(LATER, f"AWS answers too many calls: {problem}") from problem
        yield gap_of(problem, origin)
        return
    if state != "COMPLETE":
        raise NotReady(SOON, "AWS is still writing the credential report")
    yield Artifact("credential-report.csv", origin, partial(opened_report, iam))


def opened_report(iam: Any) -> BinaryIO:
    return BytesIO(asked(iam, "get_credential_report")["Content"])
