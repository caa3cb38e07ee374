"""Two accounts for a source that copies between them, with the region guard at the border."""

from functools import partial

from django.conf import settings

from cases.actions.moves import Move, check_move, check_moves, record_copy
from cases.actor import Actor
from cases.models import AwsAccount, Run
from cases.places import MoveRefused, jurisdictions_of
from collectors import CopyTerms, Crossing, Haven, Source
from phases.narrowing import Needs
from phases.sessions import Entry, EntryDenied, session_for, session_in
from plugins import Gap, GapKind


def crossing_for(run: Run, source: Source) -> Crossing:
    """The session in the run's account and the way into forensics accounts. Raises what ``session_for`` raises."""
    terms = CopyTerms(
        settings.SNAPSHOT_KEY,
        settings.SNAPSHOT_SHARE_KEY,
        settings.SNAPSHOT_LOCK_MODE,
        settings.SNAPSHOT_LOCK_DAYS,
    )
    home, enter = session_for(run, source), partial(haven_in, run, source)
    return Crossing(home, enter, partial(permission, run), partial(note_copy, run), terms)


def haven_in(run: Run, source: Source, region: str, what: str) -> Haven | Gap:
    """The forensics account of the region, entered once the guard lets ``what`` come there; else the gap."""
    account = forensics_account(region)
    if account is None:
        words = f"no forensics account has it; `manage.py account NUMBER --kind forensics --region {region}` adds one"
        return Gap(GapKind.NOT_ENABLED, f"{what} to {region}", words)
    try:
        check_moves(run, what, f"{account.account}/{region}")
        session = session_in(run, Entry(account, region, Needs(source.permissions_there), acts=True))
    except MoveRefused as refusal:
        return refused(refusal)
    except EntryDenied as denial:
        return Gap(GapKind.DENIED, denial.role, str(denial))
    return Haven(session, account.account, region)


def forensics_account(region: str) -> AwsAccount | None:
    accounts = AwsAccount.objects.filter(kind=AwsAccount.Kind.FORENSICS)
    return next((account for account in accounts if region in account.regions), None)


def permission(run: Run, haven: Haven, what: str) -> Gap | None:
    """Ask the guard just before ``what`` is copied, which writes it down; the gap when it refuses."""
    try:
        for move in copies_of(run, haven, what):
            check_move(incident=run.incident, move=move, by=Actor.of_run(run))
    except MoveRefused as refusal:
        return refused(refusal)
    return None


def note_copy(run: Run, haven: Haven, what: str, copy: str) -> None:
    """Write down that AWS made ``copy``: after the act, and again until it is written."""
    for move in copies_of(run, haven, what):
        record_copy(incident=run.incident, move=move, copy=copy, by=Actor.of_run(run))


def copies_of(run: Run, haven: Haven, what: str) -> list[Move]:
    """The copy as a move of evidence, for each jurisdiction that the run touches."""
    place, regions = f"{haven.account}/{haven.region}", {"copied_from": run.scope["region"], "region": haven.region}
    return [Move(what, jurisdiction, place, run, **regions) for jurisdiction in jurisdictions_of(run)]


def refused(refusal: MoveRefused) -> Gap:
    """What the region guard refused, in its own words: they name who can authorise it."""
    return Gap(GapKind.DENIED, refusal.subject, str(refusal))
