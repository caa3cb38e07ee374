"""Things as they are, as the portal's collectors write them: one answer of an API in a file, or many line by line.

What the answers look like is on the pages of the operations, from EC2's
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html to Session Manager's
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeSessions.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.documents import as_utf8
from examiners.forms import Form, Item, json_items
from examiners.kinds import ACCOUNT, ASKED, BUCKET, BUNDLES, Kind, kind_of, may_be_known
from examiners.lines import records_of
from examiners.outlines import outline
from examiners.records import Malformed
from examiners.states import account_of, bucket_arn, identified, region_of, tags_of
from examiners.values import at, elements_in, fields_in, first_of, first_time, whole_of, words

TOLD_BY = "AWS API"
ALIASES = "aliases.jsonl"  # of an account: lines of texts, not of objects
ALIAS = re.compile(rb'"[a-z0-9-]{3,63}"')
ABSENT = re.compile(r"^An error occurred \(\w+\) when calling the (\w+) operation")
# How lists of events begin: there are so many of those files that even a quick look costs.
OF_EVENTS = (b'{"Records"', b'{"Events"', b'{"event')
# A quick look before an answer is read twice.
IN_BUNDLES = re.compile("|".join(f'"{name}"' for names in BUNDLES.values() for name in names).encode())
# Of these there is one in each account.
ONES = (ACCOUNT, "AWS::Macie::Session")
TAGS = (("Tags",), ("TagSet",))


def looks_like_state(head: bytes, name: str) -> int:
    """Score the outermost keys of an answer; where they tell nothing, the file's name must."""
    head = as_utf8(head).lstrip()
    if not head.startswith(b"{"):
        return 60 if name.endswith(ALIASES) and ALIAS.match(head) else 0
    if head.startswith(b'{"absent"'):
        return 80 if b"when calling the" in head else 0
    if head.startswith(OF_EVENTS) or not may_be_known(head, name):
        return 0
    keys = outline(head).get((), frozenset())
    return 80 if (keys or head.strip() == b"{}") and kind_of(keys, name) else 0


def items(member: Member) -> Iterator[Item]:
    """The things one after the other, numbered from 0; what an answer holds several of counts one by one."""
    is_text = member.file.endswith(ALIASES)
    row = 0
    for item in records_of(member) if is_text else json_items(member, ()):
        for data in things_in(item.data):
            yield Item(row, data, member, item.problem)
            row += 1


def things_in(data: bytes) -> list[bytes]:
    """What the lists of an answer hold; an answer that holds one thing, or none, is one by itself."""
    fields = fields_in(data) if IN_BUNDLES.search(data) else {}
    for marks, names in BUNDLES.items():
        if fields.keys() == set(marks.split()):
            return [one for name in names for one in elements_in(bytes(fields[name]))] or [data]
    return [data]


def parse(item: Item) -> Mapping[str, Any]:
    """One thing's columns."""
    member: Member = item.context
    if member.file.endswith(ALIASES):
        return account_alias(item.data.strip(), member)
    answer, text = whole_of(item.data)
    if told := words(answer.get("absent")):
        return missing(told, text, member)
    kind = kind_of(frozenset(answer), member.file)
    if kind is None:
        raise Malformed(f"of no kind that is known: {', '.join(sorted(answer))[:200]}")
    return identified({**row_of(kind, answer, member), "configuration": text})


def row_of(kind: Kind, answer: Mapping[str, Any], member: Member) -> dict[str, Any]:
    thing = at(answer, kind.inside) if kind.inside else answer
    paths = kind.paths()
    told = {column: words(at(thing, *path)) for column, path in paths.items()}
    created, modified, happened = (
        first_time(thing, paths[name]) if name in paths else None for name in ("created", "modified", "at")
    )
    name = told.get("id") or place_of(kind.type, member)
    arn = told.get("arn") or arn_of(name, member)
    row = {
        "event_time": happened or modified or created or member.collected_at,
        "account_id": account_of(arn, member),
        "region": region_of(arn, member),
        "resource_type": kind.type,
        "resource_id": name,
        "resource_name": told.get("name") or name,
        "arn": arn,
        "aspect": kind.aspect or None,
        "status": told.get("status"),
        "told_by": TOLD_BY,
        "principal": told.get("principal"),
        "created_at": created,
        "modified_at": modified,
        "tags": tags_of(first_of(thing, *TAGS) or first_of(answer, *TAGS)),
    }
    return {**row, **SPECIAL[kind.type](row, answer, member)} if kind.type in SPECIAL else row


