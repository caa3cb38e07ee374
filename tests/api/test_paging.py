import pytest
from rest_framework.exceptions import ValidationError

from api.paging import Order, cut, place, written
from cases.actions.incidents import Particulars, open_incident
from cases.actor import Actor
from cases.models import Incident

ORDER = Order("opened_at")


@pytest.fixture
def five(rin):
    return [open_incident(particulars=Particulars(title=str(n)), by=Actor(rin))[0].reference for n in range(5)]


def walk(caller, **query):
    """The references of each page."""
    page = caller.get("incidents/", **query).json()
    while True:
        yield [row["reference"] for row in page["results"]]
        if page["next"] is None:
            return
        page = caller.get(page["next"]).json()


def test_pages_hold_every_row_once(as_rin, five):
    assert list(walk(as_rin, limit=2, ordering="opened_at")) == [five[:2], five[2:4], five[4:]]


def test_new_rows_shift_no_page(as_rin, rin, five):
    page = as_rin.get("incidents/", limit=2).json()
    open_incident(particulars=Particulars(title="new"), by=Actor(rin))
    rest = as_rin.get(page["next"]).json()["results"]
    assert [row["reference"] for row in rest] == [five[2], five[1]]


def test_the_filters_stay_from_page_to_page(as_rin, five):
    assert as_rin.get("incidents/", limit=2, min_severity=1).json()["results"] == []
    assert "min_severity=0" in as_rin.get("incidents/", limit=2, min_severity=0).json()["next"]


def test_a_full_last_page_has_no_next(five):
    found, cursor = cut(Incident.objects.all(), ORDER, {"ordering": "opened_at", "limit": 5})
    assert (len(found), cursor) == (5, None)


@pytest.mark.parametrize("cursor", ["", "x", "é", "b3BlbmVkX2F0Oi0x", written("-opened_at", 3), "=" * 50, "A" * 199])
def test_a_cursor_from_elsewhere_is_refused(cursor):
    with pytest.raises(ValidationError, match="not from this list"):
        place(cursor, "opened_at")


def test_a_cursor_gives_back_what_was_written():
    assert place(written("-seq", 2**40), "-seq") == 2**40
