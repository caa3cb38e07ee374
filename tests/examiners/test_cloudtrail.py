import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examiners.cloudtrail import looks_like_cloudtrail, raw_record
from tests.examiners.making import DATA, event, examined, member, trail

TWO = [event("GetObject"), event("PutObject")]
LOOKUP = {"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(record)} for record in TWO]}
FORMS = {
    "trail": trail(*TWO),
    "gzip": trail(*TWO, packed=True),
    "two gzip members": gzip.compress(trail(*TWO)[:50]) + gzip.compress(trail(*TWO)[50:]),
    "array": json.dumps(TWO).encode(),
    "pretty": json.dumps({"Records": TWO}, indent=3).encode(),
    "other keys first": b'{"version":"1","Records":' + json.dumps(TWO).encode() + b"}",
    "json lines": b"\n".join(json.dumps(record).encode() for record in TWO),
    "windows lines": b"\r\n".join(json.dumps(record).encode() for record in TWO) + b"\r\n",
    "lookup events": json.dumps(LOOKUP).encode(),
    "lookup lines": b"".join(json.dumps(one).encode() + b"\n" for one in LOOKUP["Events"]),
    "lookup array": json.dumps(LOOKUP["Events"]).encode(),
    "byte order mark": b"\xef\xbb\xbf" + trail(*TWO),
    "utf-16": trail(*TWO).decode().encode("utf-16"),
}
RECORD = json.dumps(event()).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return trail(event(), event("PutObject")), "log.json", {}, 2


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_reads_the_same_events_from_every_form(form):
    outcome = examined(form)
    assert outcome.names == ["GetObject", "PutObject"]
    assert [row["src_row"] for row in outcome.rows] == [0, 1]
    assert not outcome.quarantined


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_recognises_every_form_by_its_first_bytes(form):
    head = gzip.decompress(form) if form[:1] == b"\x1f" else form
    assert looks_like_cloudtrail(head, "x") >= 70


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_it_finds_the_raw_record_again_by_its_row(form):
    assert json.loads(raw_record(member(form), 1))["eventName"] == "PutObject"


def test_it_reads_one_record_alone():
    assert examined(RECORD).names == ["ListBuckets"]


def test_an_empty_log_file_has_nothing_to_read():
    outcome = examined(trail())
    assert (outcome.tallies[0].read, outcome.rows) == (0, [])
    assert looks_like_cloudtrail(trail(), "x") > 0


def test_it_fills_the_columns_of_the_schema():
    issuer = {"sessionIssuer": {"arn": "arn:aws:iam::1:role/ops"}, "attributes": {"mfaAuthenticated": "true"}}
    identity = {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/ops/ida", "sessionContext": issuer}
    row = examined(trail(event(userIdentity=identity, readOnly=True, requestParameters={"a": "ü"}))).rows[0]
    assert (row["principal"], row["session_issuer_arn"]) == (identity["arn"], "arn:aws:iam::1:role/ops")
    assert (row["mfa_authenticated"], row["read_only"]) == ("true", True)
    assert json.loads(row["request_parameters"]) == {"a": "ü"}
    assert row["event_time"].isoformat() == "2026-03-01T10:00:00"


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com"),
        ({"type": "SAMLUser", "userName": "ida", "principalId": "x"}, "ida"),
        ({"type": "AWSAccount", "accountId": "111122223333"}, "account 111122223333"),
        ({"type": "Unknown"}, "Unknown"),
        (None, None),
        ("rin", None),
    ],
)
def test_it_names_the_principal_in_a_readable_way(identity, principal):
    assert examined(trail(event(userIdentity=identity))).rows[0]["principal"] == principal


def test_null_and_absent_parts_are_both_null():
    row = examined(trail(event(requestParameters=None))).rows[0]
    assert row["request_parameters"] is None
    assert row["response_elements"] is None


