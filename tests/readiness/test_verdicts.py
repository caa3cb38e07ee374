"""What observations come to: a failure outweighs what is not known, and that outweighs every success."""

import pytest

from readiness import Observation, Outcome, judged
from readiness.verdicts import LONGEST, counted, quoted

P, H, F, N = Outcome.PASSED, Outcome.PARTLY, Outcome.FAILED, Outcome.NOT_KNOWN


def over(*outcomes):
    return judged([Observation(outcome, "says", "asked", "answered") for outcome in outcomes], "Mend it.")


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([P, P], P),
        ([P, H], H),
        ([H], H),
        ([F, F], F),
        ([P, F], H),
        ([F, N], F),
        ([P, F, N], H),
        ([P, N], N),
        ([H, N], N),
        ([N], N),
        ([], N),
    ],
)
def test_the_verdict_over_observations(seen, outcome):
    assert over(*seen).outcome is outcome


def test_a_summary_has_its_denominator():
    assert over(P, P, H, F, N).summary == "2 of 5 as it should be, 1 in part, 1 not, 1 could not be seen."


def test_only_what_did_not_pass_has_something_to_do():
    assert (over(P).todo, over(H).todo) == ("", "Mend it.")


def test_what_is_not_known_says_how_to_let_the_portal_ask():
    assert over(P, N).todo.startswith("Mend it. Where AWS refused, let the portal's role ask")


def test_without_an_observation_it_says_why():
    assert "no account of the kind" in over().summary


def test_a_long_answer_is_cut_and_says_so():
    assert quoted("x" * (LONGEST + 1)) == "x" * LONGEST + " ..."
    assert quoted({"a": None}) == '{"a": null}'


def test_one_is_not_many():
    assert [counted(1, "key"), counted(0, "key")] == ["1 key", "0 keys"]
