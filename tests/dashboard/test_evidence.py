import hashlib
import io
import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import AsyncClient
from django.urls import reverse

from cases.actions.evidence import mark_integrity_failed
from cases.actions.incidents import set_member
from cases.actor import Actor
from cases.models import CustodyEntry, Evidence, EvidencePart
from phases.snapshots import snapshot_of
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def exhibit(examined):
    return reverse("exhibit", args=[examined.reference, "E0001"])


@pytest.fixture
def download(examined):
    return reverse("download_part", args=[examined.reference, "E0001", 1])


@pytest.fixture
def olga(incident, ida, django_user_model):
    """An observer: reads, takes nothing away."""
    user = django_user_model.objects.create_user("olga", first_name="Olga")
    set_member(incident=incident, user=user, role="observer", by=Actor(ida))
    return user


def body(response):
    return b"".join(response.streaming_content)


def test_the_list_names_each_exhibit(as_rin, examined):
    page = as_rin.get(reverse("evidence", args=[examined.reference]))
    item = page.context["shelf"].items[0]
    assert (item.short, item.members, item.state) == ("E0001", 2, "sealed")
    assert item.sha256[-8:] in page.text


@pytest.mark.parametrize("grade", Evidence.Integrity)
def test_the_list_says_in_words_how_the_bytes_are_vouched_for(as_rin, examined, grade):
    Evidence.objects.update(integrity=grade)
    page = as_rin.get(reverse("evidence", args=[examined.reference]))
    assert f'<td class="sub">{grade.label}</td>' in page.text
    assert grade.value not in page.text


def test_an_exhibit_that_nothing_came_into_boasts_of_no_hash(as_rin, examined):
    Evidence.objects.update(members=0)
    item = Evidence.objects.get()
    page = as_rin.get(reverse("evidence", args=[examined.reference])).text
    assert '<td class="sub">Nothing came</td>' in page
    page = as_rin.get(reverse("exhibit", args=[examined.reference, item.short])).text
    assert "Nothing came, so there are no bytes that could be checked." in page
    assert str(item.get_integrity_display()) not in page
    assert [row["integrity"] for row in snapshot_of(examined, version=1, prepared_by="rin").evidence] == [""]


def test_without_evidence_it_says_how_to_begin(as_rin, incident):
    page = as_rin.get(reverse("evidence", args=[incident.reference]))
    assert "No evidence yet" in page.text
    assert reverse("upload", args=[incident.reference]) in page.text


@pytest.mark.parametrize(("q", "count"), [("E0001", 1), ("logs", 1), ("nowhere", 0), ("deadbeef", 0)])
def test_the_list_is_searched(as_rin, examined, q, count):
    page = as_rin.get(reverse("evidence", args=[examined.reference]), {"q": q})
    assert len(page.context["shelf"].items) == count


def test_the_hash_of_a_part_finds_its_exhibit(as_rin, examined):
    sha256 = EvidencePart.objects.get().sha256
    page = as_rin.get(reverse("evidence", args=[examined.reference]), {"q": sha256[:12]})
    assert len(page.context["shelf"].items) == 1


def test_the_list_takes_as_many_queries_for_two_as_for_one(as_rin, examined, rin, tmp_path, django_assert_num_queries):
    url = reverse("evidence", args=[examined.reference])
    with django_assert_num_queries(6):
        as_rin.get(url)
    casework.collect(examined, rin, casework.log_folder(tmp_path / "more"))
    with django_assert_num_queries(6):
        as_rin.get(url)


def test_an_exhibit_shows_parts_files_and_custody(as_rin, exhibit):
    page = as_rin.get(exhibit)
    assert [part.number for part in page.context["parts"]] == [1]
    assert [file.member.file for file in page.context["files"].rows] == [
        "a_CloudTrail_us-east-1.json",
        "b_CloudTrail_us-east-1.json",
    ]
    assert [line.action for line in page.context["custody"].lines] == ["examined", "sealed", "acquired"]


def test_an_exhibit_says_what_a_validator_said(as_rin, exhibit):
    page = as_rin.get(exhibit)
    assert page.context["verdicts"] == [("no_digest", "No digest", 2)]
    assert page.context["files"].rows[0].verdict.state == "no_digest"


def test_files_go_on_where_the_last_page_ended(as_rin, incident, rin, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02d}.json").write_text(json.dumps({"Records": [casework.record(number, "ListUsers")]}))
    casework.collect(incident, rin, folder)
    url = reverse("exhibit", args=[incident.reference, "E0001"])
    first = as_rin.get(url).context["files"]
    second = as_rin.get(url, {"after": first.next}).context["files"]
    assert [len(first.rows), len(second.rows), second.next] == [25, 5, None]
    assert first.rows[-1].member.index + 1 == second.rows[0].member.index