@pytest.mark.parametrize("time", ["yesterday", None, 17, ""])
def test_a_record_without_a_readable_time_is_still_a_row(time):
    assert examined(trail(event(eventTime=time), event())).rows[0]["event_time"] is None


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"])
@pytest.mark.parametrize("other", ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5+02:00"])
def test_a_time_that_aws_cannot_have_written_is_no_time(time, other):
    rows = examined(trail(event(eventTime=time), event(eventTime=other))).rows
    assert [row["event_time"] is None for row in rows] == [True, False]


def test_a_time_with_an_offset_is_stored_in_utc():
    row = examined(trail(event(eventTime="2026-03-01T12:00:00.5+02:00"), event(eventTime="no"))).rows[0]
    assert row["event_time"].isoformat() == "2026-03-01T10:00:00.500000"


def test_odd_types_become_text_instead_of_losing_the_record():
    row = examined(trail(event(errorCode=403, userAgent={"a": 1}, readOnly="true", userIdentity=["x"]))).rows[0]
    assert (row["error_code"], row["user_agent"], row["read_only"]) == ("403", '{"a":1}', True)
    assert row["user_identity"] == '["x"]'


def test_an_identity_with_an_odd_part_keeps_the_other_parts():
    row = examined(trail(event(userIdentity={"arn": "arn:x", "accountId": 7, "sessionContext": "none"}))).rows[0]
    assert (row["user_identity_arn"], row["user_identity_account_id"]) == ("arn:x", "7")


@pytest.mark.parametrize("junk", [5, None, "text", [], {}, {"eventName": None}, {"eventname": "x"}])
def test_it_quarantines_what_is_no_event_between_its_good_neighbours(junk):
    outcome = examined(trail(event("A"), junk, event("B")))
    assert outcome.names == ["A", "B"]
    assert [(one.row, one.file) for one in outcome.quarantined] == [(1, "log-0.json")]
    assert [row["src_row"] for row in outcome.rows] == [0, 2]


@pytest.mark.parametrize(
    "broken",
    [
        b'{"eventName":"X",}',
        b'{"eventName":"X" "a":1}',
        b'{"eventName":NaN}',
        b'{"eventName":"X","a":"unescaped "quote"}',
        b"{broken",
        b"",
    ],
)
def test_it_quarantines_broken_json_between_its_good_neighbours(broken):
    outcome = examined(b'{"Records":[' + RECORD + b"," + broken + b"," + RECORD + b"]}")
    assert len(outcome.rows) == 2
    assert len(outcome.quarantined) == 1
    assert outcome.quarantined[0].row == 1


def test_junk_lines_between_json_lines_are_quarantined_with_their_line_number():
    outcome = examined(RECORD + b"\n\n<html>\n" + RECORD + b"\n" + RECORD[:40])
    assert [row["src_row"] for row in outcome.rows] == [0, 3]
    assert [one.row for one in outcome.quarantined] == [2, 4]


def test_more_junk_than_json_lines_costs_no_line_that_is_whole():
    outcome = examined(RECORD + b'\n{"broken": \nnot json at all\n')
    assert len(outcome.rows) == 1
    assert [one.row for one in outcome.quarantined] == [1, 2]


@pytest.mark.parametrize("junk", [b"\njunk", b"\njunk\njunk", b"\njunk\n{}\n", b"\n\n\njunk\nx\ny"])
@pytest.mark.parametrize("form", ["trail", "array", "lookup events"])
def test_junk_behind_a_list_costs_none_of_its_records(form, junk):
    outcome = examined(FORMS[form] + junk)
    assert outcome.names == ["GetObject", "PutObject"]
    assert [one.row for one in outcome.quarantined] == [2]


def test_a_truncated_gzip_gives_its_whole_rows_and_one_quarantined():
    records = [event(f"Event{number}", eventID=str(hash(number))) for number in range(2_000)]
    packed = trail(*records, packed=True)
    outcome = examined(packed[: len(packed) // 2])
    assert 500 < len(outcome.rows) < 2_000
    assert outcome.reasons == ["the gzip stream is truncated"]


def test_a_gzip_with_a_wrong_checksum_keeps_its_rows_and_says_so():
    packed = trail(*TWO, packed=True)
    outcome = examined(packed[:-8] + b"\0\0\0\0" + packed[-4:])
    assert "damaged" in outcome.reasons[0]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 100, b"hello", b'{"a":', b'{"Records":5}', b'{"Records":null}', b"\xff\xfe\x00", b"\x1f\x8b"]
)
def test_a_file_that_cannot_be_parsed_counts_one_read_one_quarantined(data):
    tally = examined(data).tallies[0]
    assert (tally.read, tally.rows, tally.quarantined) == (1, 0, 1)


def test_text_behind_the_records_is_not_passed_over():
    outcome = examined(trail(event()) + b"garbage")
    assert (len(outcome.rows), len(outcome.quarantined)) == (1, 1)


def test_a_second_records_list_does_not_replace_the_first_in_silence():
    outcome = examined(b'{"Records":[' + RECORD + b'],"Records":[]}')
    assert (len(outcome.rows), len(outcome.quarantined)) == (1, 1)


def test_a_nesting_bomb_is_quarantined_and_its_neighbours_stay():
    bomb = b'{"eventName":"X","requestParameters":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    outcome = examined(b'{"Records":[' + RECORD + b"," + bomb + b"," + RECORD + b"]}")
    assert len(outcome.rows) == 2
    assert outcome.reasons == ["nested too deep to read"]


def test_a_deep_bomb_as_a_whole_file_does_not_crash():
    assert len(examined(b"[" * 1_000_000).quarantined) == 1


def test_a_lone_surrogate_or_broken_utf8_does_not_lose_the_record():
    surrogate = b'{"eventName":"X","userAgent":"a\\ud800b"}'
    broken = b'{"eventName":"Y","requestParameters":{"a":"\xff"}}'
    outcome = examined(b'{"Records":[' + surrogate + b"," + broken + b"]}")
    assert outcome.names == ["X", "Y"]
    assert outcome.rows[1]["request_parameters"] == '{"a":"\ufffd"}'


def test_records_that_are_read_leniently_keep_their_rows_and_hide_no_other():
    records = [event(f"{number}", errorMessage="\ud800x" if number % 2 else "x") for number in range(240)]
    outcome = examined(json.dumps({"Records": records}).encode())
    assert (outcome.names, outcome.quarantined) == ([str(number) for number in range(240)], [])
    assert [row["src_row"] for row in outcome.rows] == list(range(240))
    assert outcome.balances()


def test_a_truncated_gzip_with_blanks_between_its_records_loses_one_record_only():
    data = gzip.compress(json.dumps({"Records": [event(f"{number:>64}") for number in range(500)]}).encode())
    outcome = examined(data[:-50])
    assert len(outcome.rows) > 100
    assert ["truncated" in reason for reason in outcome.reasons] == [True]


def test_a_nul_and_a_huge_number_are_kept():
    row = examined(trail(event(userAgent="a\0b", requestParameters={"n": 10**400}))).rows[0]
    assert row["user_agent"] == "a\0b"
    assert str(10**400) in row["request_parameters"]


def test_of_a_repeated_key_the_last_counts():
    assert examined(b'[{"eventName":"A","eventName":"B"}]').names == ["B"]


def test_rows_of_many_files_share_a_batch():
    outcome = examined(*(trail(event()) for _ in range(20)))
    assert len(outcome.batches) == 1
    assert [row["member"] for row in outcome.rows] == list(range(20))


def test_full_batches_are_given_out_on_the_way():
    small = b"[" + b",".join([b'{"eventName":"A"}'] * 700) + b"]"
    outcome = examined(small, small, small)
    assert [batch.num_rows for batch in outcome.batches] == [1_000, 400, 700]
    assert [row["src_row"] for row in outcome.rows] == [*range(700)] * 3


def test_a_row_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="no row 9"):
        raw_record(member(trail(event())), 9)


def test_a_row_behind_damage_is_named():
    with pytest.raises(LookupError, match="behind damage"):
        raw_record(member(trail(*TWO)[:-400]), 1)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_byte_sequence_crashes_it_and_the_tally_balances(data):
    assert examined(data).tallies[0].read >= 0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 900), st.binary(max_size=12), st.booleans())
def test_no_damage_to_a_log_file_crashes_it_and_the_tally_balances(position, damage, packed):
    data = trail(*TWO, event("C"), packed=packed)
    examined(data[:position] + damage + data[position + len(damage) :])


values = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*event(), "readOnly", "resources"]), values))
def test_no_field_value_crashes_it_and_the_tally_balances(fields):
    assert examined(trail(event("A"), event() | fields)).names[0] == "A"


def test_real_log_files_are_read_whole():
    files = sorted((DATA / "invictus").glob("*"))
    if not files:
        pytest.skip("the sample data of ../shared/data is not here")
    outcome = examined(*(file.read_bytes() for file in files))
    assert (len(files), len(outcome.rows), len(outcome.quarantined)) == (55, 2_900, 0)


def test_a_digest_is_not_taken_for_a_log_file():
    assert looks_like_cloudtrail(b'{"digestS3Object":"x","logFiles":[],"eventName":1}', "1_CloudTrail_x.json") == 0


def test_the_member_says_where_a_row_came_from():
    row = examined(trail(event())).rows[0]
    assert (row["evidence"], row["part"], row["src_file"]) == (
        "FP-2026-000001-E0001",
        1,
        member(b"", "log-0.json").file,
    )
