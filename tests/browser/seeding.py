"""What the browsers' portal holds: three people and an incident that went through all four phases."""

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from analyzers.stix import read_file
from cases.actions.accounts import Tried, record_role_checks
from cases.actions.incidents import Particulars, open_incident, set_member
from cases.actions.notes import Subject, add_note, revise_note
from cases.actions.plans import draft_plan, start_plan
from cases.actions.saved_views import save_view
from cases.actions.timeline_entries import add_to_timeline, withdraw_from_timeline
from cases.actor import Actor
from cases.models import AwsAccount, CollectionPlan, User
from cases.tellings import Telling, telling_of_finding
from phases.estimates import Line, as_json
from phases.indicators import take_in
from phases.plan_runs import make_plan
from phases.plans import PlanScope, plan_of, playbook_named
from phases.requests import Wish, request_collection
from tests.conftest import PASSWORD
from tests.dashboard import casework
from tests.phases import planning
from tests.readiness import looks

REFERENCE = "FP-2026-000001"  # the incident with everything in it
FRESH = "FP-2026-000002"  # one where nothing was done yet
LARGE = "FP-2026-000003"  # one with a plan over twenty accounts
DRAFT = "00000000-0000-4000-8000-000000000001"  # a plan of the first that nobody has started
WINDOW = (datetime(2026, 11, 7, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))


def seed():
    ida, rin = person("ida", "Ida", "Moreau"), person("rin", "Rin", "Tanaka")
    person("otto", "Otto", "Outsider")
    ida.is_staff = True  # she also runs this portal
    ida.save(update_fields=["is_staff"])
    AwsAccount.objects.create(
        account="111122223333", name="prod-web", kind="workload", regions=["us-east-1", "eu-west-1"]
    )
    web = AwsAccount.objects.get()
    arn = "arn:aws:iam::111122223333:role/ForensicsReadOnly"
    AwsAccount.objects.filter(pk=web.pk).update(read_role_arn=arn)
    refusal = "An error occurred (AccessDenied) when calling the AssumeRole operation: User is not authorized"
    record_role_checks(tried=[Tried(web, "read", role_arn=arn, said=refusal)], by=Actor(ida))
    AwsAccount.objects.create(account="444455556666", name="log-archive", kind="log_archive", regions=["us-east-1"])
    told = Particulars(
        "Leaked access key of ci-deploy, data read from customer exports",
        description="The key stood in a public build log.\nNobody knows whether it was rotated.",
        severity=4,
        actual_start_at=casework.START,
        detected_at=datetime(2026, 11, 23, 2, 8, tzinfo=UTC),
    )
    incident, _ = open_incident(particulars=told, by=Actor(ida))
    fresh, _ = open_incident(
        particulars=Particulars("Sign-in of the root user from a new country", severity=3), by=Actor(ida)
    )
    for one in (incident, fresh):
        set_member(incident=one, user=rin, role="responder", by=Actor(ida))
    give_indicators(incident, rin)
    collect(incident, rin)
    plan(incident, rin)
    plan_large(ida)
    ida.is_staff = True
    ida.save(update_fields=["is_staff"])
    for share in (0.3, 0.6):
        looks.looked(Actor(ida), share)
    tell(incident, rin)


def tell(incident, rin):
    """One entry of the case timeline that stands and one that does not, a note that was revised, a saved view."""
    by = Actor(rin)
    finding = incident.findings.detections().earliest("number")
    add_to_timeline(incident=incident, telling=telling_of_finding(finding, "The way back in.\nTwo keys."), by=by)
    call, _ = add_to_timeline(incident=incident, telling=Telling(casework.START, "The owner calls"), by=by)
    withdraw_from_timeline(entry=call, reason="another day", by=by)
    note, _ = add_note(incident=incident, subject=Subject(), text="The key stood in a build log.", by=by)
    revise_note(note=note, text="The key stood in a public build log.", by=by)
    save_view(incident=incident, name="New keys", query="event_name=CreateAccessKey", by=by)


def person(name, first, last):
    return User.objects.create_user(name, password=PASSWORD, first_name=first, last_name=last)


def give_indicators(incident, rin):
    """An address that the events name, a label that is hostile, and a value that no telephone is wide enough for."""
    feed = f"value,label\n{casework.STRANGER},<b>C2\u202e\nhttps://evil.example/{'x' * 300},\n"
    take_in(incident=incident, reading=read_file(feed.encode(), "feed of the week.csv", casework.START), by=Actor(rin))


def collect(incident, rin):
    """A folder with junk in it, and a collection that AWS will never see because no role lets the portal in."""
    folder = casework.log_folder(Path(settings.DATA_DIR) / "logs", calls=60)
    (folder / "notes.bin").write_bytes(bytes(range(256)))
    (folder / "cut.json.gz").write_bytes(b"\x1f\x8b\x08 cut")
    by = Actor(rin)
    request_collection(incident=incident, wish=Wish("folder", resources=(str(folder),), is_trusted=True), by=by)
    wish = Wish("cloudtrail", "111122223333", "us-east-1", *WINDOW, resources=("org-trail",))
    request_collection(incident=incident, wish=wish, by=by)
    work()


def plan(incident, rin):
    """A draft of the ransomware playbook, counted in part."""
    scope = PlanScope(("111122223333",), ("us-east-1", "eu-west-1"), *WINDOW, {"buckets": ("customer-exports",)})
    row = make_plan(incident=incident, plan=plan_of(playbook_named("ransomware_in_s3"), scope), by=Actor(rin))
    place = ("111122223333", "us-east-1")
    lines = [
        Line("s3_object_versions", *place, "at_least", 20_000, 20_000, 3_000_000_000),
        Line("config_history", *place, "unknown", words="An error occurred (AccessDenied): <b>no</b>"),
    ]
    CollectionPlan.objects.filter(pk=row.pk).update(request=DRAFT, estimate=as_json(lines))


def plan_large(ida):
    """A started plan over twenty accounts, three regions and thirty sources, of which no worker has asked anything."""
    incident, _ = open_incident(particulars=Particulars("Keys of every team were in one repository"), by=Actor(ida))
    steps = [planning.step("cloudtrail"), *(planning.step(f"source_{number}") for number in range(29))]
    numbers = tuple(f"{number:012d}" for number in range(20))
    role = "arn:aws:iam::111122223333:role/ForensicsReadOnly"
    made = [AwsAccount(account=one, name=f"team-{one[-2:]}", kind="workload", read_role_arn=role) for one in numbers]
    AwsAccount.objects.bulk_create(made)
    draft = planning.planned(*steps, accounts=numbers, regions=("us-east-1", "eu-west-1", "ap-northeast-1")).draft()
    row = draft_plan(incident=incident, draft=draft, by=Actor(ida))
    start_plan(plan=row, by=Actor(ida))
    AwsAccount.objects.filter(account__in=numbers).delete()


def work():
    casework.work("collect", "examine", "analyze", "report")
