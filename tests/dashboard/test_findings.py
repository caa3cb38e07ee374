import json
import re

import pytest
from django.urls import reverse

from cases.models import PRINCIPAL_SUMMARY, CustodyEntry, Finding
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(found):
    return reverse("findings", args=[found.reference])


@pytest.fixture
def one(found):
    return reverse("finding", args=[found.reference, "F-01"])


@pytest.fixture
def decide(found):
    return reverse("decide_finding", args=[found.reference, "F-01"])


def test_the_list_shows_what_stands(as_rin, url):
    page = as_rin.get(url)
    assert [finding.label for finding in page.context["rows"]] == ["F-01"]
    assert page.context["standing"] == 1


def test_a_summary_has_a_page_under_its_own_letter(as_rin, found, rin):
    casework.find(found, rin, casework.second_key(found), casework.second_key(found, question=PRINCIPAL_SUMMARY))
    page = as_rin.get(reverse("finding", args=[found.reference, "P-01"]))
    assert page.context["finding"].question == PRINCIPAL_SUMMARY
    assert as_rin.get(reverse("finding", args=[found.reference, "P-02"])).status_code == 404


def test_after_all_questions_the_findings_are_numbered_without_holes(as_rin, examined):
    casework.work("analyze")
    rows = as_rin.get(reverse("findings", args=[examined.reference])).context["rows"]
    assert rows
    assert Finding.objects.summaries().exists()
    assert sorted(finding.label for finding in rows) == [f"F-{number:02d}" for number in range(1, len(rows) + 1)]


def test_the_gravest_comes_first(as_rin, found, rin, url):
    grave = casework.second_key(found, question="worse", severity=5)
    slight = casework.second_key(found, question="slight", severity=2)
    casework.find(found, rin, slight, grave, casework.second_key(found))
    assert [finding.severity for finding in as_rin.get(url).context["rows"]] == [5, 4, 2]


def test_before_the_first_analysis_it_says_how_to_begin(as_rin, incident):
    page = as_rin.get(reverse("findings", args=[incident.reference]))
    assert "Nothing has been asked yet" in page.text


def test_the_matrix_counts_findings_by_technique(as_rin, url):
    columns = {column.tactic: column.cells for column in as_rin.get(url).context["matrix"]}
    cell = columns["Persistence"][0]
    assert (cell.id, cell.name, cell.findings, cell.events) == ("T1098.001", "Additional Cloud Credentials", 1, 1)


def test_a_rule_that_was_asked_without_a_match_shows_a_zero(as_rin, found, rin, url):
    stopped = casework.no_match("fa1168d3-a2b6-4a6c-a2c4-7b3a1a7f2c11")
    casework.find(found, rin, casework.second_key(found), answers=[stopped, casework.no_match("role_chains")])
    cells = {cell.id: cell for column in as_rin.get(url).context["matrix"] for cell in column.cells}
    assert cells["T1078.004"].heat == 0
    assert cells["T1078.004"].findings == 0


def test_a_technique_narrows_the_list(as_rin, url):
    assert len(as_rin.get(url, {"technique": "T1098.001"}).context["rows"]) == 1
    assert len(as_rin.get(url, {"technique": "T1530"}).context["rows"]) == 0


def test_what_is_no_longer_found_has_its_own_tab(as_rin, found, rin, url):
    casework.find(found, rin)
    assert len(as_rin.get(url).context["rows"]) == 0
    assert len(as_rin.get(url, {"status": "past"}).context["rows"]) == 1
    assert (
        "The newest analysis no longer finds this"
        in as_rin.get(reverse("finding", args=[found.reference, "F-01"])).text
    )


@pytest.mark.parametrize("query", [{"status": "x"}, {"technique": "<b>"}, {"from": "-1"}, {"from": "9" * 30}])
def test_an_odd_address_narrows_nothing(as_rin, url, query):
    assert len(as_rin.get(url, query).context["rows"]) == 1


def test_a_question_that_could_not_be_asked_is_shown_with_its_reason(as_rin, found, rin, url):
    failed = casework.AnswerRow("broken.yml", "", 0, "no such field: colour")
    casework.find(found, rin, casework.second_key(found), answers=[failed])
    assert "no such field: colour" in as_rin.get(url).text


