import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import CustodyEntry, Evidence, Run
from cases.stores import vault_of
from tests.dashboard import casework

pytestmark = pytest.mark.django_db
TRAIL = json.dumps({"Records": casework.records(3)}).encode()
SHA256 = hashlib.sha256(TRAIL).hexdigest()


@pytest.fixture
def hand_over(as_rin, incident):
    """Send a file; further fields of the form go along."""

    def send(data=TRAIL, name="a_CloudTrail_us-east-1.json", **fields):
        file = SimpleUploadedFile(name, data)
        return as_rin.post(reverse("upload", args=[incident.reference]), {"file": file, **fields})

    return send


def test_the_file_becomes_a_sealed_exhibit(hand_over, incident):
    assert hand_over().status_code == 302
    evidence = Evidence.objects.get()
    assert (evidence.state, evidence.members, evidence.source) == ("sealed", 1, "upload")
    with vault_of(incident).open(SHA256) as stream:
        assert stream.read() == TRAIL


def test_its_receipt_is_in_the_custody_log(hand_over, incident):
    hand_over()
    entry = CustodyEntry.objects.filter(log__name=incident.reference, action="received").get()
    assert SHA256 in bytes(entry.data).decode()
    assert entry.actor == "Rin Tanaka"


def test_its_examination_follows_by_itself(hand_over, incident):
    hand_over()
    casework.work("examine")
    run = Run.objects.get(tool="examine")
    assert (run.state, run.rows, run.quarantined) == ("complete", 3, 0)


def test_an_announced_hash_is_compared(hand_over):
    assert hand_over(sha256=f" {SHA256.upper()} ").status_code == 302


def test_another_hash_is_refused_and_nothing_is_kept(hand_over, places):
    assert hand_over(sha256="0" * 64).status_code == 422
    assert not Evidence.objects.exists()
    assert not Run.objects.exists()
    assert not [path for path in (places / "vault").rglob("*") if path.is_file()]


def test_the_refusal_says_what_was_expected_what_came_and_what_to_do(hand_over):
    page = hand_over(sha256="0" * 64)
    [words] = page.context["upload_form"].errors["file"]
    assert f"expected SHA-256 {'0' * 64}, received SHA-256 {SHA256} ({len(TRAIL)} bytes)" in words
    assert "nothing was stored, and no exhibit was made" in words
    assert words.endswith("ask for it once more.")


@pytest.mark.parametrize("given", ["abc", "g" * 64, "0" * 63])
def test_what_is_no_hash_is_refused(hand_over, given):
    page = hand_over(sha256=given)
    assert "64 hexadecimal digits" in page.text


def test_the_same_bytes_are_not_taken_twice(hand_over):
    hand_over()
    page = hand_over(name="other.json")
    assert page.status_code == 422
    assert "E0001 holds the same bytes already" in page.text
    assert Evidence.objects.count() == 1


def test_an_empty_file_is_refused_in_words(hand_over):
    page = hand_over(data=b"")
    assert page.status_code == 422
    assert "empty" in page.text


def test_no_file_is_refused_in_words(as_rin, incident):
    assert as_rin.post(reverse("upload", args=[incident.reference])).status_code == 422


def test_a_hostile_name_is_data(hand_over, as_rin, incident):
    hand_over(name="../../<img src=x>.json")
    page = as_rin.get(reverse("runs", args=[incident.reference]))
    assert "Upload, &lt;img src=x&gt;.json" in page.text
