import pytest

from cases.actions.incidents import IncidentClosed, change_incident, set_member
from cases.actor import Actor
from cases.models import AwsAccount, CustodyEntry, Incident, IncidentTransition

SOAR = {"title": "Key leaked", "severity": 4, "source": "soar", "source_ref": "case-7"}


def test_it_opens_an_incident_and_says_where(as_rin):
    answer = as_rin.post("incidents/", {"title": "Key leaked", "severity": 4})
    assert answer.status_code == 201
    assert answer["Location"].endswith(f"/api/v1/incidents/{answer.json()['reference']}/")


def test_who_opens_an_incident_commands_it(as_rin):
    answer = as_rin.post("incidents/", {"title": "Key leaked"}).json()
    assert (answer["commander"], answer["your_role"]) == ("rin", "commander")


def test_a_description_with_carriage_returns_is_kept_in_lines(as_ida):
    opened = as_ida.post("incidents/", {"title": "Key leaked", "description": "An alert.\r\nThen a call."}).json()
    assert opened["description"] == "An alert.\nThen a call."
    path = f"incidents/{opened['reference']}/"
    changed = as_ida.patch(path, {"description": "A call.\r\nNo alert."}, **{"If-Match": "*"})
    assert changed.json()["description"] == "A call.\nNo alert."


def test_it_opens_an_incident_under_a_law_that_there_is(as_rin):
    refused = as_rin.post("incidents/", {"title": "Key leaked", "jurisdiction": "eu"})
    assert "no registered account has it" in refused.json()["errors"][0]["detail"]
    AwsAccount.objects.create(account="111122223333", name="prod", kind="workload", jurisdiction="eu")
    answer = as_rin.post("incidents/", {"title": "Key leaked", "jurisdiction": "eu"}).json()
    assert (answer["jurisdiction"], answer["place"]) == ("eu", "local")


def test_it_opens_an_incident_for_a_named_commander(as_rin, ida):
    answer = as_rin.post("incidents/", {"title": "Key leaked", "commander": "ida"}).json()
    assert (answer["commander"], answer["your_role"]) == ("ida", "responder")


