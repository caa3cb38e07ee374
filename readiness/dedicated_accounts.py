"""Accounts of their own for log archive, security tooling and forensics, and no account that the portal does not know.

https://docs.aws.amazon.com/prescriptive-guidance/latest/security-reference-architecture/organizations.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from readiness.base import check
from readiness.organisation import REGISTER, Account, Answer, Kind, Organisation, Place, by_register, each
from readiness.verdicts import Observation, Outcome, Verdict, counted, judged

WANTED = {Kind.LOG_ARCHIVE: "log archive", Kind.SECURITY_TOOLING: "security tooling", Kind.FORENSICS: "forensics"}
TODO = "Make the missing accounts, and register every account: manage.py account NUMBER --kind KIND."


@check(
    "dedicated_accounts",
    title="Log archive, security tooling and forensics have accounts of their own",
    practice="SEC10-BP03",
    permissions=("organizations:ListAccounts",),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Compare the register with what AWS Organizations lists: each kind there and active, none unknown."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), partial(looked_at, organisation)), TODO)


def looked_at(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = place.ask("organizations", "list_accounts")
    listed = {account["Id"]: account for account in answer.data["Accounts"]}
    for kind, words in WANTED.items():
        registered = organisation.of(kind)
        if not registered:
            yield by_register(Outcome.FAILED, f"No {words} account is registered.", f"none in {REGISTER}")
        yield from (account_seen(answer, listed, account) for account in registered)
    known = {account.number for account in organisation.accounts}
    yield unknown_seen(answer, [listed[number] for number in sorted(set(listed) - known)])


def account_seen(answer: Answer, listed: dict[str, Any], account: Account) -> Observation:
    found = listed.get(account.number)
    if found is None:
        return answer.failed(f"{account} is registered, but not in the organisation.", "not among its accounts")
    if state_of(found) != "ACTIVE":
        return answer.failed(f"{account} is not active.", found)
    return answer.passed(f"{account} is an active account of the organisation.", found)


def unknown_seen(answer: Answer, unknown: list[dict[str, Any]]) -> Observation:
    """An account nobody registered is one from which nothing can be collected."""
    active = [f"{account['Name']} ({account['Id']})" for account in unknown if state_of(account) == "ACTIVE"]
    if active:
        return answer.failed(f"Not registered with the portal: {counted(len(active), 'active account')}.", active)
    return answer.passed("Every active account of the organisation is registered.", "no account besides those")


def state_of(account: dict[str, Any]) -> str:
    """AWS moves from ``Status`` to ``State``; older answers have the first one only."""
    return str(account.get("State") or account.get("Status"))
