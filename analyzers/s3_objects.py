"""What was done to objects? Per bucket and principal: read, put under another key, deleted - theft and ransom in S3.

Source: S3's entries in CloudTrail,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
"""

import json
from collections.abc import Iterator
from typing import Any

from analyzers.base import Asked, Finding, Material, analyzer
from analyzers.results import example_of, shortened, timeline
from events.objects import Handling, handlings
from plugins import Entity
from plugins.text import counted

VERSION = 2
INFORMATIONAL = 1


@analyzer("s3_objects", title="What was done to objects", version=VERSION)
def account_for(material: Material) -> Iterator[Finding | Asked]:
    """Yield one informational finding per bucket and principal, the gravest 200, then how many there are in all."""
    pairs = 0
    for rank, handling in enumerate(handlings(material.events, material.window), start=1):
        pairs = handling.pairs
        yield finding_of(handling, rank)
    yield Asked("s3_objects", str(VERSION), pairs)


def finding_of(handling: Handling, rank: int) -> Finding:
    bucket, principal = shortened(handling.bucket), shortened(handling.principal) or "(no principal)"
    cited = [
        *handling.examples_rekeyed,
        *handling.examples_deleted,
        *handling.examples_exposed,
        *handling.examples_read,
    ]
    return Finding(
        question="s3_objects",
        title=f"What {principal} did to the objects of {bucket}",
        entity=Entity("bucket", shortened(json.dumps([handling.bucket, handling.principal], ensure_ascii=False))),
        severity=INFORMATIONAL,
        techniques=(),
        count=handling.events,
        first_at=handling.first_at,
        last_at=handling.last_at,
        principals=(principal,),
        examples=tuple(example_of(example) for example in cited),
        query=timeline(None, None, {"principal": [handling.principal], "event_source": ["s3.amazonaws.com"]})
        | {"q": handling.bucket},
        explanation=in_words(handling),
        facts=facts_of(handling) | {"rank": rank, "bucket": bucket, "principal": principal},
    )


def in_words(handling: Handling) -> str:
    """Say each sort of deed that there was."""
    told = [
        (
            handling.rekeyed,
            f"{counted(handling.rekeyed, 'write')} under another key, "
            f"over {counted(handling.overwritten, 'known object')}",
        ),
        (handling.deletes, counted(handling.deletes, "deletion")),
        (
            handling.reads,
            f"{counted(handling.reads, 'read')} of {counted(handling.objects_read, 'object')}, {carried(handling)}",
        ),
        (handling.writes, counted(handling.writes, "write")),
        (handling.refused, f"{counted(handling.refused, 'call')} failed"),
        (len(handling.exposures), f"calls that open or endanger the bucket: {', '.join(handling.exposures)}"),
    ]
    return "; ".join(words for count, words in told if count) + "."


def carried(handling: Handling) -> str:
    return "bytes not told" if handling.bytes_out is None else f"{counted(handling.bytes_out, 'byte')} carried out"


def facts_of(handling: Handling) -> dict[str, Any]:
    return {
        "reads": handling.reads,
        "objects_read": handling.objects_read,
        "bytes_out": handling.bytes_out,
        "writes": handling.writes,
        "rekeyed": handling.rekeyed,
        "overwritten": handling.overwritten,
        "keys": [shortened(key) for key in handling.keys],
        "deletes": handling.deletes,
        "objects_deleted": handling.objects_deleted,
        "refused": handling.refused,
        "exposures": handling.exposures,
        "addresses": [shortened(address) for address in handling.addresses],
    }
