"""The page of objects: theft and ransom in S3."""

import pytest
from django.urls import reverse

from cases.models import OBJECTS
from tests.dashboard import casework

pytestmark = pytest.mark.django_db
ARN = "arn:aws:iam::111122223333:user/ci-deploy"


def handled(incident, bucket="exports", rank=1, **facts):
    counts = dict.fromkeys(
        ("reads", "objects_read", "writes", "rekeyed", "overwritten", "deletes", "objects_deleted"), 0
    )
    told = {"bucket": bucket, "principal": ARN, "rank": rank, "refused": 1, "keys": [], "exposures": []}
    told |= {"bytes_out": None, "addresses": [casework.STRANGER]} | counts | facts
    query = {"principal": ARN, "event_source": "s3.amazonaws.com", "q": bucket}
    return casework.second_key(
        incident, question=OBJECTS, entity_kind="bucket", entity=bucket, count=9, query=query, facts=told, severity=1
    )


@pytest.fixture
def looted(found, rin):
    rows = [
        handled(found, "logs", 2, reads=400, objects_read=37, bytes_out=5_000_000),
        handled(found, rekeyed=12, overwritten=10, deletes=7, objects_deleted=7, exposures=["PutBucketVersioning"]),
    ]
    casework.find(found, rin, *rows, answers=[casework.AnswerRow(OBJECTS, "1", 2)], tool=OBJECTS)
    return found


@pytest.fixture
def url(looted):
    return reverse("objects", args=[looted.reference])


def test_the_gravest_comes_first_and_all_is_summed_up(as_rin, url):
    page = as_rin.get(url)
    assert [row.bucket for row in page.context["rows"]] == ["exports", "logs"]
    sums = {"reads": 400, "rekeyed": 12, "overwritten": 10, "deletes": 7, "bytes_out": 5_000_000}
    assert page.context["sums"] == sums
    assert "5.0 MB" in page.text
    assert "PutBucketVersioning" in page.text


def test_bytes_that_no_record_tells_are_not_shown_as_none(as_rin, looted, rin, url):
    casework.find(looted, rin, handled(looted, reads=1, objects_read=1), tool=OBJECTS)
    page = as_rin.get(url).text
    assert "size not told" in page
    assert "None" not in page


def test_a_row_leads_to_its_events_and_to_those_cited(as_rin, looted, url):
    page = as_rin.get(url)
    label = page.context["rows"][0].finding.label
    assert label.startswith("S-")
    assert as_rin.get(reverse("finding", args=[looted.reference, label])).status_code == 200
    timeline = reverse("timeline", args=[looted.reference]) + page.context["rows"][0].timeline
    assert as_rin.get(timeline).status_code == 200


def test_where_no_object_was_touched_it_says_what_that_means(as_rin, found, rin):
    casework.find(found, rin, answers=[casework.AnswerRow(OBJECTS, "1", 0)], tool=OBJECTS)
    assert "only where data events are on" in as_rin.get(reverse("objects", args=[found.reference])).text


def test_before_the_first_analysis_it_says_how_to_begin(as_rin, incident):
    assert "Nothing has been asked yet" in as_rin.get(reverse("objects", args=[incident.reference])).text


def test_they_are_no_findings(as_rin, looted):
    assert [one.label for one in as_rin.get(reverse("findings", args=[looted.reference])).context["rows"]] == ["F-01"]


def test_text_of_strangers_stays_text(as_rin, looted, rin, url):
    casework.find(looted, rin, handled(looted, "<script>\u202e", reads=1), tool=OBJECTS)
    assert "&lt;script&gt;⟨U+202E⟩" in as_rin.get(url).text


def test_its_queries_do_not_grow_with_the_rows(as_rin, looted, rin, url, django_assert_num_queries):
    with django_assert_num_queries(5):
        as_rin.get(url)
    casework.find(looted, rin, *(handled(looted, f"b{n}", n, reads=n) for n in range(30)), tool=OBJECTS)
    with django_assert_num_queries(5):
        as_rin.get(url)


def test_for_who_is_no_member_it_does_not_exist(as_otto, url):
    assert as_otto.get(url).status_code == 404
