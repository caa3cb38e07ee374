"""Finding out what a member is: its first bytes decide, its name only helps."""

from contextlib import suppress

from examiners.base import Examiner, Member, examiners
from examiners.documents import as_utf8
from examiners.splitting import is_too_deep
from examiners.streams import CHUNK, GZIP, LARGEST_RATIO, Unreadable, plain

HEAD = 64 << 10


def head(member: Member) -> bytes:
    """The first 64 KiB of the member after gunzip; less if it ends or breaks off earlier."""
    with member.open() as stream, suppress(Unreadable):
        for chunk in plain(stream):
            return chunk[:HEAD]
    return b""


def choose(head: bytes, name: str) -> Examiner | None:
    """The examiner that is surest of these bytes; None if nobody claims them."""
    tools = [tool for tool in examiners if isinstance(tool, Examiner)]
    scores = [(tool.sniff(head, name), tool.name, tool) for tool in tools]
    score, _, best = max(scores, default=(0, "", None), key=lambda item: item[:2])
    return best if score > 0 else None


def why_unclaimed(member: Member, head: bytes) -> str:
    """What is said of a file that begins so and that nobody claims: of a bomb or a damaged file, that it is one."""
    if is_too_deep(as_utf8(head)):
        return "nested too deep to read"
    return damage_of(member) or "unrecognised: no examiner claims this file"


def damage_of(member: Member) -> str:
    """What is wrong with a gzip file as far as a bomb's ratio shows, about 200 MiB; nothing if that much is sound."""
    with member.open() as stream:
        if stream.read(len(GZIP)) != GZIP:
            return ""
    made = 0
    try:
        with member.open() as stream:
            for chunk in plain(stream):
                made += len(chunk)
                if made > (LARGEST_RATIO + 1) * CHUNK:
                    break
    except Unreadable as error:
        return str(error)
    return ""
