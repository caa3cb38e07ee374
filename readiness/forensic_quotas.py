"""Room in the forensic accounts: snapshot copies at the same time, and storage for the disks of the largest account.

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html
"""

from collections.abc import Iterator
from functools import partial

from readiness.base import check
from readiness.organisation import Answer, Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

COPIES = "Concurrent snapshot copies per destination Region"
STORAGE = "Storage for General Purpose SSD (gp3) volumes, in TiB"
ENOUGH_COPIES = 5
GIB_IN_TIB = 1024
TODO = "Ask AWS for higher EBS quotas in the forensic accounts (Service Quotas; copies through AWS Support)."


@check(
    "forensic_quotas",
    title="Forensic accounts have room for copies",
    practice="SEC10-BP03",
    permissions=("servicequotas:ListServiceQuotas", "ec2:DescribeVolumes"),
    weight=2,
)
def look(organisation: Organisation) -> Verdict:
    """Compare EBS quotas of each forensic account with the disks of the largest workload account of its region."""
    return judged(each(organisation.places(Kind.FORENSICS), partial(quotas_seen, organisation)), TODO)


def quotas_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = place.ask("servicequotas", "list_service_quotas", {"ServiceCode": "ebs"})
    quotas = {quota["QuotaName"]: quota["Value"] for quota in answer.data["Quotas"]}
    yield copies_seen(answer, place, quotas.get(COPIES))
    yield storage_seen(answer, place, quotas.get(STORAGE), largest_tib(organisation, place.region))


def copies_seen(answer: Answer, place: Place, copies: float | None) -> Observation:
    if copies is None or copies < ENOUGH_COPIES:
        return answer.failed(
            f"Fewer than {ENOUGH_COPIES} snapshots can be copied at a time in {place}.", {COPIES: copies}
        )
    return answer.passed(f"{copies:g} snapshots can be copied at a time in {place}.", {COPIES: copies})


def storage_seen(answer: Answer, place: Place, storage: float | None, needed: float) -> Observation:
    shown = {STORAGE: storage}
    if storage is None or storage < needed:
        return answer.failed(f"{place} has no room for the {needed:.1f} TiB of the largest workload account.", shown)
    return answer.passed(f"{place} has room for {storage:g} TiB; the largest workload has {needed:.1f}.", shown)


def largest_tib(organisation: Organisation, region: str) -> float:
    """The disks of the workload account with the most of them in ``region``, in TiB."""
    found = [gib_of(place) for place in organisation.places(Kind.WORKLOAD) if place.region == region]
    return max(found, default=0) / GIB_IN_TIB


def gib_of(place: Place) -> int:
    return sum(volume["Size"] for volume in place.ask("ec2", "describe_volumes").data["Volumes"])
