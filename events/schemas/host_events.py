"""Host events: one row per line of a host's log, whatever wrote it, in words that the logs share.

Names: https://www.elastic.co/docs/reference/ecs/ecs-field-reference (user.name, event.action, event.outcome and so on,
with underscores). ``kind`` is the format that was read; ``event_code`` what the program calls such an event (Windows'
EventID, auditd's type, an SQLSTATE); ``record_id`` the number that the log gave the record; ``user_name`` acts, upon
``target_user_name`` where there are two; ``object`` is the file, program, address or database that it is about;
``log_stream`` and ``logged_at`` are CloudWatch Logs' own; ``written_time`` is the time as written where it lacks a
year, or where nothing could be made of it; ``message`` is the program's text; ``fields`` holds the rest as JSON text.
"""

import pyarrow as pa

from events.schemas.family import TEXT, Family, schema_of

TEXTS = (
    *("kind", "host", "program", "facility", "severity", "event_code", "record_id", "action", "outcome"),
    *("user_name", "target_user_name", "source_ip", "method", "object", "status", "user_agent"),
    *("log_stream", "written_time", "message", "fields"),
)
COLUMNS = {
    **dict.fromkeys(TEXTS, TEXT),
    "pid": pa.int64(),
    "source_port": pa.int32(),
    "logged_at": pa.timestamp("us"),
}
SIGMA = {
    "fields": "fields",
    "EventID": "event_code",
    "Computer": "host",
    "Channel": "facility",
    "Provider_Name": "program",
    "user": "user_name",
    "User": "user_name",
    "c-ip": "source_ip",
    "cs-uri": "object",
    "cs-method": "method",
    "sc-status": "status",
    "cs-user-agent": "user_agent",
    "exe": "object",
}
# Windows' and auditd's events go by their codes, which say more to who knows them than any word.
CODED = "CASE WHEN kind IN ('windows', 'auditd') THEN event_code END"

FAMILY = Family(
    name="host_events",
    title="Host events",
    schema=schema_of(COLUMNS),
    copy_key=("event_id",),
    sigma=SIGMA,
    nested=frozenset({"fields"}),
    shown={
        "event_name": f"coalesce(nullif(concat_ws(' ', {CODED}, action), ''), event_code, program, kind)",
        "event_source": "coalesce(program, kind)",
        "event_category": "'HostEvent'",
        "principal": "coalesce(user_name, target_user_name)",
        "source_ip_address": "source_ip",
        "error_code": "CASE WHEN outcome = 'failure' THEN coalesce(status, outcome) END",
        "record": "concat_ws(' ', host, program, message, fields, log_stream)",
    },
)
