import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.template import Context, Template

from cases.models import Evidence, GapRecord, Incident, Run, Unit, Verdict
from dashboard.templatetags import portal

MOMENT = datetime(2026, 11, 22, 21, 4, 5, tzinfo=UTC)


def rendered(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


def sprite(settings):
    return (settings.BASE_DIR / "static" / "icons.svg").read_text()


def test_every_icon_that_a_template_names_is_there(settings):
    pages = (settings.BASE_DIR / "templates").rglob("*.html")
    named = {name for page in pages for name in re.findall(r'{% icon "([^"]+)"', page.read_text())}
    assert [name for name in sorted(named) if f'id="{name}"' not in sprite(settings)] == []


def test_a_time_always_carries_its_zone():
    page = rendered("{{ at|utc }}", at=MOMENT.astimezone(timezone(timedelta(hours=9))))
    assert page == '<time datetime="2026-11-22T21:04:05Z">2026-11-22 21:04:05<small> UTC</small></time>'


def test_no_time_is_nothing():
    assert rendered("{{ at|utc|default:'not yet' }}", at=None) == "not yet"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (61, "1 m 01 s"), (18240, "5 h 04 m"), (90000, "1 d 01 h")]
)
def test_a_duration_is_said_in_its_two_largest_units(seconds, words):
    assert portal.since(MOMENT + timedelta(seconds=seconds), MOMENT) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567_890, "1.2 GB"), (5 * 10**15, "5000.0 TB")],
)
def test_bytes_are_said_in_decimal_units(size, words):
    assert portal.size(size) == words


def test_a_number_has_its_thousands_apart():
    assert (portal.count(84113), portal.count(None)) == ("84,113", "0")


def test_hidden_characters_become_marks_and_markup_is_escaped():
    page = rendered("{{ text|visible }}", text="<b>\u202e")
    assert page == "&lt;b&gt;⟨U+202E⟩"


def test_a_long_value_keeps_its_tail_in_sight():
    page = rendered("{% mid value %}", value="a" * 56 + "b<script>")
    assert "<span>" + "b&lt;script&gt;"[1:] + "</span></span>" in page
    assert "<script>" not in page


@pytest.mark.parametrize("level", [level.value for level in Incident.Severity])
def test_every_severity_has_an_icon_and_a_word(level, settings):
    page = rendered("{% severity level %}", level=level)
    assert str(Incident.Severity(level).label) in page
    assert f'id="{page.split("#")[1].split(chr(34))[0]}"' in sprite(settings)


@pytest.mark.parametrize(
    "states", [Incident.State, Run.State, Unit.State, Evidence.State, GapRecord.Kind, Verdict.State]
)
def test_every_state_has_an_icon_in_the_sprite(states, settings):
    drawn = sprite(settings)
    missing = [state for state in states.values if f'id="{portal.ICONS.get(state, state)}"' not in drawn]
    assert missing == []


def test_a_state_is_never_colour_alone():
    page = rendered("{% pill state word %}", state="denied", word="Access denied")
    assert 'data-state="denied"' in page
    assert "<svg" in page
    assert page.endswith("Access denied</span>")


def test_only_what_is_alive_moves():
    assert "spin" in rendered("{% mark 'running' %}")
    assert "spin" not in rendered("{% mark 'done' %}")


def test_the_sharing_label_is_the_standards_own():
    assert rendered("{% tlp label %}", label="amber+strict") == '<span class="tlp tlp-amber">TLP:AMBER+STRICT</span>'


@pytest.mark.parametrize(
    ("kind", "words"),
    [("access_key", "Access key"), ("ipv4-addr", "IPv4 address or range"), ("file", "File hash"), ("odd", "odd")],
)
def test_a_kind_of_entity_is_said_as_people_say_it(kind, words):
    assert portal.entity_kind(kind) == words
