"""Where known values stand in the events of all families: one question a kind, however many values there are.

Kinds are STIX 2.1 types (``user-agent`` and ``x-aws-access-key`` besides). Each value is reduced to a key, and so is
each text in the logs, to all the keys it answers to (a name to those of its parent domains, an address to those of the
networks it lies in): then they are joined, and no question grows with the number of values.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from events.addresses import ipv4_digits, ipv6_digits, key_in_sql, network_key
from events.columns import MAIN, column, expression
from events.engine import first_values
from events.families import FAMILIES, PLACE
from events.questions import ISSUED_KEY, inside
from events.reader import Reader
from events.side_by_side import Question
from plugins import Window

MOST = 1_000  # values of a kind that are told one by one
EXAMPLES, SOME = 100, 5

# Text that people or programs wrote: what looks like a value is taken out of it.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "cloudtrail": ("request_parameters",),
    "host_events": ("message", "object", "fields"),
    "kubernetes_audit": ("message",),
    "alerts": ("detail",),
}
LOOKS: Mapping[str, str] = {
    "ipv4-addr": r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    "ipv6-addr": r"[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}",
    "domain-name": r"(?:[A-Za-z0-9_-]{1,63}\.)+[A-Za-z][A-Za-z0-9-]{1,62}",
    "url": r"(?i:https?://[^\s\"<>\\]+)",
    "file": r"\b(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})\b",
    "x-aws-access-key": r"\bA[KS]IA[A-Z0-9]{12,124}\b",
}
ANSWERS = "coalesce(TRY(json_extract_string(answers, '$[*].Rdata')), [])"
ADDRESSES = {
    "cloudtrail": ("[source_ip_address]",),
    "network_flows": ("[srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr]",),
    "dns_queries": ("[srcaddr]", ANSWERS),
    "access_requests": (
        "[client_ip, target_ip]",
        "[trim(one) FOR one IN coalesce(string_split(x_forwarded_for, ','), [])]",
    ),
    "host_events": ("[source_ip]",),
    "kubernetes_audit": ("[source_ip]", "coalesce(TRY(json_extract_string(source_ips, '$[*]')), [])"),
    "alerts": ("[remote_ip]",),
}
# A request as one URL: some services log it whole, others in parts.
URL = (
    "CASE WHEN url ILIKE 'http%://%' THEN url ELSE 'https://' || host || coalesce(path, '/') "
    "|| coalesce('?' || nullif(query, ''), '') END"
)
# kind -> family -> SQL lists of the texts in which a value of the kind may stand whole.
COLUMNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ipv4-addr": ADDRESSES,
    "ipv6-addr": ADDRESSES,
    "domain-name": {"dns_queries": ("[query_name]", ANSWERS), "access_requests": ("[host, server_name]",)},
    "url": {"access_requests": (f"[{URL}, referer]",)},
    "file": {},
    "user-account": {
        "cloudtrail": ("[principal, session_issuer_arn, user_identity_user_name]",),
        "access_requests": ("[requester]",),
        "host_events": ("[user_name, target_user_name]",),
        "kubernetes_audit": ("[user_arn, user_name]",),
        "alerts": ("[principal]",),
        "configuration_items": ("[principal, arn]",),
    },
    "x-aws-access-key": {
        "cloudtrail": (f"[user_identity_access_key_id, {column('requestParameters.accessKeyId')}, {ISSUED_KEY}]",),
        "kubernetes_audit": ("[user_access_key_id]",),
        "alerts": ("[access_key_id]",),
        "configuration_items": ("[CASE WHEN resource_type = 'AWS::IAM::AccessKey' THEN resource_id END]",),
    },
    "user-agent": dict.fromkeys(
        ("cloudtrail", "access_requests", "host_events", "kubernetes_audit"), ("[user_agent]",)
    ),
}
# kind -> what a text is compared as. A user is also told by the last part of an ARN, and a role by that before it.
PREPARED: Mapping[str, str] = {
    "ipv4-addr": ipv4_digits("value"),
    "ipv6-addr": ipv6_digits("value"),
    "domain-name": "string_split(rtrim(lower(value), '.'), '.')",
    "url": r"regexp_replace(regexp_replace(value, '#.*$', ''), '^(?i:https?)://(?:[^/?@]*@)?', '')",
    "user-account": "lower(value)",
    "user-agent": "lower(value)",
    "file": "lower(value)",
}
HOST = r"regexp_replace(lower(regexp_extract(said, '^[^/?]*')), ':(?:80|443)$', '')"
REST = r"regexp_replace(said, '^[^/?]*', '')"
KEYS: Mapping[str, str] = {
    "domain-name": "[array_to_string(said[start:], '.') FOR start IN range(1, len(said))]",
    "url": f"[{HOST} || CASE WHEN starts_with({REST}, '/') THEN '' ELSE '/' END || {REST}]",
    "user-account": "list_distinct([said, split_part(said, '/', -1), split_part(said, ':', -1), "
    "CASE WHEN contains(said, ':assumed-role/') THEN split_part(said, '/', 2) END])",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """A known value in the events: how many, when, of which families, by whom; the first 100 events.

    ``seen`` is how many values of the kind were seen at all: at most 1,000 are told one by one.
    """

    value: str
    events: int
    first_at: datetime | None
    last_at: datetime | None
    principals: list[str]
    families: dict[str, int]
    examples: list[dict[str, Any]]
    seen: int


def question(reader: Reader, kind: str, values: Sequence[str], window: Window | None = None) -> Question:
    """The one question about all values of a kind; its rows make ``Sighting``s, those in most events first."""
    within, times = inside(window)
    families = ({file.family for file in reader.manifest.files} | {MAIN}) & searched(kind)
    said = list(said_in(kind, sorted(families), within))
    statement = f"""WITH known AS (SELECT unnest(?::VARCHAR[]) AS key, unnest(?::VARCHAR[]) AS indicator),
