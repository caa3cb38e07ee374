import gzip
import io

import pytest

from examiners import streams
from examiners.streams import Unreadable, plain


def read(data):
    return b"".join(plain(io.BytesIO(data)))


def test_it_passes_plain_bytes_through():
    assert read(b"hello") == b"hello"


def test_it_unpacks_gzip_members_after_each_other_and_ignores_padding():
    assert read(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 2_000_000) == b"one two"


def test_it_unpacks_more_than_one_chunk():
    data = bytes(range(256)) * 20_000
    assert read(gzip.compress(data)) == data


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda packed: packed[:-9], "truncated"),
        (lambda packed: packed + b"PK", "not gzip"),
        (lambda packed: packed[:10] + b"\xff" * 20, "damaged"),
    ],
)
def test_it_gives_what_is_good_and_names_the_damage(damage, words):
    with pytest.raises(Unreadable, match=words):
        read(damage(gzip.compress(b"hello" * 100)))


def test_a_bomb_stops_early():
    read_so_far = 0
    with pytest.raises(Unreadable, match="bomb"):
        for chunk in plain(io.BytesIO(gzip.compress(b"\0" * (100 << 20)))):
            read_so_far += len(chunk)
    assert read_so_far <= streams.RATIO_FROM + streams.CHUNK


def test_a_file_beyond_the_cap_stops_there():
    class Endless(io.RawIOBase):
        def read(self, size=-1):
            return b"x" * size

    with pytest.raises(Unreadable, match="larger than 1024 MiB"):
        for _ in plain(Endless()):
            pass
