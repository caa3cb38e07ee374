"""Bytes that leave the portal: always an attachment, never something a browser would open by itself."""

from collections.abc import AsyncIterator, Iterator
from typing import BinaryIO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

CHUNK = 1 << 18  # bytes
BYTES = "application/octet-stream"


def attachment(
    request: HttpRequest, chunks: Iterator[bytes], name: str, *, size: int | None = None, kind: str = BYTES
) -> StreamingHttpResponse:
    """Stream ``chunks`` as the file ``name`` (ours, plain ASCII); the server never holds more than one chunk.

    ``kind`` is the media type of what the portal itself has made; evidence is bytes.
    """
    # Under ASGI Django would gather a plain iterator whole before it sends the first byte.
    body = awaited(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if size is not None:
        response["Content-Length"] = str(size)
    return response


async def awaited(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(chunks, b""))
    while chunk := await following():
        yield chunk


def chunks_of(stream: BinaryIO) -> Iterator[bytes]:
    """Pieces of 256 KiB; the stream is closed after the last one."""
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk
