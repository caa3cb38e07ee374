from reports import Events, Figure
from reports.timeline import series_of, starts_of, write
from tests.reports.snapshots import empty, event, sample


def test_the_figure_says_its_highest_bar_in_words():
    figure = next(block for block in write(sample()).blocks if isinstance(block, Figure))
    assert figure.caption.endswith("the highest, from 2026-11-22 22:00, holds 406 events.")
    assert figure.svg.startswith("<svg")


def bar(start, count):
    return {"start": start, "end": start, "counts": {"management": count}}


def test_bars_of_seconds_are_told_apart():
    start = "2026-11-22T21:00:{:02}+00:00"
    given = sample(histogram=[bar(start.format(0), 1), bar(start.format(30), 0)])
    assert starts_of(given) == ["11-22 21:00:00", "11-22 21:00:30"]
    figure = next(block for block in write(given).blocks if isinstance(block, Figure))
    assert figure.caption.endswith("from 2026-11-22 21:00:00, holds 1 event.")


def test_series_keep_the_order_of_the_summary():
    given = sample(summary={"series": ["management"]})
    assert series_of(given) == ["management", "data"]


def test_events_name_the_row_they_came_from():
    events = next(block for block in write(sample()).blocks if isinstance(block, Events))
    assert events.rows[0][0] == "2026-11-22 21:04:00"
    assert (events.rows[0][5], events.rows[0][7]) == ("E0007", "4")


def test_the_rest_of_a_long_timeline_is_counted(words):
    text = words(write(sample(timeline=(event(),) * 250)))
    assert "50 further rows: see the incident's timeline." in text


def test_no_events_is_a_sentence(words):
    assert "there is no timeline to draw" in words(write(empty()))
