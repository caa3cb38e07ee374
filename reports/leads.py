"""Where to look first: the ranked leads, each score with its reasons in words."""

from collections.abc import Iterator

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import Row, clock, listed, number, plain, remainder, text_of

MOST = 15


@section("leads", order=25)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("Where to look first"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if not snapshot.leads:
        yield Text(_("Nothing in the events that were read stands out by the signals that were looked for."))
        return
    yield Text(
        _(
            "Principals, keys, addresses and resources in the order in which they are worth reading. A score from 0 "
            "to 100 sums up different reasons; it ranks what to read and is no verdict on anybody."
        )
    )
    columns = (_("Score"), _("What"), _("Events"), _("First (UTC)"), _("Why"))
    rows, left = listed(snapshot.leads, MOST, lead_row)
    yield Table(columns, rows, mono=(columns[1],))
    yield from remainder(left, _("the list of leads"))


def lead_row(lead: Row) -> tuple[str, ...]:
    return (
        f"{float(lead['score']):.0f}",
        f"{plain(text_of(lead, 'kind'))} {text_of(lead, 'entity')}",
        number(lead.get("count")),
        clock(lead.get("first_at")),
        text_of(lead, "why"),
    )
