"""The score is made of weights, and 100 only when everything passed."""

from hypothesis import given
from hypothesis import strategies as st

from readiness import Outcome, Score, score_of

RESULTS = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(Outcome)), min_size=1, max_size=40)


def test_a_check_counts_by_its_weight_and_partly_by_half():
    results = [(5, Outcome.PASSED), (2, Outcome.PARTLY), (2, Outcome.FAILED), (1, Outcome.NOT_KNOWN)]
    assert score_of(results) == Score(points=60, passed=1, total=4)


def test_nothing_looked_at_is_no_readiness():
    assert score_of([]) == Score(0, 0, 0)


@given(RESULTS)
def test_a_hundred_means_that_every_check_passed(results):
    score = score_of(results)
    assert 0 <= score.points <= 100
    assert (score.points == 100) == (score.passed == score.total)


@given(RESULTS)
def test_what_is_not_known_counts_as_what_failed(results):
    known = [(weight, Outcome.FAILED if one is Outcome.NOT_KNOWN else one) for weight, one in results]
    assert score_of(results) == score_of(known)
