"""The page of one entity: what it did, how it came, what it touched and became, and who was behind it."""

import json

import pytest
from django.urls import reverse

from tests.dashboard import casework

pytestmark = pytest.mark.django_db
ARN = "arn:aws:iam::111122223333:user/ci-deploy"
ROLE = "arn:aws:iam::111122223333:role/deploy"
KEY = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def show(as_rin, found):
    def shown(kind, value, incident=found):
        return as_rin.get(reverse("entity", args=[incident.reference]), {"kind": kind, "value": value})

    return shown


@pytest.mark.parametrize(("kind", "value"), [("principal", ARN), ("access_key", KEY), ("address", casework.STRANGER)])
def test_each_kind_shows_its_events_in_numbers(show, kind, value):
    page = show(kind, value)
    assert (page.context["count"], page.context["refused"]) == (30, 6)
    assert page.context["histogram"]
    assert f"{page.context['first_at']:%H:%M}" == "21:00"


def test_a_resource_shows_who_was_at_it(show):
    page = show("resource", "iam:svc-backup")
    [(way, links)] = page.context["ways"]
    assert (way.address, way.key, way.principal) == (casework.STRANGER, KEY, ARN)
    assert set(links) == {"address", "access_key", "principal"}


def test_its_ways_lead_on_to_other_entities(as_rin, show):
    [(_, links)] = show("principal", ARN).context["ways"]
    for address in links.values():
        assert as_rin.get(address).context["count"] == 30


def test_what_it_touched_names_the_calls_that_give_a_hold(show):
    touched = {one.resource: one for one, _ in show("principal", ARN).context["touched"]}
    assert touched["iam:svc-backup"].deeds == ["CreateAccessKey"]


def test_the_picture_ties_address_key_principal_and_resource(show):
    page = show("principal", ARN)
    graph = page.context["graph"]
    assert 'class="graph"' in page.text
    for words in (
        "203.0.113.44",
        "access key AKIAIOSFODNN7EXAMPLE",
        "principal arn:aws:iam",
        "resource iam:svc-backup",
    ):
        assert words in graph
    assert graph.count('class="n hot"') == 1


def test_findings_that_name_it_are_listed(show):
    assert [one.label for one in show("principal", ARN).context["findings"]] == ["F-01"]
    assert show("address", casework.STRANGER).context["findings"] == []


def test_its_lead_says_why_to_look_at_it(show, found, rin):
    casework.find(found, rin, casework.lead(found), tool="leads")
    page = show("address", casework.STRANGER)
    assert page.context["lead"].score == 87.5
    assert "an address that nobody else used" in page.text


def test_its_most_frequent_values_leave_out_itself(show):
    headings = [heading for heading, _ in show("address", casework.STRANGER).context["tops"]]
    assert headings == ["Events", "Principals", "Access keys", "Errors", "User agents"]


def test_bars_and_button_lead_to_its_events_in_the_timeline(as_rin, show, found):
    page = show("address", casework.STRANGER)
    assert as_rin.get(page.context["timeline"]).context["count"] == 30
    timeline = reverse("timeline", args=[found.reference])
    assert f'href="{timeline}?start=' in page.text


@pytest.fixture
def chained(incident, rin, tmp_path, memories):
    """A person became a role, and the role did something."""
    asked = {"roleArn": ROLE, "roleSessionName": "s"}
    issued = {"credentials": {"accessKeyId": "ASIA1"}}
    sts = {"eventSource": "sts.amazonaws.com", "requestParameters": asked, "responseElements": issued}
    role = {"type": "AssumedRole", "arn": ROLE.replace(":role/", ":assumed-role/") + "/s", "accessKeyId": "ASIA1"}
    calls = [casework.record(0, "AssumeRole", **sts), casework.record(5, "DeleteUser", userIdentity=role)]

    def two_calls():
        (tmp_path / "two.json").write_text(json.dumps({"Records": calls}))
        casework.collect(incident, rin, tmp_path / "two.json")

    memories.lay_down(two_calls, tmp_path)
    incident.refresh_from_db()
    return incident


