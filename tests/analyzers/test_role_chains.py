import json

import pytest

from analyzers import Asked, Material, analyzers
from events import Filters

from .building import ACCOUNT, ROLE

MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"


def assumed(role, key, **changes):
    """An AssumeRole that worked."""
    return {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "requestParameters": {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "roleSessionName": "s"},
        "responseElements": {"credentials": {"accessKeyId": key}, "assumedRoleUser": {"arn": f"{ROLE}/{role}/s"}},
    } | changes


def acting(role, key):
    return {"type": "AssumedRole", "arn": f"{ROLE}/{role}/s", "accessKeyId": key, "userName": None}


@pytest.fixture
def traced(events_of):
    def trace(*told):
        *findings, answer = analyzers.get("role_chains").analyze(Material(events_of(*told)))
        assert isinstance(answer, Asked)
        assert (answer.matches, answer.error) == (len(findings), "")
        return findings

    return trace


TWO_HOPS = [
    assumed("deploy", "ASIA1"),
    assumed("admin", "ASIA2", at=60, userIdentity=acting("deploy", "ASIA1")),
    {"at": 120, "eventName": "DeleteTrail", "userIdentity": acting("admin", "ASIA2")},
]


def test_it_follows_keys_from_the_person_to_what_was_done(traced):
    [finding] = traced(*TWO_HOPS)
    assert finding.entity.value == MALLORY
    assert [hop["identity"].rsplit("/", 1)[1] for hop in finding.facts["hops"]] == ["deploy", "admin"]
    assert finding.facts["hops"][1]["actions"] == [{"name": "DeleteTrail", "count": 1}]
    assert (finding.count, finding.severity, finding.facts["longest"]) == (2, 2, 2)


def test_it_draws_the_chain_as_a_graph_whose_edges_all_have_nodes(traced):
    [finding] = traced(*TWO_HOPS)
    nodes = {node["id"] for node in finding.facts["nodes"]}
    assert len(nodes) == 3
    assert {end for edge in finding.facts["edges"] for end in (edge["source"], edge["target"])} == nodes
    assert json.loads(json.dumps(finding.facts)) == finding.facts


def test_a_missing_link_starts_the_chain_where_the_logs_start_and_says_so(traced):
    [finding] = traced(assumed("admin", "ASIA2", userIdentity=acting("deploy", "ASIA1")))
    assert finding.entity.value == f"{ROLE}/deploy/s"
    assert "not in these logs" in finding.explanation


def test_the_same_way_taken_many_times_is_one_hop_with_its_count(traced):
    [finding] = traced(*(assumed("deploy", f"ASIA{number}", at=number) for number in range(7)))
    [hop] = finding.facts["hops"]
    assert (hop["times"], hop["events"]) == (7, 0)


def test_keys_that_were_never_used_are_told_in_words_and_counted_by_their_issue(traced):
    [finding] = traced(*(assumed("deploy", f"ASIA{number}", at=number) for number in range(7)))
    assert finding.title == f"{MALLORY} took on other identities, none of them seen in use"
    assert "None of these keys was seen in use in these logs" in finding.explanation
    assert (finding.count, len(finding.examples)) == (7, 7)


def test_the_timeline_of_keys_that_were_never_used_shows_their_issue(events_of):
    told = [
        *(assumed("deploy", f"ASIA{number}", at=number) for number in range(3)),
        {"at": 1, "eventName": "ListUsers"},
    ]
    reader = events_of(*told)
    finding, _ = analyzers.get("role_chains").analyze(Material(reader))
    page = reader.page(Filters.from_query(finding.query))
    assert [event["event_name"] for event in page.rows] == ["AssumeRole"] * 3


def test_a_lasting_key_made_on_the_way_weighs_more(traced):
    made = {
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "requestParameters": {"userName": "backup"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIA9", "userName": "backup"}},
    }
    [finding] = traced(
        made, {"at": 9, "userIdentity": {"accessKeyId": "AKIA9", "arn": f"arn:aws:iam::{ACCOUNT}:user/backup"}}
    )
    assert (finding.severity, finding.count) == (3, 1)
    assert "T1098.001" in finding.techniques


def test_a_call_across_accounts_logged_twice_is_one_link(traced):
    other = {"type": "AWSAccount", "arn": None, "accessKeyId": None, "userName": None, "principalId": "AIDA"}
    [finding] = traced(
        assumed("admin", "ASIA2", userIdentity=other, recipientAccountId="999988887777"), assumed("admin", "ASIA2")
    )
    assert finding.entity.value == MALLORY
    assert finding.facts["hops"][0]["times"] == 1


@pytest.mark.parametrize("how", ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])
def test_a_federated_person_can_stand_at_the_start(traced, how):
    identity = {
        "type": "SAMLUser",
        "arn": None,
        "accessKeyId": None,
        "userName": "alice@example.org",
        "principalId": "x",
    }
    [finding] = traced(assumed("deploy", "ASIA1", eventName=how, userIdentity=identity))
    assert finding.entity.value == "alice@example.org"


@pytest.mark.parametrize(
    "told",
    [
        assumed("deploy", None, errorCode="AccessDenied", responseElements=None),
        assumed("web", "ASIA3", userIdentity={"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}),
    ],
    ids=["refused", "an AWS service"],
)
def test_what_starts_no_chain_gives_no_finding(traced, told):
    assert traced(told) == []


def test_a_circle_of_keys_in_a_forged_log_comes_to_an_end(traced):
    forged = [
        assumed("a", "ASIA1", userIdentity=acting("b", "ASIA2")),
        assumed("b", "ASIA2", at=1, userIdentity=acting("a", "ASIA1")),
        assumed("c", "ASIA3", at=2, userIdentity=acting("a", "ASIA1")),
    ]
    assert traced(*forged)[0].facts["longest"] <= 20