def test_the_same_source_and_ref_open_one_incident(as_rin):
    first, second = as_rin.post("incidents/", SOAR), as_rin.post("incidents/", SOAR | {"title": "Again"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["reference"] == second.json()["reference"]
    assert Incident.objects.count() == 1


def test_a_source_ref_of_others_is_a_conflict_that_tells_nothing(as_rin, as_otto):
    reference = as_rin.post("incidents/", SOAR).json()["reference"]
    answer = as_otto.post("incidents/", SOAR)
    assert answer.status_code == 409
    assert reference not in answer.content.decode()


def test_source_and_source_ref_come_together(as_rin):
    answer = as_rin.post("incidents/", {"title": "x", "source": "soar"})
    assert answer.json()["errors"] == [
        {"field": "source_ref", "detail": "give source and source_ref together, or neither"}
    ]


@pytest.mark.parametrize("field", ["reference", "state", "legal_hold", "opened_by", "version", "pk"])
def test_it_refuses_fields_that_are_not_the_callers(as_rin, field):
    answer = as_rin.post("incidents/", {"title": "x", field: "1"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_the_list_holds_only_incidents_of_the_caller(as_rin, as_otto, incident):
    assert [row["reference"] for row in as_rin.get("incidents/").json()["results"]] == [incident.reference]
    assert as_otto.get("incidents/").json()["results"] == []


def test_the_list_is_filtered(as_rin, incident):
    as_rin.post("incidents/", SOAR | {"severity": 1})
    assert len(as_rin.get("incidents/", min_severity=4).json()["results"]) == 1
    assert len(as_rin.get("incidents/", source="soar", source_ref="case-7").json()["results"]) == 1
    assert as_rin.get("incidents/", updated_since="2100-01-01T00:00:00Z").json()["results"] == []


@pytest.mark.parametrize(
    "query", [{"title__contains": "x"}, {"ordering": "title"}, {"state": "open"}, {"limit": "201"}]
)
def test_it_refuses_questions_it_does_not_know_and_names_them(as_rin, query):
    answer = as_rin.get("incidents/", **query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(query)))


def test_it_shows_an_incident_with_its_four_phases(as_rin, incident, run):
    shown = as_rin.get(f"incidents/{incident.reference}/").json()
    assert [phase["phase"] for phase in shown["phases"]] == ["collection", "examination", "analysis", "reporting"]
    assert shown["phases"][0]["work"] == "in_progress"


def test_it_changes_particulars_and_writes_it_down(as_ida, incident, base):
    answer = as_ida.patch(
        base, {"severity": 5, "outcome": "true_positive_with_impact"}, **{"If-Match": etag(as_ida, base)}
    )
    assert (answer.status_code, answer.json()["severity"]) == (200, 5)
    entry = CustodyEntry.objects.filter(log__name=incident.reference).latest("seq")
    assert (entry.action, entry.actor) == ("changed", "Ida Moreau (token for write)")


def test_a_change_of_nothing_writes_nothing(as_ida, incident, base):
    before = CustodyEntry.objects.count()
    as_ida.patch(base, {"title": incident.title}, **{"If-Match": "*"})
    assert CustodyEntry.objects.count() == before


def test_a_change_needs_if_match(as_ida, base):
    answer = as_ida.patch(base, {"severity": 5})
    assert (answer.status_code, answer.json()["type"]) == (428, "urn:forensics-portal:problem:precondition-required")


def test_who_comes_second_is_told_so(as_ida, base):
    seen = etag(as_ida, base)
    as_ida.patch(base, {"severity": 5}, **{"If-Match": seen})
    assert as_ida.patch(base, {"severity": 3}, **{"If-Match": seen}).status_code == 412


def test_a_tag_that_is_none_of_ours_does_not_match(as_ida, base):
    assert as_ida.patch(base, {"severity": 5}, **{"If-Match": '"abc"'}).status_code == 412


def test_a_responder_may_not_change_particulars(as_rin, base):
    answer = as_rin.patch(base, {"severity": 5}, **{"If-Match": "*"})
    assert answer.status_code == 403
    assert "responder may not transition" in answer.json()["detail"]


def test_a_closed_incident_keeps_its_particulars(incident, ida):
    Incident.objects.filter(pk=incident.pk).update(state="closed", outcome="benign", closed_at=incident.opened_at)
    with pytest.raises(IncidentClosed, match="reopen"):
        change_incident(incident=incident, values={"title": "x"}, by=Actor(ida))


def test_times_of_a_change_are_written_as_text(incident, ida):
    change_incident(incident=incident, values={"detected_at": incident.opened_at}, by=Actor(ida))
    entry = CustodyEntry.objects.filter(log__name=incident.reference).latest("seq")
    assert incident.opened_at.isoformat() in bytes(entry.data).decode()


def test_it_moves_an_incident_to_its_next_state(as_ida, incident, base):
    answer = as_ida.post(f"{base}transitions/", {"to": "acknowledged", "reason": "seen"})
    assert (answer.status_code, answer.json()["state"]) == (201, "acknowledged")
    assert IncidentTransition.objects.filter(incident=incident, to_state="acknowledged").exists()


def test_a_state_that_cannot_be_next_is_a_conflict_that_says_which_can(as_ida, base):
    answer = as_ida.post(f"{base}transitions/", {"to": "closed"})
    assert answer.status_code == 409
    assert "acknowledged, on_hold" in answer.json()["detail"]
    assert [error["field"] for error in answer.json()["errors"]] == ["to"]


def test_who_left_no_longer_sees_the_incident(as_observer, observer, incident, base, ida):
    incident.memberships.filter(user=observer).update(ended_at=incident.opened_at)
    assert as_observer.get(base).status_code == 404


def test_a_new_role_is_shown_at_once(as_otto, otto, incident, base, ida):
    set_member(incident=incident, user=otto, role="analyst", by=Actor(ida))
    assert "analyze" in as_otto.get(base).json()["your_verbs"]


def etag(caller, base):
    return caller.get(base)["ETag"]


@pytest.mark.parametrize("field", ["detected_at", "actual_start_at"])
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_it_refuses_times_that_nobody_can_mean(as_rin, incident, field, moment):
    answer = as_rin.post("incidents/", {"title": "Key leaked", field: moment})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
