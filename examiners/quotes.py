"""Fields between spaces, some of them in double quotes in which a quote may be escaped with a backslash."""

import re

from examiners.records import Malformed

ESCAPED = re.compile(r'(?:[^" ]+|"(?:[^"\\]|\\.)*+"| +)*+', re.DOTALL)
PART = re.compile(r'"((?:[^"\\]|\\.)*+)"|([^" ]+)', re.DOTALL)


def parts_in(line: str) -> list[str]:
    """The fields without their quotes. Raises Malformed if a quote is not closed."""
    if "\\" in line and ESCAPED.fullmatch(line):
        return [plain or quoted.replace('\\"', '"') for quoted, plain in PART.findall(line)]
    # No quote is escaped; a backslash at a value's end is then the client's own, who must not hide a record by it.
    pieces = line.split('"')
    if len(pieces) % 2 == 0:
        raise Malformed("a quote is not closed")
    parts: list[str] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            parts.append(piece)
        else:
            parts.extend(part for part in piece.split(" ") if part)
    return parts