def test_behind_a_temporary_key_stands_the_person(show, chained):
    page = show("access_key", "ASIA1", chained)
    [(issue, address)] = page.context["behind"]
    assert (issue.caller, issue.how) == (ARN, "AssumeRole")
    assert address in page.text.replace("&amp;", "&")
    assert "principal arn:aws:iam::111122223333:user/ci-deploy" in page.context["graph"]


def test_what_a_person_became_is_listed_with_its_key(show, chained):
    [(issue, times, address)] = show("principal", ARN, chained).context["taken_on"]
    assert (issue.became, issue.key, times) == (ROLE, "ASIA1", 1)
    assert "kind=access_key" in address


def test_a_role_that_was_taken_on_has_a_page(show, chained):
    assert show("resource", ROLE, chained).context["count"] == 1


@pytest.fixture
def watched(incident, rin, tmp_path, memories):
    """Calls from an address, and a flow log in which an instance sends it five megabytes."""
    head = "version interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    flow = f"5 eni-1 i-0abc 10.0.0.5 {casework.STRANGER} 443 51000 6 9 5000000 1795381200 1795381260 ACCEPT OK"

    def flowed():
        folder = casework.log_folder(tmp_path / "watched")
        (folder / "111122223333_vpcflowlogs_us-east-1_fl-1_x.log").write_text(f"{head}\n{flow}\n")
        casework.collect(incident, rin, folder)

    memories.lay_down(flowed, tmp_path)
    incident.refresh_from_db()
    return incident


def test_an_address_shows_the_instances_that_talked_to_it(as_rin, show, watched):
    page = show("address", casework.STRANGER, watched)
    [(talk, address)] = page.context["talks"]
    assert (talk.instance, talk.bytes_out) == ("i-0abc", 5_000_000)
    assert "5.0 MB" in page.text
    assert as_rin.get(address).context["count"] == 1


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"kind": "principal"},
        {"kind": "x", "value": "y"},
        {"kind": "address", "value": "x" * 3_000},
        {"kind": "address", "value": "\0"},
    ],
)
def test_an_address_that_names_nobody_is_not_found(as_rin, found, query):
    assert as_rin.get(reverse("entity", args=[found.reference]), query).status_code == 404


@pytest.mark.parametrize("kind", ["principal", "access_key", "address", "resource"])
def test_of_whom_no_event_speaks_it_says_so(show, kind):
    page = show(kind, "<script>\u202e' OR 1=1")
    assert "No event speaks of it" in page.text
    assert "&lt;script&gt;⟨U+202E⟩" in page.text


def test_before_any_event_it_says_so_too(as_rin, incident):
    page = as_rin.get(reverse("entity", args=[incident.reference]), {"kind": "principal", "value": ARN})
    assert "No event speaks of it" in page.text


def test_for_who_is_no_member_it_does_not_exist(as_otto, found):
    page = as_otto.get(reverse("entity", args=[found.reference]), {"kind": "principal", "value": ARN})
    assert page.status_code == 404


@pytest.mark.parametrize("name", ["event", "event_drawer"])
def test_an_event_leads_to_whom_it_names(as_rin, found, name):
    page = as_rin.get(reverse(name, args=[found.reference, "E0001-1-0-1"])).text
    for kind in ("principal", "access_key", "address"):
        assert f"{reverse('entity', args=[found.reference])}?kind={kind}&amp;value=" in page


def test_a_finding_leads_to_whom_it_is_about(as_rin, found):
    page = as_rin.get(reverse("finding", args=[found.reference, "F-01"])).text
    assert f"{reverse('entity', args=[found.reference])}?kind=principal&amp;value=arn" in page


@pytest.mark.parametrize("entity", ['["a", "b"]', "(all others)", "x" * 400 + "… (sha256 0123456789ab)"])
def test_a_finding_about_no_single_thing_leads_nowhere(as_rin, found, rin, entity):
    casework.find(found, rin, casework.second_key(found, question="q", entity=entity, principals=[]))
    assert as_rin.get(reverse("finding", args=[found.reference, "F-02"])).context["entity"] == ""


def test_its_queries_do_not_grow_with_the_findings(show, found, rin, django_assert_num_queries):
    with django_assert_num_queries(5):
        show("principal", ARN)
    casework.find(found, rin, *(casework.second_key(found, question=f"q{n}") for n in range(20)))
    with django_assert_num_queries(5):
        show("principal", ARN)
