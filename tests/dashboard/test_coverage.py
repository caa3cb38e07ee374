"""The matrix on the incident's page and on its own: filtered, cell by cell, and quick however large it is."""

import re

import pytest
from django.urls import reverse

from cases.actions.plans import draft_plan, start_plan
from cases.actor import Actor
from cases.models import AwsAccount, GapRecord, Run
from phases.requests import Wish, request_collection
from tests.dashboard import casework
from tests.examiners.trails import Bucket
from tests.phases import planning

pytestmark = pytest.mark.django_db
REGIONS = ("us-east-1", "eu-west-1", "us-west-2")


@pytest.fixture
def address(incident):
    return reverse("coverage", args=[incident.reference])


def ask(incident, by, *places):
    """A queued collection of CloudTrail in each (account, region)."""
    for account, region in places:
        wish = Wish("cloudtrail", account, region, planning.START, planning.START.replace(hour=23), ("org-trail",))
        request_collection(incident=incident, wish=wish, by=Actor(by))


@pytest.fixture
def asked(incident, rin):
    """CloudTrail asked of two accounts in two regions."""
    planning.register()
    ask(incident, rin, *((account, region) for account in (planning.PROD, planning.BUILD) for region in REGIONS[:2]))
    return incident


def refuse(run):
    """AWS let nobody in."""
    words = "AccessDenied: <b>not you</b>"
    GapRecord.objects.create(
        incident=run.incident,
        run=run,
        phase="collection",
        kind="denied",
        subject="s3://logs",
        detail=words,
        noticed_at=run.requested_at,
    )
    Run.objects.filter(pk=run.pk).update(state="complete")


def rows(page):
    return [(row.account, row.region) for row in page.context["matrix"].rows]


def test_without_any_request_it_says_how_to_begin(as_rin, address):
    assert "Nothing was asked for yet" in as_rin.get(address).text


def test_it_shows_every_account_and_region(as_rin, asked, address):
    assert len(rows(as_rin.get(address))) == 4


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"account": planning.PROD}, {(planning.PROD, "us-east-1"), (planning.PROD, "eu-west-1")}),
        ({"region": "eu-west-1"}, {(planning.PROD, "eu-west-1"), (planning.BUILD, "eu-west-1")}),
        ({"account": planning.PROD, "region": "us-east-1"}, {(planning.PROD, "us-east-1")}),
        ({"account": "<b>"}, set()),
    ],
)
def test_it_is_filtered_by_account_and_region(as_rin, asked, address, query, left):
    assert set(rows(as_rin.get(address, query))) == left


def test_a_state_lists_its_cells_with_awss_own_words(as_rin, asked, address):
    refuse(Run.objects.order_by("pk").first())
    page = as_rin.get(address, {"state": "denied"})
    (line,) = page.context["page"].lines
    assert (line.cell.state, line.row.account) == ("denied", planning.PROD)
    assert "s3://logs: AccessDenied: &lt;b&gt;not you&lt;/b&gt;" in page.text


def test_a_run_that_failed_says_how(as_rin, asked, address):
    run = Run.objects.order_by("pk").first()
    Run.objects.filter(pk=run.pk).update(state="failed", error="no role lets the portal in")
    assert "no role lets the portal in" in as_rin.get(address, {"state": "failed"}).text


def test_a_refusal_leads_to_its_run_and_evidence_to_its_exhibit(as_rin, asked, address):
    refused, held = Run.objects.order_by("pk")[:2]
    refuse(refused)
    Run.objects.filter(pk=held.pk).update(state="complete", members=3)
    page = as_rin.get(address).text
    for run, target in ((refused, f"runs/{refused.pk}/"), (held, f"evidence/{held.evidence.short}/")):
        (link,) = re.findall(rf'id="cell-{run.pk}"[^>]*href="([^"]+)"', page)
        assert link.endswith(target)