def test_the_queries_do_not_grow_with_the_findings(as_rin, found, rin, url, django_assert_num_queries):
    with django_assert_num_queries(7):
        as_rin.get(url)
    casework.find(found, rin, *(casework.second_key(found, question=f"q{number}") for number in range(20)))
    with django_assert_num_queries(7):
        as_rin.get(url)


def test_a_finding_leads_to_its_events(as_rin, one, found):
    page = as_rin.get(one)
    event = reverse("event", args=[found.reference, "E0001-1-0-1"])
    assert event in page.text
    assert as_rin.get(event).context["line"].name == "CreateAccessKey"
    timeline = reverse("timeline", args=[found.reference]) + page.context["address"]
    assert as_rin.get(timeline).context["count"] == 1


def test_each_event_behind_a_finding_says_who_from_where_and_to_what(as_rin, one):
    page = as_rin.get(one)
    [cited] = page.context["cited"]
    assert (cited.short_principal, cited.address) == ("user/ci-deploy", casework.STRANGER)
    assert cited.targets == ("user svc-backup",)
    assert page.context["touched"] == [("user svc-backup", 1)]
    assert page.text.count("user svc-backup") == 2


def test_an_event_that_the_store_does_not_have_is_listed_all_the_same(as_rin, found, rin):
    lost = casework.second_key(found).examples[0] | {"row": 7_000}
    casework.find(found, rin, casework.second_key(found, examples=[lost]))
    [cited] = as_rin.get(reverse("finding", args=[found.reference, "F-01"])).context["cited"]
    assert (cited.row, cited.principal, cited.targets) == (7_000, "", ())


def test_an_entity_of_several_fields_is_no_json(as_rin, found, rin, url):
    pair = json.dumps(["arn:aws:iam::111122223333:user/ci-deploy", "acme-customer-exports"])
    casework.find(found, rin, casework.second_key(found, question="reads", entity=pair))
    pages = as_rin.get(url).text + as_rin.get(reverse("finding", args=[found.reference, "F-02"])).text
    assert "user/ci-deploy, acme-customer-exports" in pages
    assert "Together with" in pages
    assert "[&quot;arn" not in pages


@pytest.mark.parametrize("entity", ["[not json", "[]", "[1", "plain"])
def test_a_name_that_only_looks_like_a_list_stays_as_it_is(entity):
    assert Finding(entity=entity).entity_words == entity


def test_lines_of_advice_are_lines(as_rin, found, rin):
    casework.find(found, rin, casework.second_key(found, next_steps="Look first.\nThen act.\u202e"))
    page = as_rin.get(reverse("finding", args=[found.reference, "F-01"])).text
    assert "Look first.<br>Then act.⟨U+202E⟩" in page


def test_a_finding_says_what_to_do_next_and_when_it_is_harmless(as_rin, one):
    page = as_rin.get(one).text
    assert "Ask the owner of svc-backup." in page
    assert "Key rotation by an administrator" in page


def test_a_chain_of_roles_is_drawn(as_rin, found, rin):
    nodes = [
        {"id": "a", "label": "ci-deploy", "kind": "principal", "hot": False},
        {"id": "b", "label": "<script>", "kind": "role", "hot": True},
    ]
    edges = [{"source": "a", "target": "b", "label": "AssumeRole", "hot": False}]
    casework.find(found, rin, casework.second_key(found, facts={"nodes": nodes, "edges": edges, "hops": []}))
    page = as_rin.get(reverse("finding", args=[found.reference, "F-01"])).text
    assert 'class="graph"' in page
    assert "&lt;script&gt;" in page


def test_text_of_strangers_stays_text(as_rin, found, rin, url):
    casework.find(found, rin, casework.second_key(found, question="x", entity="<img src=x onerror=alert(1)>\u202e"))
    page = as_rin.get(url).text
    assert "&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩" in page


@pytest.mark.parametrize("status", ["confirmed", "dismissed", "proposed"])
def test_a_person_decides(as_rin, rin, found, decide, status):
    as_rin.post(decide, {"status": status, "reason": "checked by hand"})
    finding = Finding.objects.get(number=1)
    assert (finding.status, finding.decided_by, finding.decision_reason) == (status, rin, "checked by hand")


def test_a_decision_is_in_the_custody_log_and_its_receipt_on_the_page(as_rin, found, decide):
    page = as_rin.post(decide, {"status": "confirmed", "reason": ""}, follow=True)
    entry = CustodyEntry.objects.filter(log__name=found.reference).latest("seq")
    assert entry.action == "decided"
    assert f"Recorded as entry {entry.seq} of the custody log." in page.text


