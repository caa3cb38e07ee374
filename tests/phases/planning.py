"""Accounts, playbooks and scopes, for tests that plan."""

from datetime import UTC, datetime, timedelta

from cases.models import AwsAccount
from collectors.playbooks import Playbook, Step
from phases.plan_runs import make_plan
from phases.plans import PlanScope, plan_of

PROD, BUILD, ARCHIVE = "111122223333", "777788889999", "444455556666"
START = datetime(2026, 11, 22, 21, tzinfo=UTC)
WHY = "Because it may be gone tomorrow."


def register():
    """Two workload accounts, of which one lets nobody make anything, and the log archive."""
    role = "arn:aws:iam::111122223333:role/Forensics"
    AwsAccount.objects.create(account=PROD, name="prod-web", kind="workload", read_role_arn=role, acquire_role_arn=role)
    AwsAccount.objects.create(account=BUILD, name="ci-build", kind="workload", read_role_arn=role)
    AwsAccount.objects.create(
        account=ARCHIVE, name="log-archive", kind="log_archive", read_role_arn=role, trail_buckets=["org-trail"]
    )


def step(source, **fields):
    return Step(source=source, why=WHY, **fields)


def book(*steps):
    return Playbook(title="Key leaked", summary=WHY, steps=steps, name="key_leaked")


def scope(**fields):
    values = {"accounts": (PROD,), "regions": ("us-east-1",), "start": START, "end": START + timedelta(hours=6)}
    return PlanScope(**values | fields)


def planned(*steps, **fields):
    return plan_of(book(*steps), scope(**fields))


def drafted(incident, by, *steps, **fields):
    """The plan of these steps as a row."""
    return make_plan(incident=incident, plan=planned(*steps, **fields), by=by)
