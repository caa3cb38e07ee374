"""Where an address is: files of several makers, addresses of all kinds, and files that are missing, broken or new."""

import gzip
import logging
import os
from random import Random

import pytest

from events.geography import Place, open_geography
from tests import mmdb
from tests.mmdb import AWAY, AWAY6, HOME

DIGITALOCEAN = Place("NL", "Amsterdam", 14061, "DigitalOcean")


@pytest.fixture
def both(tmp_path):
    """City and network, as two files say them."""
    return open_geography([mmdb.write_city(tmp_path), mmdb.write_asn(tmp_path)])


def knowing(tmp_path, record, network="165.22.0.0/16"):
    """A geography of one database that says this of one network."""
    return open_geography([mmdb.write(tmp_path / "one.mmdb", {network: record})])


def test_country_city_and_network_come_from_whichever_file_names_them(both):
    assert both.locate(AWAY) == DIGITALOCEAN
    assert str(both.locate(AWAY)) == "NL · AS14061 DigitalOcean"


def test_of_one_file_it_tells_what_that_one_knows(tmp_path):
    assert open_geography([mmdb.write_city(tmp_path)]).locate(AWAY) == Place("NL", "Amsterdam")
    assert str(open_geography([mmdb.write_asn(tmp_path)]).locate(AWAY)) == "AS14061 DigitalOcean"


def test_the_first_file_that_names_a_country_is_believed(tmp_path):
    city = mmdb.write_city(tmp_path)
    other = mmdb.write(tmp_path / "other.mmdb", {"165.22.0.0/16": {"country": {"iso_code": "DE"}}}, kind="Other")
    assert open_geography([other, city]).locate(AWAY) == Place("DE")
    assert open_geography([city, other]).locate(AWAY).country == "NL"


def test_a_narrow_network_in_a_wide_one_has_its_own_word(tmp_path):
    networks = {
        "165.0.0.0/8": {"country": "US"},
        "165.22.3.0/24": {"country": "NL"},
        "165.22.3.4/32": {"country": "BE"},
    }
    known = open_geography([mmdb.write(tmp_path / "nested.mmdb", networks)])
    found = [known.locate(one).country for one in ("165.1.1.1", "165.22.3.3", "165.22.3.4", "165.22.4.1")]
    assert found == ["US", "NL", "BE", "US"]


@pytest.mark.parametrize("address", [AWAY6, "2A03:B0C0:0:0::7", f"::ffff:{AWAY}", "::ffff:a516:304"])
def test_ipv6_and_ipv4_written_as_ipv6_are_known_too(both, address):
    assert both.locate(address) == DIGITALOCEAN


