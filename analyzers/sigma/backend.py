"""pySigma's SQLite backend bent to DuckDB: one predicate a rule, over the columns that ``events`` names."""

from typing import Any, ClassVar

from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionNOT, ConditionValueExpression
from sigma.conversion.state import ConversionState
from sigma.exceptions import SigmaFeatureNotSupportedByBackendError
from sigma.rule import SigmaRule
from sigma.types import SigmaCasedString, SigmaRegularExpression, SpecialChars, TimestampPart

from analyzers.sigma.addresses import within
from analyzers.sigma.limits import refuse_large
from analyzers.sigma.refusals import refuse_unclear
from analyzers.sigma.text import literal, match
from events import FAMILIES, BadField, column, presence

# What counts as a number: not the "nan", "inf" or "1_000" that an engine's own cast would take.
_NUMBER = r"^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$"


class DuckDBBackend(sqliteBackend):
    """Compile the condition of a Sigma rule (specification 2.x) into a predicate that DuckDB runs.

    Comparisons ignore case, an absent field makes a comparison false and its negation true, lists in an event are
    compared as compact JSON text, and numbers compare as numbers whether the event wrote 22 or "22". pySigma checks
    regular expressions with RE2, the engine that DuckDB runs them with: ``$`` is the very end of the text, ``\\d`` and
    ``\\w`` are ASCII. ``week`` is the week of ISO 8601.
    """

    name: ClassVar[str] = "DuckDB"
    null_safe_expression: ClassVar[str] = "COALESCE({expr}, FALSE)"
    bool_expression: ClassVar[str] = "lower({field}) = {value}"
    re_expression: ClassVar[str] = "regexp_matches({field}, '{regex}')"
    field_equals_field_expression: ClassVar[str | None] = "lower({field1}) = lower({field2})"
    field_equals_field_startswith_expression: ClassVar[str | None] = "starts_with(lower({field1}), lower({field2}))"
    field_equals_field_endswith_expression: ClassVar[str | None] = "ends_with(lower({field1}), lower({field2}))"
    field_equals_field_contains_expression: ClassVar[str | None] = "contains(lower({field1}), lower({field2}))"
    field_timestamp_part_expression: ClassVar[str | None] = (
        "TRY_CAST(strftime(TRY_CAST({field} AS TIMESTAMP), '{timestamp_part}') AS INTEGER)"
    )
    timestamp_part_mapping: ClassVar[dict[TimestampPart, str] | None] = {
        **(sqliteBackend.timestamp_part_mapping or {}),
        TimestampPart.WEEK: "%V",
    }

    def escape_and_quote_field(self, field: str) -> str:
        return text_of(field)

    def convert_condition_not(self, cond: ConditionNOT, state: ConversionState) -> str:
        """Parenthesise the whole negation, so that it stays one operand wherever it stands."""
        return f"(NOT {self.null_safe_expression.format(expr=self.convert_condition(cond.args[0], state))})"

    def convert_condition_field_eq_val_str(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return match(self.escape_and_quote_field(cond.field), value_of(cond))

    def convert_condition_field_eq_val_str_case_sensitive(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return match(self.escape_and_quote_field(cond.field), value_of(cond), cased=True)

    def convert_condition_field_eq_val_num(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"{number_of(self.escape_and_quote_field(cond.field))} = {value_of(cond).number}"

    def convert_condition_field_compare_op_val(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        operator = self.compare_operators[value_of(cond).op]
        return f"{number_of(self.escape_and_quote_field(cond.field))} {operator} {value_of(cond).number}"

    def convert_condition_field_eq_val_cidr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return within(self.escape_and_quote_field(cond.field), value_of(cond).cidr)

    def convert_condition_field_eq_val_re(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return matching(self.escape_and_quote_field(cond.field), value_of(cond))

    def convert_condition_field_exists(self, cond: ConditionFieldEqualsValueExpression, state: ConversionState) -> str:
        return present(cond.field)

    def convert_condition_field_not_exists(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"(NOT {present(cond.field)})"

    def convert_condition_val_str(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        """Find a keyword anywhere in the event."""
        value = value_of(cond)
        anywhere = SpecialChars.WILDCARD_MULTI + value + SpecialChars.WILDCARD_MULTI
        return match(whole_event(), anywhere, cased=isinstance(value, SigmaCasedString))

    def convert_condition_val_num(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        return f"contains({whole_event()}, {literal(str(cond.value))})"

    def convert_condition_val_re(self, cond: ConditionValueExpression, state: ConversionState) -> str:
        return matching(whole_event(), value_of(cond))


def value_of(cond: ConditionFieldEqualsValueExpression | ConditionValueExpression) -> Any:
    """pySigma calls each method with the type of value in its name, and declares only their common base."""
    return cond.value


def text_of(field: str) -> str:
    """Give an event's field as an expression of type text. Raises SigmaError for a name that no field can have."""
    try:
        expression = column(field)
    except BadField as bad:
        raise SigmaFeatureNotSupportedByBackendError(str(bad)) from bad
    return f"strftime({expression}, '%Y-%m-%dT%H:%M:%SZ')" if field == "eventTime" else expression


def present(field: str) -> str:
    """Say in SQL that an event has the field, be its value null. Raises SigmaError for what no field is called."""
    try:
        return presence(field)
    except BadField as bad:
        raise SigmaFeatureNotSupportedByBackendError(str(bad)) from bad


def number_of(text: str) -> str:
    """The number that a text is, else NULL."""
    return f"TRY_CAST(regexp_extract({text}, '{_NUMBER}') AS DOUBLE)"


def matching(text: str, value: SigmaRegularExpression) -> str:
    return f"regexp_matches({text}, {literal(value.escape([], escape_escape_char=False))})"


def whole_event() -> str:
    """The event as one line of JSON, keys and all, in which keywords are looked for."""
    family = FAMILIES["cloudtrail"]
    fields = [field for field in family.sigma if "." not in field]
    members = [
        f"""'"{field}":' || {text_of(field) if field in family.nested else json_of(field)}""" for field in fields
    ]
    return f"concat_ws(',', {', '.join(members)})"


def json_of(field: str) -> str:
    """A field as JSON writes it: flags are bare words, texts are quoted."""
    text = text_of(field)
    return text if text.startswith("CAST") else f"CAST(to_json({text}) AS VARCHAR)"


def predicate_of(rule: SigmaRule) -> str:
    """Compile the rule's conditions into one predicate. Raises SigmaError with what the engine does not know."""
    refuse_unclear(rule)
    refuse_large(rule)
    backend = DuckDBBackend()  # type: ignore[no-untyped-call]
    parsed = parsed_conditions(rule)
    return " OR ".join(f"({backend.convert_condition(condition, ConversionState())})" for condition in parsed)


def parsed_conditions(rule: SigmaRule) -> list[Any]:
    """The trees of the rule's conditions, which are alternatives."""
    return [condition.parsed for condition in rule.detection.parsed_condition]
