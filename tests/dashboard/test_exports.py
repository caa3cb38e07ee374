"""Taking events and findings out of the portal: with the filter of the page, by who may, and never unnoticed."""

import json

import pytest
from django.urls import reverse

from cases.models import CustodyEntry
from exports import export_formats

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(examined):
    return lambda name: reverse("export", args=[examined.reference, name])


def body(answer):
    return b"".join(answer.streaming_content)


def entries():
    return CustodyEntry.objects.filter(action="exported")


@pytest.mark.parametrize("form", list(export_formats), ids=lambda form: form.name)
def test_every_format_is_an_attachment_with_a_custody_entry(as_rin, address, examined, form):
    answer = as_rin.post(address(form.name))
    assert answer["Content-Disposition"] == (
        f'attachment; filename="{examined.reference}-{form.of}-{form.name}.{form.suffix}"'
    )
    body(answer)
    assert json.loads(bytes(entries().get().data))["object"]["format"] == form.name


def test_the_filter_of_the_page_holds(as_rin, address):
    every = body(as_rin.post(address("jsonl"))).splitlines()
    some = body(as_rin.post(address("jsonl") + "?event_name=" + json.loads(every[0])["event_name"])).splitlines()
    assert 0 < len(some) < len(every)
    assert {json.loads(line)["event_name"] for line in some} == {json.loads(every[0])["event_name"]}


def test_a_filter_that_does_not_exist_is_said(as_rin, address):
    assert as_rin.post(address("jsonl") + "?colour=red").status_code == 422
    assert not entries().exists()


def test_a_format_that_does_not_exist_is_not_found(as_rin, address):
    assert as_rin.post(address("docx")).status_code == 404


def test_a_look_takes_nothing_out(as_rin, address):
    assert as_rin.get(address("csv")).status_code == 405


def test_who_only_looks_on_takes_nothing_out(client, address, examined, otto):
    examined.memberships.create(user=otto, role="observer", since_at=examined.opened_at)
    client.force_login(otto)
    assert client.post(address("csv")).status_code == 403
    assert not entries().exists()


def test_for_a_stranger_it_does_not_exist(as_otto, address):
    assert as_otto.post(address("csv")).status_code == 404


def test_the_timeline_offers_every_format_with_its_filter(as_rin, examined):
    page = as_rin.get(reverse("timeline", args=[examined.reference]) + "?region=us-east-1").text
    assert f"/incidents/{examined.reference}/export/timesketch/?region=us-east-1" in page


def test_without_events_an_export_is_empty(as_rin, incident):
    answer = as_rin.post(reverse("export", args=[incident.reference, "jsonl"]))
    assert body(answer) == b""
