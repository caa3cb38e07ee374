"""Somebody in a network where it never was: said in words, only with databases, and the same for the same ones."""

from datetime import timedelta

import pytest

from analyzers import Asked, Finding, Material, analyzers
from analyzers.lead_networks import network_signals, surveyed
from analyzers.results import result_hash
from events.geography import Geography, open_geography
from plugins import Window
from tests import mmdb
from tests.mmdb import AWAY, AWAY6, HOME

from .building import ACCOUNT, ACTORS, START, as_file, reader_of, records

MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
HOUR = 3_600
AT_HOME = {"sourceIPAddress": HOME, "times": 48, "every": HOUR}
VISIT = {"sourceIPAddress": AWAY, "at": 40 * HOUR, "times": 3}


@pytest.fixture
def known(tmp_path):
    return open_geography([mmdb.write_city(tmp_path), mmdb.write_asn(tmp_path)])


@pytest.fixture
def material(tmp_path, known):
    """What an analyzer sees of these lines, by default with both databases."""

    def make(*told, geography=known, **more):
        reader = reader_of(tmp_path / "events", as_file(records(told)))
        return Material(reader, geography=geography, **more)

    return make


@pytest.fixture
def signals(material):
    """(kind, value) -> the signal that lines give it."""

    def give(*told, **more):
        seen = material(*told, **more)
        return {(one.entity.kind, one.entity.value): one for one in network_signals(seen, surveyed(seen))}

    return give


@pytest.fixture
def said(material):
    """All leads, and what was asked."""
    return lambda *told, **more: list(analyzers.get("leads").analyze(material(*told, **more)))


def findings(said):
    return {one.entity.value: one for one in said if isinstance(one, Finding)}


def test_the_only_calls_from_a_network_are_told_in_words(signals):
    signal = signals(AT_HOME, VISIT)["principal", MALLORY]
    assert signal.words == (
        "made its only calls from AS14061 DigitalOcean in NL, first at 2026-03-03 02:00:00 UTC: "
        f"3 of the 51 events of {MALLORY}; all others came from AS16509 Amazon in IE"
    )
    assert signal.part == 0.2


def test_the_address_and_the_key_that_were_there_have_it_too(signals):
    found = signals(AT_HOME, VISIT)
    assert set(found) == {
        ("principal", MALLORY),
        ("access_key", "AKIAEXAMPLEMALLORY01"),
        ("address", AWAY),
    }
    assert found["address", AWAY].words.startswith(f"is in AS14061 DigitalOcean in NL, the only calls of {MALLORY}")
    assert found["access_key", "AKIAEXAMPLEMALLORY01"].words.startswith(f"called for {MALLORY} the only times from")


def test_it_cites_the_calls_themselves(said):
    lead = findings(said(AT_HOME, VISIT))[AWAY]
    assert "the only calls of" in lead.explanation
    cited = next(one["cited"] for one in lead.facts["signals"] if one["name"] == "strange_network")
    assert [lead.examples[number].at - START for number in cited] == [timedelta(hours=40, seconds=n) for n in range(3)]


def test_several_addresses_of_a_network_are_one_visit(signals):
    found = signals(AT_HOME, VISIT, VISIT | {"sourceIPAddress": AWAY6, "at": 41 * HOUR})
    assert {value for kind, value in found if kind == "address"} == {AWAY, AWAY6}
    assert f"6 of the 54 events of {MALLORY}" in found["principal", MALLORY].words


def test_without_databases_there_is_no_such_signal_and_nothing_is_asked(said):
    without = said(AT_HOME, VISIT, geography=Geography())
    assert AWAY in findings(without)
    assert not any("AS14061" in lead.explanation for lead in findings(without).values())
    assert [one.question for one in without if isinstance(one, Asked)] == ["leads"]


def test_where_databases_know_nothing_the_leads_are_what_they_were(said, tmp_path):
    empty = open_geography([mmdb.write(tmp_path / "empty.mmdb", {"1.0.0.0/24": {"country": "AU"}}, kind="Empty")])
    without = findings(said(AT_HOME, VISIT, geography=Geography()))
    assert AWAY in without
    assert findings(said(AT_HOME, VISIT, geography=empty)) == without


def test_a_network_alone_or_a_country_alone_is_half_as_new(signals, tmp_path):
    city = open_geography([mmdb.write_city(tmp_path)])
    assert signals(AT_HOME, VISIT, geography=city)["principal", MALLORY].part == 0.2
    networks = {"165.22.0.0/16": mmdb.CITY | mmdb.ASN, "52.16.0.0/15": mmdb.CITY | mmdb.HOME_ASN}
    same_country = open_geography([mmdb.write(tmp_path / "same.mmdb", networks, kind="Same")])
    assert signals(AT_HOME, VISIT, geography=same_country)["principal", MALLORY].part == 0.1


