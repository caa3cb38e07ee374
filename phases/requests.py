"""How pages, API and shell ask for work: make the run, ring once it is committed."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from cases.actions.incidents import IncidentClosed
from cases.actions.runs import Exhibit, Order, request_run
from cases.actor import Actor
from cases.models import AwsAccount, Evidence, Incident, Phase, Run
from cases.moments import FARTHEST, FIRST_DAY
from cases.places import jurisdiction_of
from collectors import Source, sources
from phases import bell
from phases.entering import known_regions
from plugins import Refused, Window

ESTIMATE = "estimate"  # the tool of runs that only count what a plan would bring


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person or a SOAR wants collected: a source, where, when, and which resources.

    ``is_trusted`` is set by shell commands alone: who has the shell may name any path of the machine.
    """

    source: str
    account: str = ""
    region: str = ""
    start: datetime | None = None
    end: datetime | None = None
    resources: tuple[str, ...] = ()
    is_trusted: bool = False


def request_collection(*, incident: Incident, wish: Wish, by: Actor, request: UUID | None = None) -> tuple[Run, bool]:
    """Return the run that collects what is wished, and whether it is new.

    Raises UnknownName for a source there is not, Refused where something is missing or not allowed, or all is closed.
    """
    check_open(incident)
    source = sources.get(wish.source)
    wish = with_known_buckets(source, wish)
    check_wish(source, wish)
    check_names(source, wish)
    return request_planned(incident=incident, wish=wish, by=by, request=request)


def request_planned(*, incident: Incident, wish: Wish, by: Actor, request: UUID | None = None) -> tuple[Run, bool]:
    """The same for a wish that was checked when it was planned: what has changed since is told by its run."""
    source = sources.get(wish.source)
    order = Order(
        phase=Phase.COLLECTION,
        tool=source.name,
        title=title_of(source, wish),
        scope=scope_of(wish),
        exhibit=exhibit_of(source, wish),
        priority=source.volatility,
        request=request or uuid4(),
    )
    run, is_new = request_run(incident=incident, order=order, by=by)
    bell.ring_on_commit(run.queue)
    return run, is_new


def check_open(incident: Incident) -> None:
    """Raises IncidentClosed, which is Refused."""
    incident.refresh_from_db(fields=["state"])
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before collecting")


def request_role_checks(*, accounts: list[AwsAccount], by: Actor) -> bool:
    """Ask a worker to try the roles of the accounts; False when no worker can be asked now.

    Nothing waits for the outcome: if the message is lost, one asks again.
    """
    return bell.send("phases.tasks.check_roles", [[account.pk for account in accounts], by.user.pk], "notify")


def with_known_buckets(source: Source, wish: Wish) -> Wish:
    """Where nobody names a bucket, logs are looked for where the registered log archive keeps them."""
    if wish.resources or source.enters != AwsAccount.Kind.LOG_ARCHIVE:
        return wish
    archives = AwsAccount.objects.filter(kind=AwsAccount.Kind.LOG_ARCHIVE).order_by("account")
    return replace(wish, resources=tuple(bucket for archive in archives for bucket in archive.trail_buckets))


def check_wish(source: Source, wish: Wish) -> None:
    check_window(wish.start, wish.end)
    if source.needs_aws and not (wish.account and wish.region and wish.start and wish.end):
        raise Refused(f"{source.title} needs an account, a region, a start and an end")
    if not source.needs_aws and not wish.is_trusted:
        for path in wish.resources:
            check_intake(path)


def check_names(source: Source, wish: Wish) -> None:
    """Raises Refused for an account that is not registered, and for resources that can be none of the source's."""
    if source.needs_aws and not AwsAccount.objects.filter(account=wish.account).exists():
        raise Refused(
            f"account {wish.account} is not registered; add it with its role and ExternalId first", field="account"
        )
    if source.needs_aws and not is_region(wish):
        raise Refused(f"AWS has no region {wish.region}; say one of the account's", field="region")
    if source.needs_resources and not wish.resources and source.enters != AwsAccount.Kind.LOG_ARCHIVE:
        raise Refused(f"{source.title} needs resources: {source.resources}", field="resources")
    if wrong := source.misnamed(wish.resources):
        listed = ", ".join(map(repr, wrong[:5]))
        raise Refused(f"{source.title} takes {source.resources}, and cannot take {listed}", field="resources")


