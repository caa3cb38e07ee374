"""EBS direct APIs: moto knows only snapshots that these APIs made, in one page, with blocks of 512 bytes and no sums.

Ours gives each block its SHA-256, lists by page, and has a disk for each snapshot of EC2 as well: a made-up one with
holes, the same bytes each time. Where AWS is larger: its blocks have 512 KiB and ours 1 KiB, so that a GiB of a volume
is a disk of 2 MiB; its pages have up to 10,000 blocks and ours 20. Block tokens are granted unseen.
"""

import base64
import hashlib
import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.ebs.models import EBSBackend
from moto.ebs.responses import EBSResponse

from simulation.overlays import Ground

BLOCK = 1024  # bytes
BLOCKS_IN_GIB = 2048
PAGE = 20
USED, RUN = 512, 2  # of a made-up disk the first two of 512 blocks hold something
Blocks = dict[int, bytes]
Answer = tuple[int, dict[str, str], Any]


class NoSuchSnapshot(JsonRESTError):
    """What the service answers where there is nothing of this name."""

    code = 404

    def __init__(self, what: str) -> None:
        super().__init__("ResourceNotFoundException", f"{what} does not exist")


def lay(ground: Ground) -> None:
    del ground
    response: Any = EBSResponse
    response.list_snapshot_blocks, response.get_snapshot_block = list_snapshot_blocks, get_snapshot_block


def disk_of(backend: EBSBackend, snapshot: str) -> tuple[int, Blocks]:
    """Size in GiB as the volume had it, and what its blocks hold."""
    if snapshot in backend.snapshots:
        found = backend.snapshots[snapshot]
        return found.volume_size, {index: block.block_data for index, block in found.blocks.items()}
    if snapshot not in backend.ec2_backend.snapshots:
        raise NoSuchSnapshot(f"The snapshot {snapshot}")
    size = backend.ec2_backend.snapshots[snapshot].volume.size
    used = [index for index in range(size * BLOCKS_IN_GIB) if index % USED < RUN]
    return size, {index: made_up(snapshot, index) for index in used}


def made_up(snapshot: str, index: int) -> bytes:
    line = b"%s block %06d of a made-up disk\n" % (snapshot.encode(), index)
    return (line * (BLOCK // len(line) + 1))[:BLOCK]


def list_snapshot_blocks(response: Any) -> str:
    """https://docs.aws.amazon.com/ebs/latest/APIReference/API_ListSnapshotBlocks.html"""
    snapshot = response._get_param("SnapshotId")
    size, blocks = disk_of(response.ebs_backend, snapshot)
    start = int(base64.b64decode(response._get_param("NextToken") or "") or 0)
    most = min(PAGE, int(response._get_param("MaxResults") or PAGE))
    order = sorted(blocks)
    page = order[start : start + most]
    answer: dict[str, Any] = {
        "Blocks": [{"BlockIndex": index, "BlockToken": base64.b64encode(b"%d" % index).decode()} for index in page],
        "VolumeSize": size,
        "BlockSize": BLOCK,
    }
    if start + most < len(order):
        answer["NextToken"] = base64.b64encode(b"%d" % (start + most)).decode()
    return json.dumps(answer)


def get_snapshot_block(response: Any) -> Answer:
    """https://docs.aws.amazon.com/ebs/latest/APIReference/API_GetSnapshotBlock.html"""
    index = int(response._get_param("BlockIndex"))
    _, blocks = disk_of(response.ebs_backend, response._get_param("SnapshotId"))
    if index not in blocks:
        raise NoSuchSnapshot(f"Block {index}")
    data = blocks[index]
    headers = {
        "x-amz-Data-Length": str(len(data)),
        "x-amz-Checksum": base64.b64encode(hashlib.sha256(data).digest()).decode(),
        "x-amz-Checksum-Algorithm": "SHA256",
    }
    return 200, headers, data
