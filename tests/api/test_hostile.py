"""What attackers and careless scripts send: it is refused by name or kept as the text it is."""

import pytest
from django.urls import reverse

from api.serializers import evidence, findings, incidents, indicators, plans, reports, runs, timeline_entries
from api.serializers.base import Input, PageQuery
from cases.models import Incident

LISTS = (
    *(
        "incidents",
        "indicators",
        "runs",
        "plans",
        "evidence",
        "custody",
        "findings",
        "timeline_entries",
        "gaps",
        "reports",
    ),
    *("events", "histogram", "conversations", "changes", "leads"),
)
PROBES = ("title__startswith", "incident__commander__password", "pk", "run__worker", "q__regex", "not_", "fields")
PAYLOADS = (
    "<script>alert(1)</script>",
    "{{7*7}}{% load x %}",
    "=cmd|' /C calc'!A0",
    "'; DROP TABLE cases_incident; --",
    "\u202egnp.exe",
    "../../etc/passwd",
)
FORMS = (
    *(incidents.IncidentInput, incidents.IncidentChange, incidents.TransitionInput, runs.RunInput, runs.CancelInput),
    *(plans.PlanInput, plans.ResourcesInput),
    *(findings.DecisionInput, findings.AcknowledgementInput),
    *(timeline_entries.TimelineEntryInput, timeline_entries.WithdrawalInput),
)
QUERIES = (
    *(incidents.IncidentQuery, runs.RunQuery, evidence.EvidenceQuery, evidence.MemberQuery, evidence.CustodyQuery),
    *(findings.FindingQuery, findings.GapQuery, reports.ReportQuery, plans.PlanQuery),
    timeline_entries.TimelineEntryQuery,
    indicators.IndicatorQuery,
)
OURS = {"id", "pk", "sha256", "vault_key", "state", "version", "reference", "legal_hold", "requested_by", "is_trusted"}


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize("name", LISTS)
def test_no_list_takes_a_lookup_of_the_database(as_rin, incident, name, probe):
    route = {} if name == "incidents" else {"reference": incident.reference}
    answer = as_rin.get(reverse(f"api:{name}", kwargs=route), **{probe: "x"})
    assert answer.status_code == 400
    assert probe in str(answer.json())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text(as_rin, payload):
    opened = as_rin.post("incidents/", {"title": payload, "description": payload})
    assert (opened.json()["title"], opened.json()["description"]) == (payload, payload)
    assert (opened["Content-Type"], opened["X-Content-Type-Options"]) == ("application/json", "nosniff")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_filters_find_nothing_and_break_nothing(as_rin, base, examined, payload):
    assert as_rin.get(f"{base}events/", principal=payload, q=payload).json()["results"] == []


@pytest.mark.parametrize("form", FORMS)
def test_no_form_takes_what_is_ours_to_say(form):
    assert not OURS & set(form().fields)


@pytest.mark.parametrize("form", FORMS)
def test_what_people_say_in_lines_loses_the_carriage_returns_of_their_systems(form):
    said = [field for name, field in form().fields.items() if name in ("description", "reason", "text")]
    assert {field.run_validation("one\r\ntwo") for field in said} <= {"one\ntwo"}


@pytest.mark.parametrize("form", [*FORMS, *QUERIES])
def test_every_form_refuses_what_it_does_not_list(form):
    reader = form(data={"surprise": "x"})
    assert not reader.is_valid()
    assert "surprise" in reader.errors
    assert issubclass(form, Input)


@pytest.mark.parametrize("form", QUERIES)
def test_every_filter_of_a_list_reaches_the_database(form):
    paging = {*PageQuery().fields, "ordering"}
    assert set(form().fields) - paging == set(form.lookups)


@pytest.mark.parametrize("number", ["0", "-1", "9" * 19, "1e3", "%00", "\uff11"])
def test_a_number_that_is_none_is_no_address(as_rin, base, number):
    for place in ("runs", "findings", "gaps", "reports"):
        assert as_rin.get(f"{base}{place}/{number}/").status_code == 404


@pytest.mark.parametrize("reference", ["FP-2026-1", "fp-2026-000001", "FP-2026-000001%0A", "..", "%2e%2e%2f"])
def test_a_reference_that_is_none_is_no_address(as_rin, incident, reference):
    assert as_rin.get(f"incidents/{reference}/").status_code == 404


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_numbers_larger_than_the_database_knows_are_refused(as_rin, base, exhibit, number):
    assert as_rin.get(f"{base}evidence/{exhibit.exhibit}/members/", part=number).status_code == 400
    assert as_rin.get("incidents/", limit=number).status_code == 400


def test_a_lone_surrogate_is_refused(as_rin):
    answer = as_rin.client.post("/api/v1/incidents/", '{"title": "\\ud800"}', content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("body", ['{"title": NaN}', '{"title": ' + "[" * 5000, '{"severity": 1e999, "title": "x"}'])
def test_json_that_is_none_is_refused(as_rin, body):
    assert as_rin.client.post("/api/v1/incidents/", body, content_type="application/json").status_code == 400
    assert not Incident.objects.exists()


@pytest.mark.parametrize("region", ["eu-west-1\nx", "eu west", "EU-WEST-1", "../eu-west-1"])
def test_a_region_that_is_none_is_refused(as_rin, base, region):
    answer = as_rin.post(f"{base}runs/", {"source": "cloudtrail", "region": region})
    assert answer.json()["errors"][0]["field"] == "region"


@pytest.mark.parametrize("account", ["1234", "\uff11" * 12, "12345678901a", "1234567890123"])
def test_an_account_that_is_none_is_refused(as_rin, base, account):
    answer = as_rin.post(f"{base}runs/", {"source": "cloudtrail", "account": account})
    assert answer.json()["errors"][0]["field"] == "account"
