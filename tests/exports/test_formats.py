"""What each format writes, and that hostile text stays text in all of them."""

import csv
import io
import json
import uuid

import pyarrow.parquet as pq
import pytest

from events import EXPORTED
from exports import EVENTS, FINDINGS, export_formats
from exports.csv_table import safe
from tests.exports.making import AT, finding, row

HOSTILE = "=cmd|'/c calc'!A1 \u202e <script>\n\0\ud800"


def made(name, *rows):
    return b"".join(export_formats.get(name).write(iter(rows)))


def lines(name, *rows):
    return [json.loads(line) for line in made(name, *rows).splitlines()]


@pytest.mark.parametrize("form", list(export_formats), ids=lambda form: form.name)
def test_every_format_cites_its_source_and_can_write_nothing(form):
    assert "https://" in form.write.__doc__
    b"".join(form.write(iter(())))


@pytest.mark.parametrize("form", [form for form in export_formats if form.of == EVENTS], ids=lambda form: form.name)
def test_hostile_text_breaks_no_format(form):
    odd = row(event_name=HOSTILE, principal=HOSTILE, user_agent=HOSTILE)
    assert b"".join(form.write(iter((odd, row()))))


def test_a_csv_has_a_header_and_a_line_an_event():
    rows = list(csv.DictReader(io.StringIO(made("csv", row(), row(member=6)).decode(), newline="")))
    assert list(rows[0]) == list(EXPORTED)
    assert [one["member"] for one in rows] == ["5", "6"]
    assert rows[0]["event_time"] == "2026-03-01T10:00:00.250000Z"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A"]
)
def test_no_cell_of_a_csv_is_a_formula(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    "before", [" ", "  ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u2060", "\u202e", "\x1f", " \u200b\n"]
)
@pytest.mark.parametrize("sign", ["=1+1", "\uff1d1", "-1"])
def test_what_is_not_seen_hides_no_formula(before, sign):
    assert safe(before + sign) == f"'{before}{sign}"


@pytest.mark.parametrize("text", [" a=b", "\ufeff10.0.0.1", " ", "\u200b", "a=b", "10.0.0.1", "", "'="])
def test_other_cells_stay_as_they_are(text):
    assert safe(text) == text


def test_json_lines_hold_what_is_told():
    (one,) = lines("jsonl", row(error_code=None))
    assert one["event_time"] == "2026-03-01T10:00:00.250000Z"
    assert "error_code" not in one


def test_parquet_is_read_back():
    table = pq.read_table(io.BytesIO(made("parquet", row(), row(src_row=13))))
    assert table.column("src_row").to_pylist() == [12, 13]
    assert table.column("event_time").to_pylist()[0] == AT


def test_parquet_of_many_rows_comes_in_pieces():
    pieces = list(export_formats.get("parquet").write(row(src_row=number) for number in range(25_000)))
    assert len(pieces) == 4
    assert pq.read_table(io.BytesIO(b"".join(pieces))).num_rows == 25_000


def test_timesketch_gets_its_three_fields():
    (one,) = lines("timesketch", row(error_code="AccessDenied"))
    assert one["datetime"] == "2026-03-01T10:00:00.250000Z"
    assert one["timestamp_desc"] == "Event time"
    assert one["message"].startswith("ListBuckets of s3.amazonaws.com by arn:aws:iam::111122223333:user/rin")
    assert one["message"].endswith("refused: AccessDenied")


def test_timesketch_has_no_place_for_what_has_no_time():
    assert lines("timesketch", row(event_time=None)) == []


