"""What the portal's own collectors of findings and of state bring is read, down to the last file."""

import io

import pytest

from collectors import Artifact, sources
from examiners import Member
from examiners.sniffing import choose, head
from tests.collectors.test_every_source import collected, scope_of, session_for  # noqa: F401 - a fixture among them
from tests.examiners.making import Outcome
from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here

# Pictures and code: nothing reads them, they are kept for a person with other tools.
UNREAD = {"console.jpg", "code.zip"}
STATE = [source for source in sources if source.kind in ("findings", "configuration")]


@pytest.mark.parametrize("source", STATE, ids=lambda source: source.name)
def test_every_file_is_claimed_and_every_record_read(source, simulated, scope_of):  # noqa: F811
    scope = scope_of(source)
    artifacts = [one for one in collected(source, scope, session_for(source, simulated)) if isinstance(one, Artifact)]
    unread = {one.name.rsplit("/", 1)[-1] for one in artifacts if not is_read(one, scope)}
    assert unread <= UNREAD
    assert len(artifacts) > len(unread)


def is_read(artifact, scope):
    """Whether an examiner claims it and makes a row of each record; an answer without a line needs none."""
    with artifact.open() as stream:
        data = stream.read()
    if not data and artifact.name.endswith(".jsonl"):
        return True
    place = {"origin": artifact.origin, "account": scope.account, "region": scope.region}
    member = Member(
        "FP-2026-000001-E0001", 1, 0, artifact.name, lambda: io.BytesIO(data), notes=artifact.notes, **place
    )
    tool = choose(head(member), artifact.name)
    if tool is None:
        return False
    outcome = Outcome(tool.examine(iter([member])), tool.family)
    assert outcome.balances()
    assert outcome.quarantined == []
    assert {row["account_id"] for row in outcome.rows} == {scope.account}
    return bool(outcome.rows)
