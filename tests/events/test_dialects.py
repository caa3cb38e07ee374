"""Every question of pages, analyzers and rules in the dialects of other engines; what cannot be said is refused."""

import pytest
import sqlglot
from sqlglot import exp

from events import NotInDialect, NotSelect
from events.columns import present
from events.dialects import ATHENA, SPARK, Speech
from events.dialects.patterns import pattern_of
from events.dialects.plain import plain
from events.engine import fetch
from events.shapes import Shapes
from tests.events import everything as told

LONGEST = 262_144  # bytes of a query, https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
DIALECTS = [ATHENA, SPARK]


@pytest.fixture(scope="module")
def incident(tmp_path_factory):
    """A reader over all families, and what it was asked by every page and analyzer."""
    store, name = told.everything(tmp_path_factory.mktemp("everything"))
    reader = told.noting(store, name)
    for _ in (*told.pages(reader), *told.analyses(reader)):
        pass
    reader.asked |= {sql: tuple(values) for _, (sql, values) in told.sightings(reader)}
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def shapes():
    found = Shapes(present(told.OTHERS))
    yield found
    found.close()


@pytest.fixture(scope="module", params=DIALECTS, ids=lambda dialect: dialect.name)
def speech(request, shapes):
    tables = {name: exp.select("*").from_(f"every_{name}_there") for name in present(told.OTHERS)}
    return Speech(request.param, shapes.columns, tables)


def share(speech, questions):
    """Every question where all are asked; else a quarter, another one in each dialect."""
    return questions if told.IS_WHOLE else list(questions)[DIALECTS.index(speech.dialect) :: 4]


def said(speech, sql, values=()):
    """The question's text in the dialect, which its own parser reads again and finds whole."""
    tree = speech.said(sql, values)
    text = checked(speech, tree)
    assert len(speech.dialect.text_of(speech.with_views(tree)).encode()) < LONGEST
    return text


def checked(speech, tree):
    text = speech.dialect.text_of(tree)
    [found] = sqlglot.parse(text, read=speech.dialect.name, error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(found, exp.Query)
    assert not found.find(exp.Placeholder, exp.Command)
    return text


def test_every_page_and_analyzer_is_said(incident, speech):
    assert len(incident.asked) > 150
    for sql, values in share(speech, incident.asked.items()):
        assert said(speech, sql, values)


def test_every_view_is_said(speech):
    assert set(speech.views) == set(speech.columns)
    for query in speech.views.values():
        assert checked(speech, query)


def test_every_rule_of_our_pack_is_said(speech):
    questions = [(sql, values) for name, (sql, values) in told.rules() if "callers" not in name]
    assert len(questions) == len(told.PACK.rules) + 1
    for sql, values in share(speech, questions):
        assert said(speech, sql, values)


def test_the_callers_of_a_rule_are_said(speech):
    for sql, values in [question for name, question in told.rules() if "callers" in name][::20]:
        assert said(speech, sql, values)


def test_what_an_engine_has_no_words_for_is_refused_by_name(speech):
    with pytest.raises(NotInDialect, match="json_merge_patch cannot be said in"):
        said(speech, "SELECT json_merge_patch(tags, configuration) FROM configuration_items")


def test_plain_sql_asks_the_same(incident, shapes):
    """The half of the translation that all engines share is still SQL for DuckDB: its rows must be the same."""
    rules = {sql: values for _, (sql, values) in list(told.rules())[1::24]}
    correlated = {sql: values for name, (sql, values) in told.rules() if "alarms" in sql and "callers" not in name}
    for sql, values in list((incident.asked | rules | correlated).items())[:: 1 if told.IS_WHOLE else 3]:
        text = plain(sql, values, shapes.columns).sql("duckdb")
        with incident.engine() as engine:
            assert same(fetch(engine, text), fetch(engine, sql, values), sql)


def same(found, wanted, sql):
    """Equal rows; in any order where the question names none."""
    return found == wanted or ("ORDER BY" not in sql[-400:] and sorted(map(str, found)) == sorted(map(str, wanted)))


@pytest.mark.parametrize("value", ["it's", "a\\", "\\' OR 1=1 --", '"', "ü☃\u202e", "line\nfeed", "?", "", "'", "%_"])
def test_hostile_text_stays_one_literal(speech, value):
    text = said(speech, "SELECT event_name FROM logs WHERE principal = ? AND user_agent <> ?", [value, "end"])
    tree = sqlglot.parse_one(text, read=speech.dialect.name)
    [compared] = [one for one in tree.find_all(exp.EQ) if one.this.name == "principal"]
    assert compared.expression == exp.Literal.string(value)


def test_a_nul_is_refused(speech):
    with pytest.raises(NotInDialect, match="NUL"):
        said(speech, "SELECT event_name FROM logs WHERE principal = ?", ["a\0b"])


@pytest.mark.parametrize("sql", ["DELETE FROM logs", "SELECT 1; SELECT 2", "COPY logs TO 'x'", "DROP VIEW logs"])
def test_only_one_select_is_said(speech, sql):
    with pytest.raises((NotSelect, NotInDialect)):
        said(speech, sql)


def test_only_the_views_that_are_asked_are_told(speech):
    text = speech.dialect.text_of(speech.question("SELECT count(*) FROM network_flows"))
    assert "every_network_flows" in text
    assert "every_cloudtrail" not in text


@pytest.mark.parametrize(
    "expression",
    [
        "sha256(event_name)",
        "event_name[1]",
        "TRY_CAST(event_name AS TIMESTAMP)",
        "format('{:.3f}', 1)",
    ],
)
def test_unknown_words_are_refused(speech, expression):
    with pytest.raises(NotInDialect):
        said(speech, f"SELECT {expression} FROM logs")


@pytest.mark.parametrize(
    ("regex", "same"),
    [
        ("^a$", r"^a\z"),
        (r"\d+[\d.]", "[0-9]+[0-9.]"),
        (r"[$.]\$", r"[$.]\$"),
        ("a.b", r"a[^\n]b"),
        ("[[a&&b]", r"[\[a\&\&b]"),
        ("(?i:x)(?P<name>y)", "(?i:x)(?<name>y)"),
        (r"[^/?]*\\", r"[^/?]*\\"),
    ],
)
def test_patterns_are_written_for_the_other_engine(regex, same):
    assert pattern_of(regex) == same


@pytest.mark.parametrize("regex", [r"\pN", r"\Qa\E", "[[:alpha:]]", "(?U)a", "(?m)^a$", r"\C", "(?=a)"])
def test_patterns_that_the_other_engine_reads_otherwise_are_refused(regex):
    with pytest.raises(NotInDialect, match="which this engine cannot be asked for"):
        pattern_of(regex)