@pytest.mark.parametrize(
    "told",
    [
        [AT_HOME | {"at": 60 * HOUR}, VISIT],  # it was there first
        [AT_HOME, VISIT | {"times": 40, "every": HOUR}],  # and is there often
        [AT_HOME],
        [{"sourceIPAddress": HOME}, {"sourceIPAddress": AWAY, "at": 60}],  # an hour has no habits
        [AT_HOME, VISIT | {"sourceIPAddress": "10.0.0.9"}],
        [AT_HOME, VISIT | {"sourceIPAddress": "203.0.113.9"}],
    ],
    ids=["first", "often", "home", "hour", "private", "unknown"],
)
def test_what_is_no_visit_is_none(signals, told):
    assert signals(*told) == {}


def test_whose_other_addresses_are_in_no_database_has_that_said(signals):
    told = signals(AT_HOME | {"sourceIPAddress": "10.0.0.9"}, VISIT)["principal", MALLORY]
    assert told.words.endswith("all others came from addresses that are in no database")


def test_who_always_moves_is_less_odd(signals):
    moves = [VISIT | {"at": day * 24 * HOUR, "times": 1} for day in range(1, 5)]
    home = AT_HOME | {"times": 100}
    assert signals(home, *moves)["principal", MALLORY].part == 0.1  # 0.2 / √4


def test_where_many_move_at_once_each_is_less_odd(signals):
    arns = [f"arn:aws:iam::{ACCOUNT}:user/u{n}" for n in range(4)]
    people = [{"userIdentity": ACTORS["mallory"] | {"arn": arn, "userName": arn[-2:]}} for arn in arns]
    found = signals(*(line | person for person in people for line in (AT_HOME, VISIT)))
    assert {signal.part for (kind, _), signal in found.items() if kind == "address"} == {0.1}


def test_what_was_so_in_the_baseline_is_not_new(signals):
    hours = [START + timedelta(hours=n) for n in (0, 39, 44, 50)]
    early, late = Window(hours[0], hours[1]), Window(hours[2], hours[3])
    returns = VISIT | {"at": 45 * HOUR}
    assert ("principal", MALLORY) in signals(AT_HOME, returns, window=late, baseline=early)
    known_before = VISIT | {"at": 20 * HOUR}
    assert signals(AT_HOME, known_before, returns, window=late, baseline=early) == {}


def asked(said):
    return {one.question: one for one in said if isinstance(one, Asked)}


def test_it_says_which_databases_it_asked_and_how_many_addresses_they_knew(said, known):
    answers = asked(said(AT_HOME, VISIT, VISIT | {"sourceIPAddress": "10.0.0.9"}))
    city, asn = (answers[one.full_name] for one in known.databases)
    assert (city.version, city.matches, city.error) == (known.databases[0].sha256, 2, "")
    assert (asn.version, asn.matches, asn.error) == (known.databases[1].sha256, 2, "")


def test_a_file_that_cannot_be_asked_is_said_and_the_rest_is_asked(said, tmp_path):
    missing = tmp_path / "missing.mmdb"
    answers = said(AT_HOME, VISIT, geography=open_geography([missing, mmdb.write_asn(tmp_path)]))
    assert "there is no such file" in asked(answers)[str(missing)].error
    assert "from AS14061 DigitalOcean, first at" in findings(answers)[MALLORY].explanation


def test_damage_in_a_database_is_said_with_how_many_addresses_it_cost(said, tmp_path):
    content = mmdb.write_city(tmp_path).read_bytes()
    start, end = content.index(mmdb.encoded(mmdb.CITY)), content.index(mmdb.MARKER)
    (tmp_path / "damaged.mmdb").write_bytes(content[:start] + b"\x00\xf0" * ((end - start) // 2) + content[end:])
    damaged = open_geography([tmp_path / "damaged.mmdb", mmdb.write_asn(tmp_path)])
    answer = asked(said(AT_HOME, VISIT, geography=damaged))[damaged.databases[0].full_name]
    assert answer.error.startswith("1 address could not be looked up in it")


def test_the_same_events_and_databases_give_the_same_result_and_others_do_not(said, known, tmp_path):
    newer = open_geography([mmdb.write_city(tmp_path, "n", built=mmdb.BUILT + 60), mmdb.write_asn(tmp_path)])
    first = result_hash(said(AT_HOME, VISIT))
    assert result_hash(said(AT_HOME, VISIT)) == first
    assert result_hash(said(AT_HOME, VISIT, geography=newer)) != first


def test_a_name_that_somebody_put_into_a_file_is_only_a_name(signals, tmp_path):
    record = {"country": "NL", "asn": 1, "as_name": "<b>\u202e' OR 1=1 --"}
    hostile = open_geography([mmdb.write(tmp_path / "h.mmdb", {"165.22.0.0/16": record}, kind="H")])
    words = signals(AT_HOME, VISIT, geography=hostile)["principal", MALLORY].words
    assert "from AS1 <b>⟨U+202E⟩' OR 1=1 -- in NL" in words
