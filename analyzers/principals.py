"""Who did what? One summary per principal: when, how much, what, from where, with which keys.

Source: the fields of a CloudTrail record that name the caller,
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from analyzers.base import Asked, Finding, Material, analyzer
from analyzers.results import example_of, shortened, timeline
from events.questions import Deeds, Profile, profiles
from plugins import Entity

VERSION = 1
INFORMATIONAL = 1
SHOWN = 50  # of each list; the number of all is said beside it


@analyzer("principal_summary", title="Who did what", version=VERSION)
def summarise(material: Material) -> Iterator[Finding | Asked]:
    """Yield one informational finding per principal, the busiest 500, then how many there are in all."""
    told = 0
    for profile in profiles(material.events, material.window):
        told = profile.principals
        yield finding_of(profile)
    yield Asked("principal_summary", str(VERSION), told)


def finding_of(profile: Profile) -> Finding:
    deeds = profile.deeds
    name = shortened(deeds.who) or "(no principal)"
    return Finding(
        question="principal_summary",
        title=f"What {name} did",
        entity=Entity("principal", name),
        severity=INFORMATIONAL,
        techniques=(),
        count=deeds.events,
        first_at=deeds.first_at,
        last_at=deeds.last_at,
        principals=(name,),
        examples=tuple(example_of(example) for example in deeds.examples),
        query=timeline(deeds.first_at, deeds.last_at, {"principal": [deeds.who]}),
        explanation=in_words(profile),
        facts=facts_of(profile),
    )


def in_words(profile: Profile) -> str:
    deeds = profile.deeds
    return (
        f"Events: {deeds.events:,}, failed: {deeds.refused:,}, changes: {profile.changes:,}, "
        f"different calls: {len(deeds.names):,}, services: {len(profile.services):,}, "
        f"addresses: {len(deeds.addresses):,}."
    )


def facts_of(profile: Profile) -> dict[str, Any]:
    deeds = profile.deeds
    return done(deeds) | {
        "principal": shortened(deeds.who),
        "type": profile.kind,
        "changes": profile.changes,
        "services": named(profile.services),
        "user_agents": named(profile.agents),
        "regions": named(profile.regions),
        "access_keys": named(profile.keys),
    }


def done(deeds: Deeds) -> dict[str, Any]:
    """The part of the facts that tells of deeds, whoever did them."""
    return {
        "first_at": text_of(deeds.first_at),
        "last_at": text_of(deeds.last_at),
        "events": deeds.events,
        "refused": deeds.refused,
        "addresses": ", ".join(islice(deeds.addresses, 5)),
        "address_count": len(deeds.addresses),
        "actions": named(deeds.names),
        "action_count": len(deeds.names),
    }


def named(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": shortened(name), "count": count} for name, count in islice(counts.items(), SHOWN)]


def text_of(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