def test_what_of_the_incident_nobody_asked_for_is_said(as_rin, asked, address):
    type(asked).objects.update(actual_start_at=planning.START.replace(hour=18))
    Run.objects.update(state="complete", members=1)
    page = as_rin.get(address, {"account": planning.PROD, "region": "us-east-1"}).text
    assert "not asked for: 2026-11-22 18:00 - 2026-11-22 21:00 UTC" in page


def test_for_who_is_no_member_it_does_not_exist(as_otto, address):
    assert as_otto.get(address).status_code == 404


def test_htmx_gets_the_live_part_alone(as_rin, asked, address):
    page = as_rin.get(address, headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert "By account, region and source" in page.text


# twenty accounts, three regions, thirty sources


@pytest.fixture
def large(incident, rin):
    """A plan over all of it, and a collection in each account and region."""
    planning.register()
    numbers = [f"{number:012d}" for number in range(20)]
    AwsAccount.objects.bulk_create(
        AwsAccount(account=one, name=one, kind="workload", read_role_arn="arn:x") for one in numbers
    )
    steps = [planning.step("cloudtrail"), *(planning.step(f"source_{number}") for number in range(29))]
    draft = planning.planned(*steps, accounts=tuple(numbers), regions=REGIONS).draft()
    plan = draft_plan(incident=incident, draft=draft, by=Actor(rin))
    start_plan(plan=plan, by=Actor(rin))
    ask(incident, rin, *((account, region) for account in numbers[:4] for region in REGIONS))
    return incident


def test_a_large_matrix_costs_no_more_queries(as_rin, large, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        page = as_rin.get(address)
    matrix = page.context["matrix"]
    assert (len(matrix.rows), len(matrix.sources)) == (60, 30)
    assert sum(page.context["page"].counts.values()) == 1800


def test_a_large_matrix_keeps_its_words_for_those_who_cannot_see_it(as_rin, large, address):
    page = as_rin.get(address).text
    assert 'class="matrix dense"' in page
    assert page.count("Not requested: not available in this portal") == 60 * 29
    assert len(page) < 1_500_000


def test_the_incidents_page_shows_a_large_one_in_numbers(as_rin, large):
    page = as_rin.get(reverse("incident", args=[large.reference]))
    assert 'class="matrix' not in page.text
    assert "60 accounts and regions, 30 sources." in page.text
    assert reverse("coverage", args=[large.reference]) + "?state=planned" in page.text


def test_what_was_brought_in_by_hand_is_no_account_of_the_incidents_page(as_rin, large, rin, tmp_path):
    wish = Wish("folder", resources=(str(tmp_path),), is_trusted=True)
    request_collection(incident=large, wish=wish, by=Actor(rin))
    page = as_rin.get(reverse("incident", args=[large.reference]))
    assert (len(page.context["matrix"].rows), len(page.context["matrix"].sources)) == (61, 31)
    assert "60 accounts and regions, 30 sources." in page.text


def test_many_cells_of_a_state_are_cut_and_counted(as_rin, large, address):
    page = as_rin.get(address, {"state": "not_requested"})
    assert len(page.context["page"].lines) == 200
    assert "1,540 further ones" in page.text


def test_what_was_found_in_a_damaged_bucket_stands_in_its_cell(as_rin, incident, rin, tmp_path):
    bucket = Bucket()
    bucket.edit(bucket.logs[0])
    del bucket.objects[bucket.logs[3]]
    for key, (data, _) in bucket.objects.items():
        file = tmp_path / "bucket" / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    casework.collect(incident, rin, tmp_path / "bucket")
    page = as_rin.get(reverse("incident", args=[incident.reference]))
    assert 'title="1 file altered, 1 file missing"' in page.text
    assert '<span class="vh">: 1 file altered, 1 file missing</span>' in page.text


def test_where_there_are_more_sources_than_places_the_sources_go_down(as_rin, incident, rin, address):
    planning.register()
    draft = planning.planned(*(planning.step(f"source_{number}") for number in range(9))).draft()
    start_plan(plan=draft_plan(incident=incident, draft=draft, by=Actor(rin)), by=Actor(rin))
    page = as_rin.get(address)
    assert page.context["matrix"].is_tall
    assert page.text.count('<th scope="row">source') == 9
