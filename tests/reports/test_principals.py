from reports import Figure
from reports.principals import write
from tests.reports.snapshots import CHAIN, empty, sample


def test_each_principal_has_when_how_often_from_where_and_what():
    row = write(sample()).blocks[0].rows[0]
    assert row[1:] == (
        "2026-11-22 21:04:00, 2026-11-23 04:31:00",
        "214, 17",
        "203.0.113.44, 198.51.100.23",
        "GetObject 180, ListBuckets 3",
    )


def test_actions_beyond_eight_are_counted():
    busy = {"principal": "p", "actions": [{"name": f"A{n}", "count": n} for n in range(11)]}
    assert write(sample(principals=(busy,))).blocks[0].rows[0][-1].endswith("A7 7 and 3 more")


def test_a_principal_of_whom_little_is_known_has_dashes():
    assert write(sample(principals=({"principal": "p"},))).blocks[0].rows[0] == ("p", "—, —", "—, —", "—", "—")


def test_a_role_chain_is_drawn_and_told():
    figure = next(block for block in write(sample()).blocks if isinstance(block, Figure))
    assert figure.caption == "How ci-deploy became build-runner"
    assert "ci-deploy → arn:aws:iam::777788889999:role/build-runner (assumed 21:47)" in figure.alt


def test_a_chain_of_one_is_told_by_its_name():
    alone = {"nodes": CHAIN["nodes"][:1], "edges": []}
    assert write(sample(chains=(alone,))).blocks[-1].alt == "203.0.113.44"


def test_more_chains_and_principals_than_fit_are_counted(words):
    text = words(write(sample(chains=(CHAIN,) * 12, principals=({"principal": "p"},) * 130)))
    assert "2 further rows: see the list of role chains." in text
    assert "30 further rows: see the list of principals." in text


def test_nobody_is_a_sentence(words):
    assert "No principal appears" in words(write(empty()))
