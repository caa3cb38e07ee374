"""Text logs line by line, whatever their size: a line that is too long is one record lost, not the file."""

from collections.abc import Callable, Iterator, Sequence

from examiners.base import Member
from examiners.documents import utf8_chunks
from examiners.forms import Item
from examiners.streams import plain

LONGEST = 4 << 20  # bytes of a line: an event of CloudWatch Logs has up to 1 MiB, and more in its envelope


def lines_of(member: Member) -> Iterator[Item]:
    """Every line, numbered from 0, blank ones too. Raises Unreadable behind the last good line where damage follows."""
    number, rest, is_cut = 0, b"", False
    with member.open() as stream:
        for chunk in utf8_chunks(plain(stream)):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield item_of(number, line, is_cut=is_cut)
                number, is_cut = number + 1, False
            if len(rest) > LONGEST:
                rest, is_cut = rest[:1], True
    if rest:
        yield item_of(number, rest, is_cut=is_cut)


def item_of(number: int, line: bytes, *, is_cut: bool) -> Item:
    if is_cut or len(line) > LONGEST:
        return Item(number, line[:LONGEST], problem=f"a line longer than {LONGEST >> 20} MiB")
    return Item(number, line.removesuffix(b"\r"))


def records_of(member: Member) -> Iterator[Item]:
    """The lines that hold something."""
    return (line for line in lines_of(member) if line.problem or line.data.strip())


def mostly(lines: Sequence[str], is_one: Callable[[str], bool]) -> bool:
    """Whether at least three of four lines are of a kind: a log that is claimed may have some odd ones."""
    return bool(lines) and 4 * sum(map(is_one, lines)) >= 3 * len(lines)
