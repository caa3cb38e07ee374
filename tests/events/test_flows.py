"""Who talked to an address, and who to whom: interfaces, bytes each way, ports, rejections."""

import io

import pytest

from events import open_events
from events.conversations import conversations
from events.flows import talks_with
from examiners import EventBatch, Member, examiners
from tests.analyzers.building import as_file, reader_of, records

ATTACKER = "203.0.113.7"
HEADER = "version interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"


def flow(source, target, ports, size, action="ACCEPT", interface="eni-1", at=0):
    start = 1_772_359_200 + at
    return f"5 {interface} i-{interface} {source} {target} {ports} 6 9 {size} {start} {start + 60} {action} OK"


@pytest.fixture
def flows(tmp_path):
    """A reader of these lines of a flow log."""

    def read(*lines, header=HEADER):
        data = "\n".join([header, *lines]).encode()
        member = Member("FP-2026-000001-E0001", 1, 0, "flows.log", lambda: io.BytesIO(data), len(data))
        said = examiners.get("vpc_flow_logs").examine(iter([member]))
        store = open_events(tmp_path.as_uri(), "FP-2026-000001")
        batches = [one.rows for one in said if isinstance(one, EventBatch)]
        return store.reader(store.index([store.stage("staged", "network_flows", batches)]).name)

    return read


@pytest.fixture
def talked(flows):
    return lambda *lines: talks_with(flows(*lines), ATTACKER)


def test_bytes_are_told_for_each_way(talked):
    [talk] = talked(
        flow("10.0.0.5", ATTACKER, "443 51000", 9_000_000), flow(ATTACKER, "10.0.0.5", "51000 443", 800, at=60)
    )
    assert (talk.interface, talk.instance, talk.flows) == ("eni-1", "i-eni-1", 2)
    assert (talk.bytes_out, talk.bytes_in, talk.ports) == (9_000_000, 800, [443])
    assert (talk.last_at - talk.first_at).total_seconds() == 120


def test_who_sent_most_comes_first(talked):
    few, many = flow("10.0.0.5", ATTACKER, "1 2", 10), flow("10.0.0.6", ATTACKER, "1 2", 99, interface="eni-2")
    assert [talk.interface for talk in talked(few, many)] == ["eni-2", "eni-1"]


def test_what_was_rejected_carried_nothing(talked):
    [talk] = talked(flow(ATTACKER, "10.0.0.5", "51000 22", 40, "REJECT"))
    assert (talk.flows, talk.rejected, talk.bytes_in, talk.bytes_out) == (1, 1, 0, 0)


def test_traffic_of_others_is_not_in_it(talked):
    assert talked(flow("10.0.0.5", "198.51.100.1", "443 51000", 9)) == []


def test_where_no_flow_log_was_examined_there_is_none(tmp_path):
    assert talks_with(reader_of(tmp_path, as_file(records([{}]))), ATTACKER) == []


OWN, INSIDE, OUTSIDE = "10.0.0.5", "10.0.0.9", "198.51.100.1"


def test_each_interface_and_address_is_a_conversation(flows):
    reader = flows(
        flow(OWN, ATTACKER, "443 51000", 900),
        flow(ATTACKER, OWN, "51000 443", 80),
        flow(OUTSIDE, OWN, "60000 22", 40, "REJECT"),
        flow(OWN, INSIDE, "5432 50000", 7),
    )
    most, rest = conversations(reader, is_outside=True)
    assert (most.own, most.peer, most.bytes_out, most.bytes_in, most.flows) == (OWN, ATTACKER, 900, 80, 2)
    assert (rest.peer, rest.rejected, rest.bytes_in, rest.ports) == (OUTSIDE, 1, 0, [22])
    assert INSIDE in {talk.peer for talk in conversations(reader)}


@pytest.mark.parametrize(("order", "first"), [("bytes_out", OUTSIDE), ("rejected", ATTACKER), ("last", ATTACKER)])
def test_what_comes_first_is_chosen(flows, order, first):
    reader = flows(
        flow(OWN, OUTSIDE, "1 2", 9), flow(ATTACKER, OWN, "1 2", 9, "REJECT", at=60), flow(OWN, INSIDE, "1 2", 1)
    )
    assert conversations(reader, order, is_outside=True)[0].peer == first


def test_of_one_flow_the_private_address_is_the_interfaces_own(flows):
    [talk] = conversations(flows(flow(ATTACKER, OWN, "51000 443", 5)))
    assert (talk.own, talk.peer, talk.bytes_in) == (OWN, ATTACKER, 5)


def test_without_flow_logs_there_is_no_conversation(tmp_path):
    assert conversations(reader_of(tmp_path, as_file(records([{}])))) == []


def test_a_format_without_interfaces_loses_no_flow(flows):
    header = "version pkt-srcaddr pkt-dstaddr srcport dstport bytes start end action"
    line = f"5 {OWN} {ATTACKER} 443 51000 70 1772359200 1772359260 ACCEPT"
    [talk] = conversations(flows(line, header=header))
    assert (talk.interface, talk.own, talk.peer, talk.bytes_out) == ("", OWN, ATTACKER, 70)
