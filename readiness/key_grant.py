"""Keys of encrypted volumes can be granted to the forensic account: tried as a dry run. AWS's own key never can.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Account, Answer, Kind, Organisation, Place, Role, each
from readiness.verdicts import Observation, Outcome, Verdict, counted, judged

GRANTED = "DryRunOperationException"
REFUSED = ("AccessDeniedException", "DisabledException", "KMSInvalidStateException")
OPERATIONS = ["Decrypt", "DescribeKey", "CreateGrant", "ReEncryptFrom", "GenerateDataKeyWithoutPlaintext"]
ENCRYPTED = {"Filters": [{"Name": "encrypted", "Values": ["true"]}]}
MOST = 10  # keys that are tried in one place
TODO = "Encrypt volumes with customer managed keys, and let the acquire role create grants on them for AWS resources."


@check(
    "key_grant",
    title="Keys of encrypted volumes can be granted to the forensic accounts",
    practice="SEC10-BP03",
    permissions=("ec2:DescribeVolumes", "kms:DescribeKey", "kms:CreateGrant"),
    weight=3,
    roles=(Role.ACQUIRE,),
)
def look(organisation: Organisation) -> Verdict:
    """Try a grant on each key that encrypts volumes, with AWS told to only say what it would do."""
    places = organisation.places(Kind.WORKLOAD, role=Role.ACQUIRE)
    return judged(each(places, partial(keys_seen, organisation)), TODO)


def keys_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    volumes = place.ask("ec2", "describe_volumes", ENCRYPTED)
    keys = sorted({volume["KmsKeyId"] for volume in volumes.data["Volumes"] if volume.get("KmsKeyId")})
    if not keys:
        yield volumes.passed(f"No volume of {place} is encrypted; no key is needed to share it.", "no encrypted volume")
    for key in keys[:MOST]:
        yield key_seen(place, key, organisation.forensics_for(place.region))
    if len(keys) > MOST:
        yield volumes.seen(
            Outcome.NOT_KNOWN, f"Not tried in {place}: {counted(len(keys) - MOST, 'more key')}.", keys[MOST:]
        )


def key_seen(place: Place, key: str, forensics: Account | None) -> Observation:
    described = place.ask("kms", "describe_key", {"KeyId": key})
    if described.data["KeyMetadata"]["KeyManager"] == "AWS":
        says = f"{key} is AWS's own key: a snapshot under it must be copied to another key before it is shared."
        return described.partly(says)
    if forensics is None:
        return described.failed(f"No forensic account in {place.region} to grant {key} to.")
    answer = tried(place, key, forensics)
    outcome = Outcome.PASSED if answer.code == GRANTED else Outcome.FAILED
    says = "could be granted" if outcome is Outcome.PASSED else "cannot be granted"
    return answer.seen(outcome, f"{key} {says} to {forensics}.")


def tried(place: Place, key: str, forensics: Account) -> Answer:
    params = {
        "KeyId": key,
        "GranteePrincipal": forensics.role(Role.ACQUIRE) or f"arn:aws:iam::{forensics.number}:root",
        "Operations": OPERATIONS,
        "DryRun": True,
    }
    return place.ask("kms", "create_grant", params, (GRANTED, *REFUSED))