def test_dismissing_needs_a_reason(as_rin, found, decide):
    page = as_rin.post(decide, {"status": "dismissed", "reason": "  "})
    assert page.status_code == 422
    assert "Say why it is dismissed" in page.text
    assert Finding.objects.get(number=1).status == "proposed"


def test_a_status_there_is_not_is_refused(as_rin, decide):
    assert as_rin.post(decide, {"status": "burned"}).status_code == 422


def test_a_status_that_nobody_can_have_seen_is_refused_in_words(as_ida, decide):
    page = as_ida.post(decide, {"status": "confirmed", "reason": "kept", "seen": "zzz"})
    assert page.status_code == 422
    assert '<p class="error">Select a valid choice. zzz is not one of the available choices.</p>' in page.text
    assert ">kept</textarea>" in page.text


def test_who_was_overtaken_reads_what_was_decided_and_loses_no_word(as_rin, as_ida, found, decide):
    as_ida.post(decide, {"status": "confirmed", "seen": "proposed"})
    page = as_rin.post(decide, {"status": "dismissed", "reason": "our own scanner", "seen": "proposed"})
    assert page.status_code == 409
    assert "F-01 is confirmed by now, by Ida Moreau; read why, then decide" in page.text
    assert Finding.objects.get(number=1).status == "confirmed"
    assert "our own scanner</textarea>" in page.text
    assert '<input type="hidden" name="seen" value="confirmed">' in page.text


def test_who_saw_the_first_decision_may_say_otherwise(as_rin, as_ida, found, decide):
    as_ida.post(decide, {"status": "confirmed", "seen": "proposed"})
    as_rin.post(decide, {"status": "dismissed", "reason": "our own scanner", "seen": "confirmed"})
    assert Finding.objects.get(number=1).status == "dismissed"


def test_only_who_analyzes_decides(client, found, decide, one, django_user_model, ida):
    olga = django_user_model.objects.create_user("olga")
    found.memberships.create(user=olga, role="observer", since_at=found.opened_at)
    client.force_login(olga)
    assert client.post(decide, {"status": "confirmed"}).status_code == 403
    assert "Record decision" not in client.get(one).text


def test_strangers_find_no_findings(as_otto, url, one, decide):
    assert [as_otto.get(url).status_code, as_otto.get(one).status_code] == [404, 404]
    assert as_otto.post(decide, {"status": "confirmed"}).status_code == 404


@pytest.mark.parametrize("label", ["F-02", "F-1", "F-001", "x"])
def test_a_finding_there_is_not_is_not_found(as_rin, found, label):
    assert as_rin.get(reverse("finding", args=[found.reference, label])).status_code == 404


@pytest.fixture
def never_used(incident, rin, tmp_path, memories):
    """The incident with a key that was issued and never seen again, analysed and reported."""
    role = "arn:aws:iam::111122223333:role/deploy"
    issued = {"credentials": {"accessKeyId": "ASIA1"}, "assumedRoleUser": {"arn": f"{role}/s"}}
    asked = {"roleArn": role, "roleSessionName": "s"}
    call = casework.record(
        0, "AssumeRole", eventSource="sts.amazonaws.com", requestParameters=asked, responseElements=issued
    )

    def reported():
        (tmp_path / "one.json").write_text(json.dumps({"Records": [call]}))
        casework.collect(incident, rin, tmp_path / "one.json")
        casework.work("analyze", "report")

    memories.lay_down(reported, tmp_path)
    incident.refresh_from_db()
    return incident


def test_a_key_that_was_never_used_is_told_in_words(as_rin, never_used):
    chain = Finding.objects.get(question="role_chains")
    page = as_rin.get(reverse("finding", args=[never_used.reference, chain.label]))
    assert "None of these keys was seen in use in these logs" in page.text
    assert "not seen in use</span>" in page.text


@pytest.mark.parametrize("place", ["findings", "report", "incident"])
def test_no_page_counts_zero_events_for_it(as_rin, never_used, place):
    page = as_rin.get(reverse(place, args=[never_used.reference]))
    assert "none of them seen in use" in page.text
    assert not re.search(r"\b0 events", page.text)
