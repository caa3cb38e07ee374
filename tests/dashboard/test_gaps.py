import pytest
from django.urls import reverse

from cases.actions.incidents import Particulars, open_incident
from cases.actions.units import note_gaps
from cases.actor import Actor
from cases.models import CustodyEntry, GapRecord, Phase
from dashboard.gap_groups import gravest_of, gravity
from plugins import Gap, GapKind
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


def miss(incident, by, *subjects):
    """Note that ``subjects`` could not be read."""
    lease, _ = casework.leased(incident, by, Phase.COLLECTION, f"tool-{subjects[0]}")
    note_gaps(lease=lease, gaps=[Gap(GapKind.DENIED, subject, "AccessDenied: <b>no</b>") for subject in subjects])


@pytest.fixture
def gaps(incident, rin):
    miss(incident, rin, "one", "two")
    return list(GapRecord.objects.order_by("pk"))


@pytest.fixture
def address(incident):
    return reverse("gaps", args=[incident.reference])


def test_without_gaps_it_says_so(as_rin, address):
    assert "No open gap" in as_rin.get(address).text


def test_a_gap_quotes_what_aws_said_as_text(as_rin, gaps, address):
    page = as_rin.get(address)
    assert "AccessDenied: &lt;b&gt;no&lt;/b&gt;" in page.text


def test_the_commander_puts_a_name_under_the_chosen_ones(as_ida, ida, gaps, address):
    as_ida.post(address, {"gaps": [gaps[0].pk], "reason": "never enabled there"})
    known, still = GapRecord.objects.order_by("pk")
    assert (known.acknowledged_by, known.reason) == (ida, "never enabled there")
    assert still.acknowledged_at is None


def test_each_acknowledgement_is_an_entry_of_its_own(as_ida, incident, gaps, address):
    as_ida.post(address, {"gaps": [gap.pk for gap in gaps], "reason": "known"})
    entries = CustodyEntry.objects.filter(log__name=incident.reference, action="gap_acknowledged")
    assert [entry.object_id for entry in entries.order_by("seq")] == [str(gap.pk) for gap in gaps]


def test_the_acknowledged_ones_show_their_names(as_ida, gaps, address):
    page = as_ida.post(address, {"gaps": [gap.pk for gap in gaps], "reason": "known"}, follow=True)
    assert "Ida Moreau" in page.text
    assert [gap.pk for gap in page.context["acknowledged"]]


@pytest.mark.parametrize(("fields", "wrong"), [({"reason": "x"}, "gaps"), ({"gaps": "first"}, "reason")])
def test_it_needs_gaps_and_a_reason(as_ida, gaps, address, fields, wrong):
    given = {name: gaps[0].pk if value == "first" else value for name, value in fields.items()}
    page = as_ida.post(address, given)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [wrong]
    assert not GapRecord.objects.exclude(acknowledged_at=None).exists()


def test_what_was_chosen_stays_chosen(as_ida, gaps, address):
    page = as_ida.post(address, {"gaps": [gaps[1].pk], "reason": ""})
    assert f'value="{gaps[1].pk}" checked' in page.text


def test_another_incidents_gap_cannot_be_chosen(as_ida, ida, gaps):
    other = open_incident(particulars=Particulars("Another"), by=Actor(ida))[0]
    page = as_ida.post(reverse("gaps", args=[other.reference]), {"gaps": [gaps[0].pk], "reason": "x"})
    assert page.status_code == 422


def test_a_responder_sees_them_without_a_button(as_rin, gaps, address):
    assert "The commander acknowledges gaps." in as_rin.get(address).text
    assert as_rin.post(address, {"gaps": [gaps[0].pk], "reason": "x"}).status_code == 403


def test_its_queries_do_not_grow_with_the_gaps(as_ida, incident, rin, gaps, address, django_assert_num_queries):
    with django_assert_num_queries(6):
        as_ida.get(address)
    miss(incident, rin, *map(str, range(20)))
    with django_assert_num_queries(6):
        as_ida.get(address)


def test_what_may_be_somebodys_doing_comes_first(as_ida, incident, rin, address):
    kinds = (GapKind.NO_EXAMINER, GapKind.QUARANTINED, GapKind.MISSING, GapKind.NOT_ENABLED, GapKind.CHANGED)
    lease, _ = casework.leased(incident, rin, Phase.COLLECTION, "many")
    note_gaps(lease=lease, gaps=[Gap(kind, kind, "words") for kind in kinds])
    groups = as_ida.get(address).context["open_groups"]
    assert [group.kind for group in groups] == ["changed", "missing", "quarantined", "not_enabled", "no_examiner"]


def test_all_of_a_kind_are_acknowledged_at_once(as_ida, incident, rin, gaps, address):
    lease, _ = casework.leased(incident, rin, Phase.EXAMINATION, "other")
    note_gaps(lease=lease, gaps=[Gap(GapKind.NO_EXAMINER, "disk", "nothing reads it")])
    as_ida.post(address, {"kinds": ["denied"], "reason": "known"})
    assert [gap.kind for gap in GapRecord.objects.filter(acknowledged_at=None)] == ["no_examiner"]


def test_a_gap_that_is_chosen_twice_is_acknowledged_once(as_ida, incident, gaps, address):
    as_ida.post(address, {"kinds": ["denied"], "gaps": [gaps[0].pk], "reason": "known"})
    assert CustodyEntry.objects.filter(action="gap_acknowledged").count() == 2


def test_every_kind_has_its_place_in_the_order():
    assert sorted(GapRecord.Kind.values, key=gravity)[0] == "changed"
    assert sorted(GapRecord.Kind.values, key=gravity)[-1] == "no_examiner"


def test_an_overview_names_the_gravest_first_and_what_several_runs_met_once(as_rin, incident, rin):
    for tool in ("one", "two"):
        lease, _ = casework.leased(incident, Actor(rin).user, Phase.COLLECTION, tool)
        kinds = (GapKind.NOT_ENABLED, GapKind.DENIED)
        note_gaps(lease=lease, gaps=[Gap(kind, kind, "words") for kind in kinds])
    note_gaps(lease=lease, gaps=[Gap(GapKind.CHANGED, "a.json.gz", "altered")])
    told = [(line.kind, line.runs) for line in gravest_of(incident, 6)]
    assert told == [("changed", 1), ("denied", 2), ("not_enabled", 2)]
    assert len(gravest_of(incident, 2)) == 2
    page = as_rin.get(reverse("incident", args=[incident.reference])).text
    assert page.index("altered") < page.index("2 times")
