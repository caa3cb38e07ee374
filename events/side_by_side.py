"""Many questions, two at a time, answered in the order in which they were asked."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

AT_ONCE = 2

Rows = list[tuple[Any, ...]]
Question = tuple[str, Sequence[Any]]


def in_order(
    ask: Callable[[str, Sequence[Any]], Rows], questions: Iterable[Question]
) -> Generator[Future[Rows], None, None]:
    """Yield a finished or running answer per question; ``result()`` gives its rows or raises what the asking raised.

    Few are asked ahead of the one that is read, so that no more than their answers are held.
    """
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question") as pool:
        ahead: deque[Future[Rows]] = deque()
        try:
            for question in questions:
                ahead.append(pool.submit(ask, *question))
                if len(ahead) > AT_ONCE:
                    yield ahead.popleft()
            while ahead:
                yield ahead.popleft()
        finally:
            for answer in ahead:
                answer.cancel()