def is_region(wish: Wish) -> bool:
    """Whether AWS has the region, as far as its SDK knows, or whoever registered the account says so."""
    if wish.region in known_regions():
        return True
    return any(wish.region in row.regions for row in AwsAccount.objects.filter(account=wish.account))


def check_window(start: datetime | None, end: datetime | None) -> None:
    """Raises Refused for a window in which nothing can have been written."""
    now = timezone.now()
    if start and end and start >= end:
        raise Refused("the window ends before or as it starts; swap start and end, or give a later end", field="end")
    if start and start < FIRST_DAY:
        raise Refused(
            f"the window starts before {FIRST_DAY:%Y}, when there was no AWS; give a later start", field="start"
        )
    if start and start > now:
        raise Refused(
            "the window starts in the future, where nothing is written yet; give an earlier start", field="start"
        )
    if end and end > now + FARTHEST:
        raise Refused("the window ends more than a year from now; give an earlier end", field="end")


def check_intake(path: str) -> None:
    """Raises Refused unless ``path`` lies under a folder of INTAKE_DIRS: else anyone could read the server's files."""
    try:
        real = Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as problem:  # a loop of links, or a name that no file can have
        raise Refused(f"{path} leads nowhere ({problem}); name a folder or file under INTAKE_DIRS") from problem
    allowed = [Path(folder).resolve() for folder in settings.INTAKE_DIRS]
    if not any(real.is_relative_to(folder) for folder in allowed):
        raise Refused(f"{path} is not under INTAKE_DIRS; upload the file, or let the administrator add its folder")


def scope_of(wish: Wish) -> dict[str, Any]:
    return {
        "account": wish.account,
        "region": wish.region,
        "start": wish.start.isoformat() if wish.start else "",
        "end": wish.end.isoformat() if wish.end else "",
        "resources": list(wish.resources),
        "is_trusted": wish.is_trusted,
    }


def title_of(source: Source, wish: Wish) -> str:
    where = ", ".join(part for part in (wish.account, wish.region) if part)
    what = where or ", ".join(Path(resource).name or resource for resource in wish.resources)
    return f"{source.title}, {what}" if what else source.title


def exhibit_of(source: Source, wish: Wish) -> Exhibit:
    window = Window(wish.start, wish.end) if wish.start and wish.end else None
    dates = f", {window.start:%-d %B} - {window.end:%-d %B %Y}" if window else ""
    grade = Evidence.Integrity.PROVIDER_STATE if source.kind == "snapshot" else Evidence.Integrity.FULL_HASH_REREAD
    return Exhibit(
        title=title_of(source, wish) + dates,
        kind=source.kind,
        source=source.name,
        account=wish.account,
        region=wish.region,
        window=window,
        resources=wish.resources,
        integrity=grade,
        jurisdiction=jurisdiction_of(wish.account, wish.region) if wish.account else None,
    )


def request_again(*, run: Run, by: Actor) -> tuple[Run, bool]:
    """Ask for the same work once more: a collection anew with an exhibit of its own, anything else over its inputs."""
    exhibit = None
    if run.phase == Phase.COLLECTION and run.evidence:
        old = run.evidence
        window = Window(old.window_start_at, old.window_end_at) if old.window_start_at and old.window_end_at else None
        exhibit = Exhibit(
            title=old.title,
            kind=old.kind,
            source=old.source,
            account=old.account,
            region=old.region,
            window=window,
            resources=tuple(old.resources),
            integrity=Evidence.Integrity(old.integrity),
            jurisdiction=jurisdiction_of(old.account, old.region) if old.account else old.jurisdiction,
        )
    order = Order(
        phase=Phase(run.phase),
        tool=run.tool,
        title=run.title,
        scope=run.scope,
        inputs_hash=run.inputs_hash,
        evidence=None if exhibit else run.evidence,
        part=run.part,
        exhibit=exhibit,
        priority=run.priority,
        is_counted=run.tool != ESTIMATE,
    )
    again, is_new = request_run(incident=run.incident, order=order, by=by)
    bell.ring_on_commit(again.queue)
    return again, is_new


def request_report(*, incident: Incident, by: Actor) -> tuple[Run, bool]:
    """Ask for a version of the report that says what is known and decided now. Raises Refused before there is any."""
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before a new version is drafted")
    newest = incident.runs.of(Phase.REPORTING).newest().order_by("-pk").first()
    if newest is None:
        raise Refused("there is no report yet; one is drafted when the analysis has ended")
    return request_again(run=newest, by=by)
