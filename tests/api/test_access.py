"""Who may do what, for every address of the API: a table, and every caller against every row of it."""

import pytest
from django.test import Client
from django.urls import reverse

from api.models import ApiToken
from api.urls import urlpatterns
from cases.models import CustodyEntry
from cases.permissions import ROLES, Verb
from tests.api.conftest import Caller

ANYONE = "anyone with a token"
RUN = {
    "source": "cloudtrail",
    "account": "111122223333",
    "region": "eu-west-1",
    "start": "2026-11-20T00:00:00Z",
    "end": "2026-11-21T00:00:00Z",
}
PLAN = {
    "playbook": "access_key_leaked",
    "accounts": ["111122223333"],
    "regions": ["eu-west-1"],
    **{name: RUN[name] for name in ("start", "end")},
}
# (address, method) -> what it needs; a body that works where there is one.
POLICY = {
    ("root", "GET"): ANYONE,
    ("incidents", "GET"): ANYONE,
    ("incidents", "POST"): ANYONE,
    ("incident", "GET"): Verb.READ,
    ("incident", "PATCH"): Verb.TRANSITION,
    ("transitions", "POST"): Verb.TRANSITION,
    ("runs", "GET"): Verb.READ,
    ("runs", "POST"): Verb.COLLECT,
    ("run", "GET"): Verb.READ,
    ("cancel", "POST"): Verb.COLLECT,
    ("playbooks", "GET"): ANYONE,
    ("plans", "GET"): Verb.READ,
    ("plans", "POST"): Verb.COLLECT,
    ("plan_start", "POST"): Verb.COLLECT,
    ("plan", "GET"): Verb.READ,
    ("evidence", "GET"): Verb.READ,
    ("exhibit", "GET"): Verb.READ,
    ("members", "GET"): Verb.READ,
    ("exhibit_custody", "GET"): Verb.READ,
    ("custody", "GET"): Verb.READ,
    ("custody_head", "GET"): Verb.READ,
    ("events", "GET"): Verb.READ,
    ("histogram", "GET"): Verb.READ,
    ("event", "GET"): Verb.READ,
    ("conversations", "GET"): Verb.READ,
    ("changes", "GET"): Verb.READ,
    ("exports", "GET"): Verb.READ,
    ("export", "GET"): Verb.DOWNLOAD,
    ("findings", "GET"): Verb.READ,
    ("finding", "GET"): Verb.READ,
    ("leads", "GET"): Verb.READ,
    ("indicators", "GET"): Verb.READ,
    ("indicators", "POST"): Verb.ANALYZE,
    ("decision", "POST"): Verb.ANALYZE,
    ("timeline_entries", "GET"): Verb.READ,
    ("timeline_entries", "POST"): Verb.NOTE,
    ("timeline_entry", "GET"): Verb.READ,
    ("withdrawal", "POST"): Verb.NOTE,
    ("gaps", "GET"): Verb.READ,
    ("gap", "GET"): Verb.READ,
    ("acknowledgement", "POST"): Verb.TRANSITION,
    ("reports", "GET"): Verb.READ,
    ("report", "GET"): Verb.READ,
    ("report_pdf", "GET"): Verb.READ,
}
OPEN = {"schema", "nowhere"}  # they answer everyone alike and show nothing of any incident
BODIES = {
    "incidents": {"title": "Key leaked"},
    "incident": {"severity": 5},
    "transitions": {"to": "acknowledged"},
    "runs": RUN,
    "plans": PLAN,
    "plan_start": {},
    "cancel": {"reason": "wrong account"},
    "indicators": [{"value": "evil.example"}],
    "decision": {"status": "confirmed"},
    "acknowledgement": {"reason": "known"},
    "timeline_entries": {"event": "E0001-1-0-1", "text": "how it began"},
    "withdrawal": {"reason": "another event"},
}
CALLERS = ("anonymous", "outsider", "observer", "responder", "commander", "read token", "switched off")


def routes(patterns=urlpatterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns)
        else:
            yield pattern


@pytest.fixture
def ids(examined, exhibit, run, plan, finding, entry, gap, report):
    """What stands in addresses: one of everything."""
    numbers = {"run": run.pk, "plan": plan.request, "number": finding.number, "gap": gap.pk, "version": report.version}
    numbers["entry"] = entry.pk
    return numbers | {"reference": examined.reference, "exhibit": exhibit.exhibit, "key": "E0001-1-0-0", "name": "csv"}


@pytest.fixture
def callers(ida, rin, otto, observer, django_user_model):
    gone = Caller(django_user_model.objects.create(username="gone", is_active=False))
    nobody = Caller(otto, "read")
    nobody.client = Client()
    people = {
        "outsider": Caller(otto),
        "observer": Caller(observer),
        "responder": Caller(rin),
        "commander": Caller(ida),
    }
    return people | {"anonymous": nobody, "switched off": gone, "read token": Caller(ida, ApiToken.Scope.READ)}


def address_of(name, ids):
    wanted = {route.name: route.pattern.converters for route in routes()}[name]
    inside = {} if name in ("root", "incidents", "playbooks") else {"reference": ids["reference"]}
    below = {"exhibit": ids["exhibit"]} if name in ("exhibit", "members", "exhibit_custody") else {}
    return reverse(f"api:{name}", kwargs=inside | below | {key: ids[key] for key in wanted})


def call(caller, method, name, ids):
    headers = {"If-Match": "*"} if method == "PATCH" else {}
    send = getattr(caller.client, method.lower())
    body = {} if method == "GET" else {"data": BODIES[name], "content_type": "application/json"}
    answer = send(address_of(name, ids), headers=headers, **body)
    list(answer)  # a stream closes itself at its end; closing it here would close the connection too
    return answer.status_code


def expected(caller, method, needs):
    """The status that the table foretells, 2 for any success."""
    if caller in ("anonymous", "switched off"):
        return 401
    if caller == "read token":
        return 2 if method == "GET" else 403
    if needs == ANYONE:
        return 2
    if caller == "outsider":
        return 404
    return 2 if needs in ROLES[caller] else 403


def methods_of(route):
    view = route.callback.cls
    return {name.upper() for name in view.http_method_names if name != "head" and hasattr(view, name)}


def test_every_address_and_method_is_in_the_table():
    offered = {(route.name, method) for route in routes() if route.name not in OPEN for method in methods_of(route)}
    assert offered == set(POLICY)


@pytest.mark.parametrize("caller", CALLERS)
def test_every_address_answers_as_the_table_says(caller, callers, ids):
    for (name, method), needs in POLICY.items():
        status = call(callers[caller], method, name, ids)
        foretold = expected(caller, method, needs)
        assert status == foretold or status // 100 == foretold, f"{method} {name} by {caller}: {status}"


def test_children_of_another_incident_are_not_found(callers, ids):
    """A member of one incident cannot reach into another through their own address."""
    own = callers["outsider"].post("incidents/", {"title": "Mine"}).json()["reference"]
    for name, method in POLICY:
        inside = set(address_of(name, ids).strip("/").split("/")) - set(
            address_of("incident", ids).strip("/").split("/")
        )
        if any(part[-1].isdigit() for part in inside if part != "v1"):
            assert call(callers["outsider"], method, name, ids | {"reference": own}) == 404, f"{method} {name}"


def test_reading_changes_no_row_but_the_log_of_exports(callers, ids):
    before = CustodyEntry.objects.count()
    for name, method in POLICY:
        if method == "GET":
            call(callers["commander"], method, name, ids)
    assert CustodyEntry.objects.count() == before + 2  # the PDF of a report, and an export
