"""Which part of a window others leave open."""

from collections.abc import Iterable

from plugins import Window


def uncovered(whole: Window, parts: Iterable[Window]) -> tuple[Window, ...]:
    """What of ``whole`` no part covers, oldest first."""
    left, at = [], whole.start
    for part in sorted(parts, key=lambda part: part.start):
        if part.start > at:
            left.append(Window(at, min(part.start, whole.end)))
        at = max(at, part.end)
        if at >= whole.end:
            break
    if at < whole.end:
        left.append(Window(at, whole.end))
    return tuple(one for one in left if one.start < one.end)
