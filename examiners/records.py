"""One CloudTrail record: JSON text to typed fields. Odd types are coerced to text, only what is no event is refused.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from typing import Any, NoReturn

import msgspec
from msgspec import Raw, Struct

from events.schemas.cloudtrail import FLAGS, NESTED, TEXTS

Record: Any = msgspec.defstruct(
    "Record",
    [
        ("eventName", str),
        ("eventTime", str | None, None),
        *((name, str | None, None) for name in TEXTS if name != "eventName"),
        *((name, bool | None, None) for name in FLAGS),
        *((name, Raw, None) for name in NESTED),
    ],
    gc=False,
)
# What the decoder raises for text that is not JSON, not of the expected types, not UTF-8, or nested too deep.
UNFIT = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
ONE = msgspec.json.Decoder(Record)
FIELDS = msgspec.json.Decoder(dict[str, Raw])
TEXT = msgspec.json.Decoder(str)


class Malformed(Exception):
    """No row can be made of this record; the message says why."""


class Issuer(Struct, gc=False):
    arn: str | None = None


class Attributes(Struct, gc=False):
    mfaAuthenticated: str | None = None


class Session(Struct, gc=False):
    sessionIssuer: Issuer | None = None
    attributes: Attributes | None = None


class Identity(Struct, gc=False):
    """``userIdentity``, as far as it has columns of its own; the whole of it is kept as text too."""

    type: str | None = None
    principalId: str | None = None
    arn: str | None = None
    accountId: str | None = None
    accessKeyId: str | None = None
    userName: str | None = None
    invokedBy: str | None = None
    sessionContext: Session | None = None


IDENTITY = msgspec.json.Decoder(Identity)


def record_of(element: bytes) -> Any:
    """The record in one element of a log: strictly if it fits, else coerced. Raises Malformed."""
    element = compact(element)
    try:
        return ONE.decode(element)
    except UNFIT:
        return coerced(fields_of(element))


def event_text(element: bytes) -> bytes:
    """The record's own text: of a LookupEvents entry, what its CloudTrailEvent holds."""
    try:
        inner = FIELDS.decode(element).get("CloudTrailEvent")
        return TEXT.decode(inner).encode() if inner is not None else element
    except UNFIT:
        return element


def coerced(fields: dict[str, Raw]) -> Any:
    """A record whose fields have other types than AWS's: numbers and objects become their JSON text, null is absent.

    A repeated key counts once, the last time, as JSON parsers commonly do.
    """
    if "CloudTrailEvent" in fields:
        return record_of(text_of(fields["CloudTrailEvent"]).encode("utf-8", "replace"))
    if not text_of(fields.get("eventName", Raw())):
        raise Malformed("an object without eventName is not a CloudTrail event")
    texts = {name: text_of(fields[name]) or None for name in ("eventTime", *TEXTS) if name in fields}
    flags = {name: flag_of(fields[name]) for name in FLAGS if name in fields}
    nested = {name: fields[name] for name in NESTED if name in fields}
    return Record(**texts, **flags, **nested)


def fields_of(element: bytes) -> dict[str, Raw]:
    """The element's keys, after a second, lenient reading if the first fails. Raises Malformed."""
    try:
        return FIELDS.decode(element)
    except UNFIT:
        pass
    try:
        return FIELDS.decode(lenient(element))
    except msgspec.ValidationError:
        raise Malformed("not a JSON object") from None
    except RecursionError:
        raise Malformed("nested too deep to read") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise Malformed(f"not JSON: {brief(error)}") from None


def lenient(element: bytes) -> bytes:
    """The same JSON with what is no Unicode replaced (lone surrogates, broken UTF-8). NaN and Infinity are refused."""
    value = json.loads(element.decode("utf-8", "replace"), parse_constant=refuse, strict=False)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


def text_of(raw: Raw) -> str:
    """A JSON string's text, another value's JSON, nothing for null and for what is not there."""
    data = bytes(raw)
    if data in (b"", b"null"):
        return ""
    try:
        return TEXT.decode(data)
    except UNFIT:
        return data.decode("utf-8", "replace")


def flag_of(raw: Raw) -> bool | None:
    return {"true": True, "false": False}.get(text_of(raw).lower())


def identity_of(data: bytes) -> Identity:
    """The identity's columns; where one has an odd type, only texts at its first level are taken."""
    if not data:
        return Identity()
    try:
        return IDENTITY.decode(data)
    except UNFIT:
        return loose_identity(data)


def loose_identity(data: bytes) -> Identity:
    try:
        fields = FIELDS.decode(data)
    except UNFIT:
        return Identity()
    names = [name for name in Identity.__struct_fields__ if name in fields and name != "sessionContext"]
    identity = Identity()
    for name in names:
        setattr(identity, name, text_of(fields[name]) or None)
    return identity


def compact(data: bytes) -> bytes:
    """The same JSON without white space, so that nested parts compare alike whoever wrote the file."""
    if b'": ' not in data[:400] and b"\n" not in data[:400]:
        return data
    try:
        return msgspec.json.format(data, indent=-1)
    except UNFIT:
        return data


def brief(error: Exception) -> str:
    return str(error)[:200]