@pytest.mark.parametrize(
    ("fields", "number", "activity"),
    [
        ({"event_name": "ListBuckets"}, 6003, 2),
        ({"event_name": "CreateBucket"}, 6003, 1),
        ({"event_name": "DeleteTrail"}, 6003, 4),
        ({"event_name": "UpdateFunctionCode"}, 6003, 3),
        ({"event_name": "AssumeRole"}, 6003, 99),
        ({"event_name": "ConsoleLogin"}, 3002, 1),
        ({"event_name": "CreateUser", "event_source": "iam.amazonaws.com"}, 3001, 1),
        ({"event_name": "CreateUser", "event_source": "transfer.amazonaws.com"}, 6003, 1),
        ({"family": "network_flows"}, 4001, 6),
        ({"family": "alerts"}, 2004, 1),
        ({"family": "volcano"}, 0, 99),
    ],
)
def test_ocsf_has_a_class_for_each_family(fields, number, activity):
    (one,) = lines("ocsf", row(**fields))
    assert (one["class_uid"], one["activity_id"], one["type_uid"]) == (number, activity, number * 100 + activity)
    assert one["category_uid"] == number // 1000
    assert one["time"] == round(AT.timestamp() * 1000)


def test_ocsf_says_what_failed():
    (one,) = lines("ocsf", row(error_code="AccessDenied", error_message="no"))
    assert (one["status_id"], one["status_code"], one["status_detail"]) == (2, "AccessDenied", "no")


def test_ocsf_of_a_flow_has_both_ends():
    flow = {"srcaddr": "10.0.0.1", "dstaddr": "203.0.113.9", "dstport": 443, "bytes": 9, "action": "REJECT"}
    (one,) = lines("ocsf", row(family="network_flows", **flow))
    assert one["dst_endpoint"] == {"ip": "203.0.113.9", "port": 443}
    assert (one["traffic"], one["disposition"]) == ({"bytes": 9}, "Blocked")


def test_ocsf_of_a_finding_says_what_was_found_and_how_grave_it_is():
    found = {"title": "A key leaked", "type": "Discovery:IAMUser/X", "severity": "HIGH", "first_seen": AT}
    whose = {"resource_type": "AccessKey", "resource_id": "AKIAEXAMPLE", "principal": "ci-deploy"}
    (one,) = lines("ocsf", row(family="alerts", source_ip_address="203.0.113.9", **found, **whose))
    assert (one["severity_id"], one["resources"]) == (4, [{"type": "AccessKey", "uid": "AKIAEXAMPLE"}])
    info = one["finding_info"]
    assert (info["title"], info["first_seen_time"]) == ("A key leaked", round(AT.timestamp() * 1000))
    (evidence,) = one["evidences"]
    assert (evidence["actor"]["user"]["name"], evidence["src_endpoint"]["ip"]) == ("ci-deploy", "203.0.113.9")


def test_an_event_without_an_id_is_named_by_its_place():
    (one,) = lines("ocsf", row(event_id=None))
    assert one["metadata"]["uid"] == "FP-2026-000001-E0001/1/5/12"


def test_a_layer_scores_each_technique_by_its_gravest_finding():
    layer = json.loads(made("navigator", finding(), finding(label="F-02", severity="critical", title="Root")))
    (technique,) = layer["techniques"]
    assert (technique["techniqueID"], technique["score"]) == ("T1078.004", 100)
    assert technique["comment"] == "F-01 Roles were tried out; F-02 Root"


def test_a_bundle_names_patterns_addresses_and_accounts():
    bundle = json.loads(made("stix", finding()))
    kinds = [one["type"] for one in bundle["objects"]]
    assert kinds == ["attack-pattern", "ipv4-addr", "user-account", "note"]
    note = bundle["objects"][-1]
    assert note["object_refs"] == [one["id"] for one in bundle["objects"][:-1]]
    assert all(uuid.UUID(one["id"].split("--")[1]) for one in bundle["objects"])


def test_the_same_findings_make_the_same_bundle():
    assert made("stix", finding()) == made("stix", finding())


def test_a_finding_that_names_nothing_is_about_the_portal():
    bundle = json.loads(made("stix", finding(techniques=[], principals=[], addresses=[])))
    assert [one["type"] for one in bundle["objects"]] == ["identity", "note"]


def test_there_are_formats_of_both():
    assert {form.of for form in export_formats} == {EVENTS, FINDINGS}
