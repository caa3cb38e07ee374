"""A KMS key of its own in every forensic account and region, for copies of snapshots and for the evidence bucket.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
"""

from collections.abc import Iterator
from typing import Any

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

MOST = 20  # aliases that are followed in one place
TODO = "Make a symmetric customer managed KMS key with an alias in each forensic account and region named below."


@check(
    "forensic_key",
    title="Forensic accounts have an encryption key of their own",
    practice="SEC10-BP03",
    permissions=("kms:ListAliases", "kms:DescribeKey"),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Follow the aliases that are not AWS's own to an enabled symmetric key."""
    return judged(each(organisation.places(Kind.FORENSICS), key_seen), TODO)


def key_seen(place: Place) -> Iterator[Observation]:
    aliases = place.ask("kms", "list_aliases")
    own = [alias for alias in aliases.data["Aliases"] if is_own(alias)][:MOST]
    for alias in own:
        answer = place.ask("kms", "describe_key", {"KeyId": alias["TargetKeyId"]})
        if is_usable(answer.data["KeyMetadata"]):
            yield answer.passed(f"{alias['AliasName']} is a key of {place}.")
            return
    yield aliases.failed(f"No enabled key of its own in {place}.", [alias["AliasName"] for alias in own] or "none")


def is_own(alias: dict[str, str]) -> bool:
    return bool(alias.get("TargetKeyId")) and not alias["AliasName"].startswith("alias/aws/")


def is_usable(key: dict[str, Any]) -> bool:
    is_symmetric = key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    return bool(key.get("Enabled")) and key.get("KeyManager") == "CUSTOMER" and is_symmetric
