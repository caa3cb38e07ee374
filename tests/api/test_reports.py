from cases.models import CustodyEntry
from cases.stores import vault_of
from vault.store import key_of


def test_it_lists_versions(as_observer, base, report):
    found = as_observer.get(f"{base}reports/").json()["results"]
    assert [(row["version"], row["status"], row["made_by"]) for row in found] == [(1, "draft", "ida")]


def test_it_shows_the_manifest_of_a_version(as_rin, base, report):
    assert as_rin.get(f"{base}reports/1/").json()["manifest"] == {"evidence": []}


def test_the_pdf_leaves_with_an_entry_in_the_log(as_ida, base, report):
    answer = as_ida.get(f"{base}reports/1/pdf/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 a report"
    assert "attachment" in answer["Content-Disposition"]
    assert CustodyEntry.objects.filter(action="exported", object_id__endswith="/report/1").count() == 1


def test_the_pdf_is_sent_whatever_the_caller_accepts(as_ida, base, report):
    answer = as_ida.client.get(f"/api/v1/{base}reports/1/pdf/", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content)


def test_asking_only_for_the_head_of_the_pdf_is_refused(as_ida, base, report):
    assert as_ida.client.head(f"/api/v1/{base}reports/1/pdf/").status_code == 405
    assert not CustodyEntry.objects.filter(action="exported").exists()


def test_an_outsider_gets_no_pdf_and_leaves_no_entry(as_otto, base, report):
    assert as_otto.get(f"{base}reports/1/pdf/").status_code == 404
    assert not CustodyEntry.objects.filter(action="exported").exists()


def test_bytes_that_changed_are_not_sent(as_ida, base, incident, report):
    path = vault_of(incident).root / key_of(report.pdf_sha256)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 a forgery")
    answer = as_ida.get(f"{base}reports/1/pdf/")
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:forensics-portal:problem:bytes-altered")
    assert not CustodyEntry.objects.filter(action="exported").exists()


def test_a_version_that_is_not_there_is_404(as_ida, base, report):
    assert as_ida.get(f"{base}reports/2/pdf/").status_code == 404
