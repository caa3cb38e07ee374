"""What AWS charges for being collected from: published prices of US East (N. Virginia), in USD.

Other regions differ by some tenths. Noted down on 2026-11-26 from these pages: facts of that day, no tariff of ours.

* requests: https://aws.amazon.com/s3/pricing/ (S3 Standard)
* transfer: https://aws.amazon.com/ec2/pricing/on-demand/ (Data Transfer; the first 10 TB a month)
* snapshots: https://aws.amazon.com/ebs/pricing/ (standard tier)

What a request is: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequestMetricsExplained.html
"""

from dataclasses import dataclass

NOTED_ON = "2026-11-26"
GET = 0.0004 / 1000  # a request
LIST = 0.005 / 1000  # a request, which answers up to 1,000 keys
OUT = 0.09  # a GB to the internet; nothing inside the region
SNAPSHOT_MONTH = 0.05  # a GB of changed blocks, a month
GB = 10**9  # bytes, as AWS bills transfer
KEYS = 1000  # in one answer to a LIST


@dataclass(frozen=True, slots=True)
class Cost:
    """USD: ``low`` with the portal in the region of the logs, ``high`` with everything sent over the internet."""

    low: float
    high: float


def cost_of(objects: int, size: int) -> Cost:
    """The cost of listing and reading ``objects`` of S3 that have ``size`` bytes together."""
    requests = objects * GET + -(-objects // KEYS) * LIST
    return Cost(requests, requests + size / GB * OUT)