@pytest.mark.parametrize(
    "query", [{"after": "zzz"}, {"before": "zzz"}, {"after": "1-99999999999"}, {"before": "9" * 40}]
)
def test_an_odd_page_address_shows_the_first_page(as_rin, exhibit, query):
    page = as_rin.get(exhibit, query)
    assert len(page.context["files"].rows) == 2
    assert len(page.context["custody"].lines) == 3


@pytest.mark.parametrize("short", ["E0002", "E00001", "E1", "X0001", "E99999999999"])
def test_an_exhibit_there_is_not_is_not_found(as_rin, examined, short):
    assert as_rin.get(f"/incidents/{examined.reference}/evidence/{short}/").status_code == 404


def test_strangers_find_nothing(as_otto, examined, exhibit, download):
    manifest = reverse("manifest", args=[examined.reference, "E0001"])
    shelf = reverse("evidence", args=[examined.reference])
    assert [as_otto.get(url).status_code for url in (shelf, exhibit, manifest)] == [404, 404, 404]
    assert as_otto.post(download).status_code == 404


def test_a_broken_exhibit_says_so_on_both_pages(as_rin, examined, rin, exhibit):
    mark_integrity_failed(part=EvidencePart.objects.get(), detail="other bytes", by=Actor(rin))
    assert "no longer match their hash" in as_rin.get(exhibit).text
    assert "E0001 no longer matches its hash" in as_rin.get(reverse("evidence", args=[examined.reference])).text


def test_the_manifest_has_the_exhibits_hash(as_rin, examined):
    response = as_rin.get(reverse("manifest", args=[examined.reference, "E0001"]))
    assert hashlib.sha256(body(response)).hexdigest() == examined.evidence.get().sha256


def test_a_part_leaves_as_it_lies_in_the_vault(as_rin, download):
    part = EvidencePart.objects.get()
    response = as_rin.post(download)
    data = body(response)
    assert hashlib.sha256(data).hexdigest() == part.sha256
    assert response["Content-Length"] == str(part.size)
    assert "000001.json" in zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_a_part_leaves_as_a_file_that_no_browser_opens(as_rin, download, examined):
    response = as_rin.post(download)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'attachment; filename="{examined.reference}-E0001-part-1.zip"'
    body(response)


def test_a_download_is_in_the_custody_log_before_the_first_byte(as_rin, download, examined):
    response = as_rin.post(download)
    entry = CustodyEntry.objects.filter(log__name=examined.reference).latest("seq")
    assert (entry.action, entry.actor, entry.object_id) == ("downloaded", "Rin Tanaka", f"{examined.reference}-E0001")
    body(response)


@pytest.mark.django_db(transaction=True)
def test_under_asgi_a_part_is_streamed_in_pieces(rin, download):
    async def fetched():
        client = AsyncClient()
        await client.aforce_login(rin)
        response = await client.post(download)
        return b"".join([piece async for piece in response.streaming_content])

    assert hashlib.sha256(async_to_sync(fetched)()).hexdigest() == EvidencePart.objects.get().sha256


def test_a_download_needs_a_post(as_rin, download):
    assert as_rin.get(download).status_code == 405


def test_an_observer_takes_nothing_away(client, olga, download, exhibit):
    client.force_login(olga)
    assert client.post(download).status_code == 403
    assert "Your role reads" in client.get(exhibit).text


def test_a_part_that_is_not_in_the_vault_makes_no_entry(as_rin, download, places):
    for stored in (places / "vault").rglob("*"):
        if stored.is_file():
            stored.chmod(0o600)
            stored.unlink()
    before = CustodyEntry.objects.count()
    page = as_rin.post(download)
    assert page.status_code == 410
    assert "The bytes in the vault are missing or altered" in page.text
    assert CustodyEntry.objects.count() == before


def altered(part):
    """Change one byte of the part in the vault, as somebody with the disk could."""
    (file,) = (Path(settings.VAULT_URL.removeprefix("file://"))).rglob(f"*{part.sha256}*")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)


def test_altered_bytes_are_handed_to_nobody_and_the_exhibit_says_so(as_rin, examined):
    part = EvidencePart.objects.get()
    altered(part)
    address = reverse("download_part", args=[examined.reference, part.evidence.short, part.number])
    page = as_rin.post(address)
    assert page.status_code == 410
    assert "missing or altered" in page.text
    part.evidence.refresh_from_db()
    assert part.evidence.state == "integrity_failed"
    assert not CustodyEntry.objects.filter(action="downloaded").exists()


def test_the_command_finds_altered_bytes(examined):
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert "1 parts read back, 0 not as they were stored" in out.getvalue()
    altered(EvidencePart.objects.get())
    with pytest.raises(SystemExit) as ended:
        call_command("verify_evidence", examined.reference, stdout=out)
    assert ended.value.code == 1
    assert "E0001 part 1:" in out.getvalue()


def test_the_command_knows_its_incidents(db):
    with pytest.raises(CommandError, match="there is no incident FP-0"):
        call_command("verify_evidence", "FP-0")
