"""The contract that every evidence source keeps, whoever wrote it."""

import importlib
import inspect
import re
from datetime import datetime

import pytest

from collectors import Artifact, Crossing, Haven, Scope, sources
from plugins import Gap, NotReady
from tests.collectors.heard import listen
from tests.simulation.running import session_in

EVERY = pytest.mark.parametrize("source", list(sources), ids=lambda source: source.name)


@pytest.fixture
def scope_of(simulated, tmp_path):
    """What each source can be asked for in the simulated organisation."""
    start, end = (datetime.fromisoformat(moment) for moment in simulated["window"])
    label, place = f"test:{tmp_path.name}", (account(simulated), "us-east-1")
    return lambda source: Scope(
        label, *place, start, end, resources_of(source, simulated, tmp_path), **settings_of(source, simulated)
    )


def resources_of(source, facts, folder):
    """What the source's own test names in ``resources``; nothing where it needs none."""
    name = getattr(own_test_of(source), "resources", lambda facts, folder: ())
    return tuple(name(facts, folder))


def settings_of(source, facts):
    """What the source's own test says in ``settings`` that the organisation has set; nothing where it needs none."""
    return getattr(own_test_of(source), "settings", lambda facts: {})(facts)


def own_test_of(source):
    return importlib.import_module(f"tests.collectors.test_{source.name}")


def account(facts):
    return next(row["account"] for row in facts["accounts"] if row["name"] == "prod-web")


def collected(source, scope, session):
    """Everything that it yields, waiting for AWS as the portal would, only without the time in between."""
    for _ in range(5):
        try:
            return list(source.collect(scope, session))
        except NotReady:
            continue
    raise AssertionError(f"{source.name} was not ready after five looks")


def session_for(source, facts):
    role = "ForensicsAcquire" if source.acts else "ForensicsReadOnly"
    session = session_in(account(facts), role=role)
    return crossing_from(session, facts) if source.permissions_there else session


def crossing_from(session, facts):
    """A border that is open: one session for each forensics account, made when it is first entered."""
    havens = {}

    def enter(region, what):
        if region not in havens:
            number = facts["services"]["ebs_snapshot_copies"]["havens"][region]
            havens[region] = Haven(session_in(number, region, "ForensicsAcquire"), number, region)
        return havens[region]

    return Crossing(session, enter, lambda haven, what: None, lambda haven, what, copy: None)


@EVERY
class TestEverySource:
    def test_it_lives_in_a_module_of_its_own_name(self, source):
        assert source.module == f"collectors.{source.name}"

    def test_it_says_what_it_collects_and_cites_its_source(self, source):
        assert source.doc
        assert "https://docs.aws.amazon.com/" in (inspect.getmodule(source.collect).__doc__ or "")

    def test_its_permissions_are_iam_actions(self, source):
        assert bool(source.permissions) == source.needs_aws
        declared = source.permissions + source.permissions_there
        assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", action) for action in declared)

    def test_it_is_a_generator(self, source):
        assert inspect.isgeneratorfunction(source.collect)

    def test_it_names_the_resources_that_it_takes(self, source):
        assert source.title
        assert source.resources is not None

    def test_it_takes_resources_only_where_it_says_so(self, source, simulated, tmp_path):
        assert bool(resources_of(source, simulated, tmp_path)) <= bool(source.resources)

    def test_its_place_in_the_order_of_volatility_is_one(self, source):
        assert 0 <= source.volatility <= 100

    def test_its_name_is_a_slug(self, source):
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,39}", source.name)


@EVERY
def test_in_the_simulated_organisation_it_finds_the_same_twice_and_calls_what_it_declares(source, simulated, scope_of):
    session = session_for(source, simulated) if source.needs_aws else None
    heard, scope = calls_of(source, session), scope_of(source)
    first, second = (collected(source, scope, session) for _ in range(2))
    artifacts = [one for one in first if isinstance(one, Artifact)]
    assert artifacts
    assert all(isinstance(one, Artifact | Gap) for one in first)
    assert identities(first) == identities(second)
    sizes = [size_of(one) for one in artifacts]
    assert any(sizes)
    assert [one.size for one in artifacts if one.size is not None] == [
        size for one, size in zip(artifacts, sizes, strict=True) if one.size is not None
    ]
    assert heard == (set(source.permissions), set(source.permissions_there))


def calls_of(source, session):
    """The IAM actions of every call from now on: in the account asked about, and in the forensics account."""
    if session is None:
        return set(), set()
    if not source.permissions_there:
        return listen(session), set()
    return listen(session.home), listen(session.enter("us-east-1", "a copy").session)


def size_of(artifact):
    """How many bytes it brings."""
    with artifact.open() as stream:
        return sum(len(chunk) for chunk in iter(lambda: stream.read(2**20), b""))


def identities(found):
    return [(one.name, one.origin, one.version, dict(one.notes)) for one in found if isinstance(one, Artifact)]


def test_a_call_that_is_not_declared_would_be_seen(simulated):
    session = session_in(account(simulated))
    seen = listen(session)
    session.client("ec2").describe_instances()
    assert seen == {"ec2:DescribeInstances"}


def test_nothing_is_read_before_it_is_yielded(simulated, scope_of):
    session = session_in(account(simulated))
    operations = []
    session.events.register("provide-client-params.s3.GetObject", lambda **_: operations.append("read"))
    source = sources.get("cloudtrail")
    found = [one for one in source.collect(scope_of(source), session) if isinstance(one, Artifact)]
    assert not operations
    found[0].open().close()
    assert operations == ["read"]
