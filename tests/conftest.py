"""People, places and incidents that every test may ask for."""

import gc
import os
import tempfile
from pathlib import Path
from zlib import crc32

import pytest
from django.db import connections
from xdist.scheduler import LoadScopeScheduling

if "DATA_DIR" not in os.environ:  # before Django reads its settings: never the checkout's own data
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="fp-tests-")

from cases import guards
from cases.actions.incidents import Particulars, open_incident, set_member
from cases.actor import Actor
from cases.models import Membership
from events.reader import forget_readers
from phases.runs import at_rest
from tests.remembering import Memories

PASSWORD = "correct horse battery staple"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


# What one worker does whole, because its tests share what takes long to make: the demo, a portal and a browser. The
# first has demos of its own; who waits for killed workers to be missed waits beside the others.
WHOLE = (
    *("tests/browser/demo/test_exit.py", "tests/browser/demo/", "tests/browser/"),
    *("tests/end_to_end/test_kill.py", "tests/end_to_end/", "tests/analyzers/test_leads.py"),
)


CHUNKS = 4  # of a file's tests; what a file shares is made once for each


class Sharing(LoadScopeScheduling):
    """Hands out those folders first, each to one worker, and then the other files' tests in chunks.

    pytest-xdist's own groups (``--dist loadgroup``) have no effect with pytest 9.2.
    """

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        place = place_of(nodeid)
        return WHOLE[place] if place < len(WHOLE) else f"{file} {crc32(test.encode()) % CHUNKS}"


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # the order is ours, not the largest first
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """What takes longest comes first. On PostgreSQL, rows are looked at: what AWS answers is the same on every engine."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        asking = [item for item in items if "simulated" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=asking)
        items[:] = [item for item in items if item not in asking]
    items.sort(key=lambda item: place_of(item.nodeid))


def place_of(nodeid):
    """Where a test stands: what one worker does whole before the rest."""
    return next((place for place, folder in enumerate(WHOLE) if nodeid.startswith(folder)), len(WHOLE))


def pytest_collection_finish():
    """Thousands of tests stay in memory to the end: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """SQLite in a file, as the portal runs it: the one in memory never waits for another connection's lock."""
    default = connections.databases["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def guarded(request):
    """Append-only triggers are there in each test, and away while a transactional test's tables are emptied."""
    names = set(request.fixturenames)
    marker = request.node.get_closest_marker("django_db")
    is_transactional = bool(names & {"transactional_db", "live_server"}) or bool(
        marker and marker.kwargs.get("transaction")
    )
    if not (marker or names & {"db", "transactional_db", "live_server"}):
        yield
        return
    request.getfixturevalue("transactional_db" if is_transactional else "db")
    if guards.missing():
        guards.install()
    yield
    if is_transactional:
        guards.remove()


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    """Vault and events in a folder of the test's own."""
    settings.VAULT_URL = (tmp_path / "vault").as_uri()
    settings.EVENTS_URL = (tmp_path / "events").as_uri()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Else each client's first request looks at all static files.
    settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_USE_STATIC_ROOT = False
    yield tmp_path
    forget_readers()
    at_rest.forget()


@pytest.fixture(scope="session")
def memories(tmp_path_factory):
    """What takes long to make, once for each test process."""
    return Memories(tmp_path_factory.mktemp("memories"))


def person(model, username, first_name, last_name):
    return model.objects.create_user(username, password=PASSWORD, first_name=first_name, last_name=last_name)


@pytest.fixture
def ida(db, django_user_model):
    """The incident commander."""
    return person(django_user_model, "ida", "Ida", "Moreau")


@pytest.fixture
def rin(db, django_user_model):
    """The responder."""
    return person(django_user_model, "rin", "Rin", "Tanaka")


@pytest.fixture
def otto(db, django_user_model):
    """Somebody who belongs to no incident."""
    return person(django_user_model, "otto", "Otto", "Outsider")


@pytest.fixture
def incident(ida, rin):
    """An incident that Ida commands and Rin responds to."""
    made, _ = open_incident(particulars=Particulars("Leaked access key of ci-deploy", severity=4), by=Actor(ida))
    set_member(incident=made, user=rin, role=Membership.Role.RESPONDER, by=Actor(ida))
    return made


@pytest.fixture
def shared_data():
    """Real CloudTrail data that lies beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no sample data at {SHARED_DATA.name} beside the checkout")
    return SHARED_DATA