def place_of(kind: str, member: Member) -> str | None:
    """What an answer that does not say so is about: the account, the bucket, or what its folder is named after."""
    if kind == BUCKET:
        return bucket_of(member)
    folder = next(iter(member.file.split("/")[-2:-1]), None)
    return folder if folder and kind not in ONES else account_of(None, member)


def bucket_of(member: Member) -> str | None:
    """The bucket in an origin such as s3://BUCKET?policy or s3://BUCKET/PREFIX?versions, else the only folder."""
    if member.origin.startswith("s3://"):
        return re.split(r"[/?]", member.origin.removeprefix("s3://"), maxsplit=1)[0] or None
    folder, _, rest = member.file.partition("/")
    return folder if rest and "/" not in rest else None


def arn_of(name: str | None, member: Member) -> str | None:
    """The beginning of the file's origin up to the thing's name, where it is an ARN with this name in it."""
    if member.origin.startswith("arn:") and name:
        for mark in (f"/{name}", f":{name}"):
            before, found, after = member.origin.partition(mark)
            if found and after[:1] in ("", "/"):
                return before + mark
    return None


def object_version(row: Mapping[str, Any], answer: Mapping[str, Any], member: Member) -> dict[str, Any]:
    """A version or delete marker of an object: its line names neither bucket nor ARN."""
    bucket = bucket_of(member)
    name = f"{bucket}/{row['resource_id']}" if bucket else row["resource_id"]
    arn = bucket_arn(name, member) if bucket else None
    return {"resource_id": name, "arn": arn, "aspect": words(at(answer, "Kind")), "region": region_of(arn, member)}


def bucket_setting(row: Mapping[str, Any], answer: Mapping[str, Any], member: Member) -> dict[str, Any]:
    arn = bucket_arn(row["resource_id"], member) if row["resource_id"] else None
    return {"arn": arn, "region": region_of(arn, member)}


def access_key(row: Mapping[str, Any], answer: Mapping[str, Any], member: Member) -> dict[str, Any]:
    """Whose key it is: the file's origin is below that user."""
    user = member.origin.removesuffix("/access-keys")
    return {"principal": user if user.startswith("arn:") else row["resource_name"]}


SPECIAL = {"AWS::S3::Object": object_version, BUCKET: bucket_setting, "AWS::IAM::AccessKey": access_key}


def missing(told: str, text: str, member: Member) -> dict[str, Any]:
    """That there is none of what was asked for, which is a fact, such as no policy. Raises Malformed."""
    found = ABSENT.match(told)
    if found is None or found[1] not in ASKED:
        raise Malformed(f"what is absent is not known: {told[:200]}")
    kind, aspect = ASKED[found[1]]
    row = row_of(Kind(kind, "absent", aspect=aspect), {}, member)
    return identified({**row, "status": "absent", "configuration": text})


def account_alias(data: bytes, member: Member) -> dict[str, Any]:
    """One line of the aliases. Raises Malformed."""
    if not ALIAS.fullmatch(data):
        raise Malformed("not the alias of an account")
    row = row_of(Kind(ACCOUNT, "alias", aspect="alias"), {}, member)
    return identified({**row, "resource_name": data.strip(b'"').decode(), "configuration": data.decode()})


FORM = Form("configuration_items", items, parse)


@examiner(
    "state_documents",
    title="Answers about things as they are",
    version=1,
    family="configuration_items",
    sniff=looks_like_state,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Instances and what surrounds them, containers, functions, buckets and objects, backups, sessions, keys, watchers.

    https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html
    """
    return FORM.examine(members)
