import pytest
from django.urls import reverse

from cases.models import AwsAccount, Evidence, Run
from collectors import sources

pytestmark = pytest.mark.django_db
WINDOW = {"start": "2026-11-07T00:00", "end": "2026-11-23T03:00"}


@pytest.fixture
def address(incident):
    return reverse("collect", args=[incident.reference])


@pytest.fixture
def accounts(db):
    AwsAccount.objects.create(
        account="111122223333", name="prod-web", kind="workload", regions=["us-east-1", "eu-west-1"]
    )
    AwsAccount.objects.create(
        account="444455556666",
        name="log-archive",
        kind="log_archive",
        regions=["us-east-1"],
        trail_buckets=["org-trail/o-1"],
    )


@pytest.fixture
def wish(accounts):
    return {
        "source": ["cloudtrail"],
        "account": ["111122223333"],
        "region": ["us-east-1"],
        "resources_cloudtrail": "org-trail",
        **WINDOW,
    }


def test_the_choices_come_from_the_registry_and_the_accounts(as_rin, accounts, address):
    page = as_rin.get(address)
    assert all(f'value="{source.name}"' in page.text for source in sources)
    assert "prod-web" in page.text
    assert 'value="eu-west-1"' in page.text


def test_it_says_what_each_source_may_do(as_rin, address):
    assert "s3:ListBucket" in as_rin.get(address).text


def test_the_registered_buckets_are_filled_in(as_rin, accounts, address):
    assert "org-trail/o-1" in as_rin.get(address).text


def test_it_asks_for_one_run_of_each_source_account_and_region(as_rin, wish, address, rin):
    wish |= {
        "source": ["cloudtrail", "ebs_snapshots"],
        "region": ["us-east-1", "eu-west-1"],
        "resources_ebs_snapshots": "i-00000001",
    }
    answer = as_rin.post(address, wish)
    runs = Run.objects.order_by("pk")
    assert answer.status_code == 302
    assert {(run.tool, run.scope["region"]) for run in runs} == {
        (tool, region) for tool in ("cloudtrail", "ebs_snapshots") for region in ("us-east-1", "eu-west-1")
    }
    assert len({run.request for run in runs}) == 1
    assert runs[0].requested_by == rin


def test_it_says_how_many_were_started_and_how_many_were_under_way_already(as_rin, wish, address):
    first = as_rin.post(address, wish, follow=True)
    again = as_rin.post(address, wish, follow=True)
    wider = as_rin.post(address, wish | {"region": ["us-east-1", "eu-west-1"]}, follow=True)
    assert "1 collection started." in first.text
    assert "Nothing new started: 1 was already under way." in again.text
    assert "1 collection started. 1 was already under way." in wider.text


def test_the_window_is_utc(as_rin, wish, address):
    as_rin.post(address, wish)
    assert Run.objects.get().scope["start"] == "2026-11-07T00:00:00+00:00"


def test_each_source_gets_the_resources_of_its_own_field(as_rin, wish, address):
    as_rin.post(
        address,
        wish | {"resources_cloudtrail": "trail-one\r\n trail-two \r\n\r\n", "resources_ebs_snapshots": "i-00000001"},
    )
    assert Run.objects.get().scope["resources"] == ["trail-one", "trail-two"]


@pytest.mark.parametrize("missing", ["source", "account", "region", "start", "end", "resources_cloudtrail"])
def test_what_is_missing_is_said_beside_its_field(as_rin, wish, address, missing):
    page = as_rin.post(address, {name: value for name, value in wish.items() if name != missing})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [missing]
    place = page.context["form"][missing].auto_id
    assert f'<a href="#{place}">' in page.text
    assert page.text.count(f'id="{place}"') == 1  # where the link leads
    assert not Run.objects.exists()


def test_names_that_can_be_none_are_said_beside_their_field(as_rin, wish, address):
    page = as_rin.post(address, wish | {"source": ["memory"], "resources_memory": "i-0123456789abcdef0\r\nweb-1"})
    assert page.context["form"].errors == {"resources_memory": ["It takes instance ids, and cannot take: web-1."]}
    assert not Run.objects.exists()