said AS NOT MATERIALIZED ({" UNION ALL ".join(said)}),
texts AS (SELECT DISTINCT value FROM said WHERE value IS NOT NULL),
meant AS MATERIALIZED ({meant(kind, values)}),
hits AS (SELECT DISTINCT indicator, family, {", ".join(PLACE)}, src_file, event_time, principal, what
    FROM said JOIN meant USING (value)),
counted AS (SELECT indicator, family, count(*) AS events, min(event_time) AS first_at, max(event_time) AS last_at,
    {first_values("principal", SOME + 1)} AS principals, min({PLACED}, {EXAMPLES}) AS examples
    FROM hits GROUP BY indicator, family)
SELECT indicator, sum(events)::BIGINT AS events, min(first_at), max(last_at),
    list_sort(list_distinct(flatten(list(coalesce(principals, [])))))[1:{SOME + 1}],
    map(list(family ORDER BY family), list(events ORDER BY family)),
    list_sort(flatten(list(examples)))[1:{EXAMPLES}], count(*) OVER ()
FROM counted GROUP BY indicator ORDER BY events DESC, indicator LIMIT {MOST}"""  # noqa: S608  values are bound
    return statement, [[key_of(kind, value) for value in values], list(values), *times * len(said)]


PLACED = """struct_pack(event_time := event_time, evidence := evidence, part := part, member := member,
        src_row := src_row, src_file := src_file, what := what)"""


def searched(kind: str) -> set[str]:
    """The families in which a value of the kind is looked for."""
    return {*COLUMNS[kind], *(TEXTS if kind in LOOKS else ())}


def said_in(kind: str, families: Sequence[str], within: str) -> Iterator[str]:
    """For each family: its rows, once for each text in which a value of the kind may stand."""
    for name in families:
        family = FAMILIES[name]
        lists = [*COLUMNS[kind].get(name, ()), *taken_out(kind, name)]
        yield f"""SELECT '{name}' AS family, {", ".join(PLACE)}, src_file, event_time,
    CAST({expression(family, "principal")} AS VARCHAR) AS principal,
    CAST({expression(family, "event_name")} AS VARCHAR) AS what,
    unnest(list_distinct({" || ".join(lists)})) AS value FROM {name} WHERE {within}"""  # noqa: S608  our own names


def taken_out(kind: str, family: str) -> Iterator[str]:
    if kind in LOOKS:
        for text in TEXTS.get(family, ()):
            yield f"coalesce(regexp_extract_all({text}, '{LOOKS[kind]}'), [])"


def meant(kind: str, values: Sequence[str]) -> str:
    """The query from the texts to the values that they mean."""
    if kind == "user-agent":
        return "SELECT value, indicator FROM texts JOIN known ON contains(lower(value), key)"
    prepared = f"SELECT value, {PREPARED.get(kind, 'value')} AS said FROM texts"  # noqa: S608  our own expressions
    keyed = f"SELECT value, unnest({keys_in_sql(kind, values)}) AS key FROM ({prepared}) WHERE said IS NOT NULL"  # noqa: S608
    return f"SELECT DISTINCT value, indicator FROM ({keyed}) JOIN known USING (key)"  # noqa: S608


def keys_in_sql(kind: str, values: Sequence[str]) -> str:
    """The SQL list of the keys that a text answers to; for addresses, those of each length of network asked for."""
    if not kind.endswith("-addr"):
        return KEYS.get(kind, "[said]")
    lengths = sorted({(net.prefixlen, net.max_prefixlen) for net in map(ip_network, values)})
    return f"[{', '.join(key_in_sql('said', bits, of) for bits, of in lengths)}]"


def key_of(kind: str, value: str) -> str:
    """What a known value is compared by; ``KEYS`` and ``PREPARED`` say the same of the logs."""
    if kind.endswith("-addr"):
        return network_key(value)
    if kind == "url":
        return value.partition("://")[2]
    return value if kind == "x-aws-access-key" else value.lower()