EVERYWHERE = {"::/1": {"country": "NL"}, "8000::/1": {"country": "NL"}}
NOWHERE = [
    *("10.0.0.5", "172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0"),
    *("203.0.113.7", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1"),
    *("::ffff:10.0.0.5", "", " ", "not an address", "ec2.amazonaws.com", "AWS Internal", "165.22.3.4 ", "165.22.3"),
    *("165.22.3.4/16", "165.22.3.4:443", "165.22.003.004", "2a03:b0c0::7%eth0", "١٦٥.22.3.4", "165.22.3.4\0"),
    *("<script>", "' OR 1=1 --", "\u202e165.22.3.4", "\ud800", "1" * 1_000_000, ":" * 1_000_000),
]


@pytest.fixture
def everywhere(tmp_path):
    """A database that knows every address that there can be."""
    return open_geography([mmdb.write(tmp_path / "every.mmdb", EVERYWHERE)])


@pytest.mark.parametrize("address", NOWHERE, ids=lambda address: ascii(address)[:24])
def test_what_is_no_public_address_is_nowhere(everywhere, address):
    assert everywhere.locate("165.22.3.4") == Place("NL")
    assert everywhere.locate(address) is None


def test_an_address_that_no_file_knows_is_nowhere(both):
    assert (both.locate("8.8.8.8"), both.locate("2600::1")) == (None, None)


def test_a_file_for_ipv4_alone_knows_nothing_of_ipv6(tmp_path):
    """Its tree begins where that of the other ends: at the first bit of an IPv4 address."""
    file = mmdb.write(tmp_path / "four.mmdb", {"8000::/1": {"country": "NL"}}, ip_version=4)
    known = open_geography([file])
    survey = known.survey([AWAY, AWAY6])
    assert (survey.places, survey.damaged) == ({AWAY: Place("NL")}, {})


FLAT = [
    ({"country": "Netherlands", "country_code": "NL", "asn": "AS14061", "as_name": "DigitalOcean"}, "IPinfo Lite"),
    ({"country": "NL", "asn": "AS14061", "name": "DigitalOcean", "domain": "digitalocean.com"}, "IPinfo"),
    ({"country": {"iso_code": "NL"}, "traits": mmdb.ASN}, "GeoIP2 Enterprise"),
    ({"country_code": "NL", "asn": 14061, "as_name": "DigitalOcean"}, "flat numbers"),
]


@pytest.mark.parametrize(("record", "maker"), FLAT, ids=[maker for _, maker in FLAT])
def test_other_makers_lay_their_fields_out_otherwise(tmp_path, record, maker):
    assert knowing(tmp_path, record).locate(AWAY) == Place("NL", "", 14061, "DigitalOcean")


ODD = [
    *({"country": value} for value in ("nl", "Netherlands", "NLD", {"iso_code": 7}, {"iso_code": "N\u202eL"}, ["NL"])),
    *({"asn": value} for value in (0, 2**32, "AS", "ASx", "AS99999999999", "-1", {"asn": 1}, "AS1\n")),
    *("NL", ["NL"], {}, {"city": "Amsterdam"}, {"as_name": "DigitalOcean"}),
]


@pytest.mark.parametrize("record", ODD, ids=lambda record: ascii(record)[:40])
def test_a_record_that_says_nothing_usable_is_none(tmp_path, record):
    assert knowing(tmp_path, record).locate(AWAY) is None


def test_names_have_their_hidden_characters_as_marks_and_end_somewhere(tmp_path):
    known = knowing(tmp_path, {"asn": 1, "as_name": "evil\u202e" + "x" * 500, "country": "NL"})
    place = known.locate(AWAY)
    assert place.organisation.startswith("evil⟨U+202E⟩xxx")
    assert len(place.organisation) == 80


def test_without_files_nothing_is_known():
    known = open_geography([])
    assert (known.locate(AWAY), known.identity(), known.problems) == (None, [], ())


def test_a_database_says_its_type_and_when_it_was_built(both):
    assert [str(one) for one in both.databases] == ["GeoLite2-City of 2026-11-22", "GeoLite2-ASN of 2026-11-22"]
    assert both.databases[0].full_name == "GeoLite2-City, built 2026-11-22 00:00:00 UTC"


def test_its_identity_is_type_build_and_hash_wherever_the_file_lies(tmp_path, both):
    kinds = [(kind, built) for kind, built, _ in both.identity()]
    assert kinds == [("GeoLite2-City", str(mmdb.BUILT)), ("GeoLite2-ASN", str(mmdb.BUILT))]
    (tmp_path / "elsewhere").mkdir()
    moved = mmdb.write_city(tmp_path / "elsewhere", "renamed.mmdb")
    assert open_geography([moved]).identity() == both.identity()[:1]


@pytest.mark.parametrize("change", [{"built": mmdb.BUILT + 1}, {"kind": "Other"}, {"description": {"en": "other"}}])
def test_another_file_is_another_identity(tmp_path, both, change):
    assert open_geography([mmdb.write_city(tmp_path, "new.mmdb", **change)]).identity() != both.identity()[:1]


def test_a_file_is_opened_once_however_often_it_is_asked(tmp_path):
    file = mmdb.write_city(tmp_path)
    first, again = open_geography([file]), open_geography([file])
    assert first.databases[0].reader is again.databases[0].reader


def test_a_file_that_became_another_is_opened_again(tmp_path):
    file = mmdb.write_city(tmp_path)
    before = open_geography([file])
    mmdb.write(tmp_path / "new", {"165.22.0.0/16": {"country": "DE"}}).replace(file)
    assert open_geography([file]).locate(AWAY) == Place("DE")
    assert before.locate(AWAY) == Place("NL", "Amsterdam")  # who holds the old one goes on with it


def test_a_file_that_is_overwritten_or_cut_where_it_lies_harms_nobody_who_reads(tmp_path):
    file = mmdb.write_city(tmp_path)
    known = open_geography([file])
    os.truncate(file, 10)
    assert known.locate(AWAY) == Place("NL", "Amsterdam")
    assert open_geography([file]).locate(AWAY) is None


def test_a_file_that_comes_later_or_goes_is_noticed(tmp_path):
    file = tmp_path / "GeoLite2-City.mmdb"
    assert open_geography([file]).problems[0].words.startswith("there is no such file")
    mmdb.write_city(tmp_path)
    assert open_geography([file]).locate(AWAY) == Place("NL", "Amsterdam")
    file.unlink()
    assert open_geography([file]).locate(AWAY) is None


WHOLE = mmdb.database({"165.22.0.0/16": mmdb.CITY, "2a03:b0c0::/32": mmdb.CITY}, "GeoLite2-City")
BROKEN = {
    "nothing": b"",
    "text": b"this is not a database\n" * 100,
    "packed": gzip.compress(WHOLE),
    "cut": WHOLE[:200],
    "metadata alone": WHOLE[WHOLE.index(mmdb.MARKER) :],
    "no metadata": mmdb.MARKER,
    "metadata of text": mmdb.MARKER + mmdb.encoded("text"),
    "a field missing": mmdb.MARKER + mmdb.encoded({"ip_version": 6}),
    "records of odd size": mmdb.database({"1.0.0.0/8": {}}, "x", record_size=25),
    "another version": mmdb.database({"1.0.0.0/8": {}}, "x", ip_version=5),
    "built at no time": mmdb.database({"1.0.0.0/8": {}}, "x", built=2**60),
    "built in words": mmdb.database({"1.0.0.0/8": {}}, "x", built="today"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_database_is_a_problem_with_its_remedy(tmp_path, name):
    file = tmp_path / "broken.mmdb"
    file.write_bytes(BROKEN[name])
    known = open_geography([file, mmdb.write_asn(tmp_path)])
    [problem] = known.problems
    assert problem.file == str(file)
    assert "it is no MaxMind DB file, or a damaged one" in problem.words
    assert "GEO_DATABASES" in problem.words
    assert known.locate(AWAY) == Place("", "", 14061, "DigitalOcean")


def test_a_folder_is_no_database(tmp_path):
    assert "there is no such file" in open_geography([tmp_path]).problems[0].words


def test_a_database_that_is_named_twice_is_asked_once(tmp_path):
    file = mmdb.write_city(tmp_path)
    known = open_geography([file, file, mmdb.write_city(tmp_path, "copy.mmdb")])
    assert len(known.databases) == 1
    [problem] = known.problems
    assert "GeoLite2-City, built 2026-11-22 00:00:00 UTC is here already" in problem.words


def test_a_broken_file_is_said_once(tmp_path, caplog):
    file = tmp_path / "once.mmdb"
    file.write_bytes(b"nothing")
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            open_geography([file]).locate(AWAY)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [str(file)]


def test_damage_among_the_records_stops_nobody_and_is_counted(tmp_path):
    """The records are written over with bytes of a type that there is not."""
    start, end = WHOLE.index(mmdb.encoded(mmdb.CITY)), WHOLE.index(mmdb.MARKER)
    file = tmp_path / "damaged.mmdb"
    file.write_bytes(WHOLE[:start] + b"\x00\xf0" * ((end - start) // 2) + WHOLE[end:])
    known = open_geography([file, mmdb.write_asn(tmp_path)])
    survey = known.survey([AWAY, AWAY6, HOME, "nobody"])
    assert {text: place.asn for text, place in survey.places.items()} == {AWAY: 14061, AWAY6: 14061, HOME: 16509}
    assert survey.damaged == {known.databases[0].full_name: 2}
    assert survey.known == {known.databases[1].full_name: 3}


def test_whatever_byte_is_altered_nothing_but_its_own_answer_is_lost(tmp_path):
    """A thousand altered files: each opens or is a problem, and no lookup raises."""
    random, outcomes = Random(7), set()
    file = tmp_path / "altered.mmdb"
    for number in range(1_000):
        content = bytearray(WHOLE)
        content[random.randrange(len(content))] = random.randrange(256)
        file.write_bytes(content)
        os.utime(file, ns=(number, number))  # clocks of file systems are coarser than this loop
        known = open_geography([file])
        survey = known.survey([AWAY, AWAY6, HOME])
        outcomes.add((len(known.databases), bool(survey.places), bool(survey.damaged)))
    assert {(1, True, False), (0, False, False)} <= outcomes
    assert any(is_damaged for _, _, is_damaged in outcomes)