def test_a_window_that_ends_before_it_starts_is_refused(as_rin, wish, address):
    page = as_rin.post(address, wish | {"start": WINDOW["end"], "end": WINDOW["start"]})
    assert "swap the two" in page.text


@pytest.mark.parametrize("field", ["source", "account", "region"])
def test_only_what_is_offered_can_be_chosen(as_rin, wish, address, field):
    assert as_rin.post(address, wish | {field: ["999999999999"]}).status_code == 422


def test_a_refused_wish_leaves_nothing_of_its_request(as_rin, wish, address):
    wish |= {"source": ["cloudtrail", "folder"], "resources_folder": "/etc"}
    page = as_rin.post(address, wish)
    assert page.status_code == 422
    assert "/etc is not under INTAKE_DIRS" in page.text
    assert not Run.objects.exists()
    assert not Evidence.objects.exists()


def test_a_folder_of_the_intake_is_collected(as_rin, address, settings, tmp_path):
    settings.INTAKE_DIRS = [str(tmp_path)]
    as_rin.post(address, {"source": ["folder"], "resources_folder": str(tmp_path)})
    assert Run.objects.get().tool == "folder"


def test_without_accounts_it_says_what_can_be_done(as_rin, address):
    assert "No AWS account is registered yet" in as_rin.get(address).text


def test_it_needs_a_role_that_collects(client, incident, ida, address, django_user_model):
    olga = django_user_model.objects.create_user("olga")
    incident.memberships.create(user=olga, role="analyst", since_at=incident.opened_at)
    client.force_login(olga)
    assert client.get(address).status_code == 403
    assert client.post(reverse("upload", args=[incident.reference])).status_code == 403


def test_sources_are_offered_by_what_they_bring(as_rin, address):
    groups = dict(as_rin.get(address).context["form"].groups())
    names = [offer.source.name for offers in groups.values() for offer in offers]
    assert sorted(names) == sorted(source.name for source in sources)
    by_group = {str(title): [offer.source.name for offer in offers] for title, offers in groups.items()}
    assert "guardduty_findings" in by_group["Findings of AWS services"]
    assert by_group["Files that somebody has"] == ["folder"]


def test_a_source_that_can_take_all_needs_no_names(as_rin, wish, address):
    as_rin.post(address, wish | {"source": ["ec2_context"], "resources_ec2_context": ""})
    assert Run.objects.get().scope["resources"] == []


def test_a_global_service_is_asked_once_an_account(as_rin, wish, address):
    as_rin.post(address, wish | {"source": ["iam_state"], "region": ["us-east-1", "eu-west-1"]})
    assert Run.objects.count() == 1


def test_a_closed_incident_takes_no_collection(as_rin, wish, address, incident):
    incident.state, incident.outcome, incident.closed_at = "closed", "false_positive", incident.opened_at
    incident.save()
    page = as_rin.post(address, wish)
    assert (page.status_code, Run.objects.count()) == (422, 0)
    assert "is closed; reopen it" in page.text


def test_the_incidents_own_window_is_filled_in(as_rin, accounts, incident):
    incident.actual_start_at = incident.opened_at.replace(year=2026, month=3, day=1, hour=4, minute=5, second=0)
    incident.save()
    form = as_rin.get(reverse("collect", args=[incident.reference])).context["form"]
    assert f"{form['start'].value():%F %R}" == "2026-03-01 04:05"
    assert form["end"].value() is not None


@pytest.mark.parametrize("name", ["collect", "plan"])
def test_a_closed_incident_says_so_before_anybody_fills_in_a_form(as_rin, incident, name):
    incident.state, incident.outcome, incident.closed_at = "closed", "false_positive", incident.opened_at
    incident.save()
    assert "This incident is closed" in as_rin.get(reverse(name, args=[incident.reference])).text
    assert (
        reverse(name, args=[incident.reference]) not in as_rin.get(reverse("incident", args=[incident.reference])).text
    )
