"""A snapshot of a workload account can be shared with the forensic account of its region: tried as a dry run.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Account, Answer, Kind, Organisation, Place, Role, by_register, each
from readiness.verdicts import Observation, Outcome, Verdict, judged

DRY_RUN = ("DryRunOperation", "UnauthorizedOperation")
TODO = "Allow the acquire role ec2:ModifySnapshotAttribute in each place; a rehearsal makes a snapshot to try with."


@check(
    "snapshot_share",
    title="Snapshots can be shared with the forensic accounts",
    practice="SEC10-BP03",
    permissions=("ec2:DescribeSnapshots", "ec2:ModifySnapshotAttribute"),
    weight=4,
    roles=(Role.ACQUIRE,),
)
def look(organisation: Organisation) -> Verdict:
    """Try to share one snapshot of each workload account and region, with AWS told to only say what it would do."""
    places = organisation.places(Kind.WORKLOAD, role=Role.ACQUIRE)
    return judged(each(places, partial(share_seen, organisation)), TODO)


def share_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    forensics = organisation.forensics_for(place.region)
    if forensics is None:
        yield by_register(Outcome.FAILED, f"No forensic account to share with in {place.region}.", "none registered")
        return
    owned = place.ask("ec2", "describe_snapshots", {"OwnerIds": ["self"]})
    if not owned.data["Snapshots"]:
        yield owned.seen(Outcome.NOT_KNOWN, f"No snapshot in {place} to try with.")
        return
    answer = tried(place, owned.data["Snapshots"][0]["SnapshotId"], forensics)
    is_allowed = answer.code == DRY_RUN[0]
    says = "could be shared" if is_allowed else "cannot be shared"
    outcome = Outcome.PASSED if is_allowed else Outcome.FAILED
    yield answer.seen(outcome, f"A snapshot of {place} {says} with {forensics}.")


def tried(place: Place, snapshot: str, forensics: Account) -> Answer:
    params = {
        "SnapshotId": snapshot,
        "Attribute": "createVolumePermission",
        "OperationType": "add",
        "UserIds": [forensics.number],
        "DryRun": True,
    }
    return place.ask("ec2", "modify_snapshot_attribute", params, DRY_RUN)
