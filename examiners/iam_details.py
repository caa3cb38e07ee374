"""IAM's account authorization details: every user, group, role and policy, with what each may do.

Answer: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.forms import Form, Item, json_items
from examiners.outlines import has_keys
from examiners.records import Malformed, text_of
from examiners.states import account_of, identified, tags_of
from examiners.values import at, elements_in, fields_in, first_time, whole_of, words

# The sections of the answer, and what one thing in each is called.
SECTIONS = {"UserDetailList": "User", "GroupDetailList": "Group", "RoleDetailList": "Role", "Policies": "Policy"}
OF_AWS = "arn:aws:iam::aws:"  # policies that AWS made, which are the same in every account


@dataclass(frozen=True, slots=True)
class Section:
    """Which section of the answer a detail stood in, in which file."""

    name: str
    member: Member


def looks_like_details(head: bytes, name: str) -> int:
    """Score the whole answer, and its details line by line with the section that each stood in."""
    if has_keys(head, ("UserDetailList", "RoleDetailList")):
        return 95
    has_sections = any(b'"%s"' % section.encode() in head for section in SECTIONS)
    return 95 if has_sections and has_keys(head, ("Section", "Arn", "CreateDate")) else 0


def items(member: Member) -> Iterator[Item]:
    """The details one after the other, numbered from 0, whether they come as one answer or line by line."""
    row = 0
    for item in json_items(member, ()):
        for section, data in details(item.data):
            yield Item(row, data, Section(section, member))
            row += 1


def details(data: bytes) -> Iterator[tuple[str, bytes]]:
    fields = fields_in(data)
    sections = [section for section in SECTIONS if section in fields]
    if not sections:
        yield text_of(fields["Section"]) if "Section" in fields else "", data
    for section in sections:
        yield from ((section, one) for one in elements_in(bytes(fields[section])))


def parse(item: Item) -> Mapping[str, Any]:
    """One detail's columns. What AWS itself made has no time: that AWS changed it is nothing that happened here."""
    detail, text = whole_of(item.data)
    kind, member, arn = SECTIONS.get(item.context.name), item.context.member, words(at(detail, "Arn"))
    if not kind or not arn:
        raise Malformed(f"an object without an Arn, or of none of the sections {', '.join(SECTIONS)}")
    created, modified = (first_time(detail, (name,)) for name in ("CreateDate", "UpdateDate"))
    return identified(
        {
            "event_time": None if arn.startswith(OF_AWS) else modified or created,
            "account_id": account_of(arn, member),
            "resource_type": f"AWS::IAM::{kind}",
            "resource_id": words(at(detail, f"{kind}Id")) or arn,
            "resource_name": words(at(detail, f"{kind}Name")),
            "arn": arn,
            "aspect": "authorization details",
            "told_by": "IAM authorization details",
            "principal": arn if kind in ("User", "Role") else None,
            "created_at": created,
            "modified_at": modified,
            "tags": tags_of(at(detail, "Tags")),
            "configuration": text,
        }
    )


FORM = Form("configuration_items", items, parse)


@examiner(
    "iam_details",
    title="IAM users, groups, roles and policies",
    version=1,
    family="configuration_items",
    sniff=looks_like_details,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """One row for each user, group, role and policy; the whole of what IAM tells is in ``configuration``.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    return FORM.examine(members)
