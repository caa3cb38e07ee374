"""The whole disk behind an EBS snapshot, block by block, each block checked against the sum that AWS gives for it.

API: https://docs.aws.amazon.com/ebs/latest/userguide/readsnapshots.html
"""

import base64
import errno
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any, BinaryIO

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from collectors.answers import REFUSALS, gap_of, streamed, wait_if_passing
from collectors.base import SNAPSHOT, Artifact, Scope, source
from collectors.blocks import KeptBlocks
from plugins import Gap

BLOCKS_IN_GIB = 2048  # of 512 KiB
CONNECTIONS = 16
WINDOW = 2 * CONNECTIONS  # blocks in memory at most: those on their way, and those that came before their turn
ATTEMPTS = 3  # for one block, on top of what botocore tries by itself
FIRST_PAGE, PAGE = 100, 10_000  # blocks; the least and the most that AWS lists at a time
CHECKED = "SHA-256 of each block compared with the checksum of AWS; blocks that AWS does not list are zeros"
ListedBlock = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disk:
    """A snapshot as EBS shows it: ``count`` blocks of ``block`` bytes, whether listed or not."""

    ebs: Any
    snapshot: str
    count: int
    block: int

    def failure(self, words: str) -> OSError:
        """What ends the reading, so that the image becomes a gap."""
        return OSError(errno.EIO, f"{self.snapshot}: {words}; nothing of the image was kept as evidence")


@source(
    "ebs_image",
    title="EBS disk images",
    permissions=("ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock"),
    resources="snapshot ids",
    pattern=SNAPSHOT,
    kind="disk_image",
    volatility=60,
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield the image of each snapshot: as many bytes as the volume had, whatever was used of it.

    Blocks are fetched when the image is read, 16 at a time; those in ``scope.workdir`` are not fetched again. Raises
    NotReady where AWS answers too many calls, also while the image is read.
    """
    ebs = aws.client("ebs", config=Config(max_pool_connections=CONNECTIONS + 1))  # one lists
    for snapshot in scope.resources:
        try:
            yield image_of(scope, ebs, snapshot)
        except REFUSALS as problem:
            wait_if_passing(problem, snapshot)
            yield gap_of(problem, snapshot)


def image_of(scope: Scope, ebs: Any, snapshot: str) -> Artifact:
    """One call tells how large it is."""
    first = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=FIRST_PAGE)
    disk = Disk(ebs, snapshot, first["VolumeSize"] * BLOCKS_IN_GIB, first["BlockSize"])
    return Artifact(
        name=f"{snapshot}.img",
        origin=f"arn:aws:ec2:{scope.region}::snapshot/{snapshot}#image",
        open=partial(opened, disk, scope),
        size=disk.count * disk.block,
        notes={"snapshot": snapshot, "block_size": disk.block, "checked": CHECKED},
    )


def opened(disk: Disk, scope: Scope) -> BinaryIO:
    return streamed(image(disk, scope))


def image(disk: Disk, scope: Scope) -> Iterator[bytes]:
    """Every byte of the disk in order. Raises OSError, after trying again, rather than give a byte that AWS disowns."""
    with ExitStack() as stack:
        kept = stack.enter_context(KeptBlocks(scope.workdir, disk.snapshot, disk.block)) if scope.workdir else None
        pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix=disk.snapshot)
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from filled(disk, in_order(pool, disk, kept))


def in_order(pool: ThreadPoolExecutor, disk: Disk, kept: KeptBlocks | None) -> Iterator[tuple[int, bytes]]:
    """Index and bytes of each listed block, fetched ahead by no more than the window."""
    ahead: deque[tuple[int, Future[bytes]]] = deque()
    for block in listed(disk):
        ahead.append((block["BlockIndex"], pool.submit(fetched, disk, kept, block)))
        if len(ahead) >= WINDOW:
            index, coming = ahead.popleft()
            yield index, coming.result()
    for index, coming in ahead:
        yield index, coming.result()


def filled(disk: Disk, blocks: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The blocks with zeros between and behind them."""
    at, zeros = 0, bytes(disk.block)
    for index, data in chain(blocks, [(disk.count, b"")]):
        if not at <= index <= disk.count:
            raise disk.failure(f"AWS listed block {index} where one from {at} to {disk.count} was to come")
        yield from repeat(zeros, index - at)
        yield data
        at = index + 1


def listed(disk: Disk) -> Iterator[ListedBlock]:
    """The blocks that hold something, page by page: botocore has no paginator for it."""
    more: dict[str, str] = {}
    while True:
        try:
            page = disk.ebs.list_snapshot_blocks(SnapshotId=disk.snapshot, MaxResults=PAGE, **more)
        except ClientError as problem:
            wait_if_passing(problem, disk.snapshot)
            raise
        yield from page["Blocks"]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def fetched(disk: Disk, kept: KeptBlocks | None, block: ListedBlock) -> bytes:
    """One block, from disk or from AWS, with the sum that AWS gives for it."""
    index = block["BlockIndex"]
    if kept and (data := kept.get(index)) is not None:
        return data
    data = from_aws(disk, block)
    if kept:
        kept.keep(index, data)
    return data


def from_aws(disk: Disk, block: ListedBlock) -> bytes:
    """Fetch it, again where it broke off or came with another sum. Raises OSError when that does not help."""
    wrong = ""
    for _ in range(ATTEMPTS):
        try:
            data, wrong = asked(disk, block)
        except BotoCoreError as problem:  # it broke off; a refusal in AWS's own words is a ClientError
            wrong = str(problem)
        except ClientError as problem:
            wait_if_passing(problem, disk.snapshot)
            raise
        if not wrong:
            return data
    raise disk.failure(f"block {block['BlockIndex']} was fetched {ATTEMPTS} times, and {wrong}")


def asked(disk: Disk, block: ListedBlock) -> tuple[bytes, str]:
    """The bytes that came, and what is wrong with them: empty if they are what AWS says they are."""
    answer = disk.ebs.get_snapshot_block(
        SnapshotId=disk.snapshot, BlockIndex=block["BlockIndex"], BlockToken=block["BlockToken"]
    )
    data: bytes = answer["BlockData"].read()
    found, announced = base64.b64encode(hashlib.sha256(data).digest()).decode(), answer.get("Checksum")
    if found != announced or answer.get("ChecksumAlgorithm") != "SHA256":
        return data, f"its SHA-256 is {found}, AWS announced {announced}"
    return data, "" if len(data) == disk.block else f"it has {len(data)} bytes instead of {disk.block}"
