"""How machines hand evidence over: a plan of presigned addresses, and the parts that came by them.

No source lives here. Presigned URLs: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import ClientError

from collectors.answers import streamed, wait_if_passing
from collectors.base import Scope
from plugins import Refused

LIFETIME = 3600  # seconds; an address ends with the role's session, if that is sooner
PART_BYTES = 2 * 2**30  # one PUT takes 5 GiB at most; the machine needs room for one part besides the whole
CHUNK = 2**18  # bytes
TOOL = re.compile(r"(?P<url>(?:https|s3)://[\w.~:/?%=&+-]+)#sha256=(?P<sha256>[0-9a-f]{64})", re.ASCII)
# Addresses name the region themselves: one that is redirected takes no PUT.
CONFIG = Config(signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"})


@dataclass(frozen=True, slots=True)
class Tray:
    """Where one machine lays its evidence for one run; ``prefix`` ends without a slash."""

    s3: Any
    bucket: str
    prefix: str

    def part(self, number: int) -> str:
        return f"{self.prefix}/part-{number:04d}"

    def address(self, operation: str, key: str) -> str:
        """A presigned URL; makes no call."""
        return presigned(self.s3, operation, self.bucket, key)

    def planned(self, parts: int) -> dict[str, str]:
        """Lay the list of addresses for ``parts`` parts ready, and return the parameters by which it is found.

        The list keeps addresses that let one write out of the command, which others may read for 30 days.
        """
        urls = [self.address("put_object", self.part(number)) for number in range(1, parts + 1)]
        plan = "".join(f"{url}\n" for url in urls).encode()
        key = f"{self.prefix}/plan"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=plan, ContentType="text/plain")
        return {
            "PlanUrl": self.address("get_object", key),
            "PlanSha256": hashlib.sha256(plan).hexdigest(),
            "PartBytes": str(PART_BYTES),
        }

    def opened(self, parts: int, size: int) -> BinaryIO:
        """The parts as one stream. Reads little more than the announced ``size`` (bytes), whatever lies there."""
        return streamed(self.chunks(parts, size))

    def chunks(self, parts: int, size: int) -> Iterator[bytes]:
        read = 0
        for number in range(1, parts + 1):
            with self.body(self.part(number)) as body:
                for chunk in iter(partial(body.read, CHUNK), b""):
                    yield chunk
                    read += len(chunk)
                    if read > size:
                        return

    def body(self, key: str) -> Any:
        """Raises NotReady where the same request can be made later, so that what lies there is not given up."""
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as problem:
            wait_if_passing(problem, f"s3://{self.bucket}/{key}")
            raise


def presigned(s3: Any, operation: str, bucket: str, key: str) -> str:
    url: str = s3.generate_presigned_url(operation, Params={"Bucket": bucket, "Key": key}, ExpiresIn=LIFETIME)
    return url


def opened_bucket(scope: Scope, aws: Any) -> Any:
    """A client for the staging bucket. Raises Refused if there is none, or if evidence would leave its region by it."""
    if not scope.staging:
        raise Refused("no bucket takes what machines hand over; set STAGING_BUCKET, see docs/machines.md")
    s3 = aws.client("s3", config=CONFIG)
    found = s3.head_bucket(Bucket=scope.staging).get("BucketRegion", "unknown")
    if found != scope.region:
        words = f"the staging bucket {scope.staging} lies in {found}, and evidence of {scope.region} must stay there"
        raise Refused(f"{words}; let STAGING_BUCKET name a bucket in {scope.region}")
    return s3


def tool_of(scope: Scope, name: str, s3: Any) -> tuple[str, str] | None:
    """Address and SHA-256 of a program that the organisation has set, None for none; one in a bucket is presigned.

    Raises Refused for an address without a hash: nothing runs on a machine that is not known to the byte.
    """
    given = scope.tools.get(name, "")
    if not given:
        return None
    found = TOOL.fullmatch(given)
    if not found:
        raise Refused(f"{name} is {given!r}; give it as https://HOST/PATH#sha256=HEX or s3://BUCKET/KEY#sha256=HEX")
    place = urlsplit(found["url"])
    if place.scheme == "https":
        return found["url"], found["sha256"]
    return presigned(s3, "get_object", place.netloc, place.path.lstrip("/")), found["sha256"]
