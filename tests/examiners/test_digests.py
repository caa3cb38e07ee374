from datetime import datetime
from time import process_time

import pytest

from examiners.cloudtrail_digest import is_digest, is_log
from examiners.digests import LONGEST_NAME, place_of, time_in_name
from tests.examiners.making import member

KEY = (
    "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/01/111122223333_CloudTrail_eu-central-1_20260301T1000Z_a.json"
)


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (KEY, KEY),
        (f"case/copy/{KEY}", KEY),
        (f"logs.zip!{KEY}", KEY),
        (f"AWSLogs/copies.zip!in/logs.tar!copy/{KEY}", KEY),
        (f"AWSLogs/old/{KEY}", KEY),
        ("MyAWSLogs/x.json", "x.json"),
        ("logs.zip!a/x.json", "x.json"),
        ("x.json", "x.json"),
        ("", ""),
    ],
)
def test_a_plain_copy_tells_the_end_of_its_key(file, key):
    assert place_of(member(b"", file)) == ("", key)


def test_what_was_kept_at_collection_tells_bucket_and_key():
    assert place_of(member(b"", "x.json", bucket="acme", key=KEY)) == ("acme", KEY)


@pytest.mark.parametrize(
    ("key", "at"),
    [
        (KEY, datetime(2026, 3, 1, 10)),
        (KEY.replace("T1000Z", "T100005Z"), datetime(2026, 3, 1, 10, 0, 5)),
        (KEY.replace("0301T", "0231T"), None),
        (f"{KEY}/x.json", None),
    ],
)
def test_the_time_in_a_name(key, at):
    moment = time_in_name(key)
    assert (moment and moment.replace(tzinfo=None)) == at


PIECES = (
    "a",
    "/",
    "AWSLogs/",
    "_CloudTrail_",
    "_CloudTrail-Digest_a_",
    "123456789012_CloudTrail_a_20260301T1000Z_",
    "/2026/03/01/",
)


@pytest.mark.parametrize("piece", PIECES)
def test_the_time_that_a_name_takes_does_not_grow_with_its_square(piece):
    one, start = member(b"", piece * (200_000 // len(piece))), process_time()
    assert not is_digest(one)
    assert is_log(one) == ("_CloudTrail_" in piece)
    assert (time_in_name(one.file) is not None) == ("T1000Z_" in piece)
    assert process_time() - start < 2


def test_a_long_prefix_of_the_name_hides_no_log():
    assert is_log(member(b"", "copy_" * LONGEST_NAME + KEY.rsplit("/", 1)[-1]))
