"""What was asked for and what came of it: by account and region, the time left open, and what nobody asked for."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.phrases import ngettext
from reports.words import NOTHING, Row, clock, listed, moment, number, plain, remainder, text_of

MOST_PLACES = 500
MOST_WINDOWS = 300
MOST_REASONS = 300
NAMED = 4  # places that are named with a reason; the rest are counted
NOT_REQUESTED = "not_requested"


@section("coverage", order=55)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("Coverage"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    asked = [cell for cell in snapshot.coverage if cell.get("state") != NOT_REQUESTED]
    if not snapshot.coverage:
        yield Text(_("Nothing was asked for."))
        return
    yield Text(counted(asked))
    yield from places(asked)
    yield from time(snapshot, asked)
    yield from reasons([cell for cell in snapshot.coverage if cell.get("state") == NOT_REQUESTED])


def counted(asked: Sequence[Row]) -> str:
    """Return how much was asked of accounts; what people brought in is of none and is counted as none."""
    of_accounts = [cell for cell in asked if cell.get("account")]
    is_by_hand = len(of_accounts) < len(asked)
    if is_by_hand and not of_accounts:
        return _("No account was asked: all of it was brought in by hand.")
    said = told(of_accounts)
    return f"{said} {_('Besides, files were brought in by hand.')}" if is_by_hand else said


def told(asked: Sequence[Row]) -> str:
    words = {
        "all": ngettext("%(count)s source, account and region", "%(count)s sources, accounts and regions", len(asked)),
        "collected": number(sum(cell.get("state") == "collected" for cell in asked)),
        "empty": number(sum(cell.get("state") == "empty" for cell in asked)),
    }
    return _("Asked of %(all)s: %(collected)s collected, %(empty)s empty; the others are told below.") % words


def places(asked: Sequence[Row]) -> Iterator[Block]:
    """Yield one row for each account and region: what came, what was not there, what is not whole."""
    together = [list(cells) for _, cells in groupby(sorted(asked, key=place_of), key=place_of)]
    rows = tuple(place_row(cells) for cells in together[:MOST_PLACES])
    if rows:
        yield Table((_("Account"), _("Region"), _("Collected (files)"), _("Empty"), _("Not whole")), rows)
    yield from remainder(len(together) - MOST_PLACES, _("the coverage of the incident"))


def place_of(cell: Row) -> tuple[str, str]:
    return str(cell.get("account") or ""), str(cell.get("region") or "")


def place_row(cells: Sequence[Row]) -> tuple[str, ...]:
    first = cells[0]
    came = [f"{cell['title']} ({number(cell.get('files'))})" for cell in cells if cell.get("state") == "collected"]
    empty = [str(cell["title"]) for cell in cells if cell.get("state") == "empty"]
    others = [other(cell) for cell in cells if cell.get("state") not in ("collected", "empty")]
    name = text_of(first, "name") if first.get("account") else _("brought in by hand")
    return name, text_of(first, "region"), joined(came), joined(empty), joined(others)


def other(cell: Row) -> str:
    """Return "VPC flow logs: access denied", with files that are held all the same and what is wrong with them."""
    more = [number(cell.get("files"))] if cell.get("files") else []
    more += [str(cell["doubt"])] if cell.get("doubt") else []
    words = f"{cell['title']}: {plain(str(cell['state']))}"
    return f"{words} ({', '.join(more)})" if more else words


def joined(words: Sequence[str]) -> str:
    return "; ".join(words) or NOTHING


def time(snapshot: CaseSnapshot, asked: Sequence[Row]) -> Iterator[Block]:
    """Yield what of the incident's own time no collection was asked for, source by source."""
    yield Text(_("Time that was not asked for"), "heading")
    window = snapshot.incident.get("window")
    if not window:
        yield Text(_("When the incident began is not known, so nothing can be said of time."))
        return
    span = {"start": moment(window[0]), "end": moment(window[1])}
    open_times = [(cell, left) for cell in asked for left in cell.get("uncovered", ())]
    if not open_times:
        yield Text(_("Every answer covers the incident from %(start)s to %(end)s.") % span)
        return
    yield Text(_("The incident lasted from %(start)s to %(end)s.") % span)
    items = [{"cell": cell, "left": left} for cell, left in open_times]
    rows, more = listed(items, MOST_WINDOWS, window_row)
    yield Table((_("Account"), _("Region"), _("Source"), _("From (UTC)"), _("To (UTC)")), rows)
    yield from remainder(more, _("the coverage of the incident"))


def window_row(item: Row) -> tuple[str, ...]:
    cell, (start, end) = item["cell"], item["left"]
    return text_of(cell, "name"), text_of(cell, "region"), text_of(cell, "title"), clock(start), clock(end)


def reasons(missing: Sequence[Row]) -> Iterator[Block]:
    """Yield what plans wanted and nobody asked, by source and reason."""
    if not missing:
        return
    yield Text(_("Not requested"), "heading")
    together = [list(cells) for _, cells in groupby(sorted(missing, key=why), key=why)]
    rows = tuple(reason_row(cells) for cells in together[:MOST_REASONS])
    yield Table((_("Source"), _("Where"), _("Why")), rows)
    yield from remainder(len(together) - MOST_REASONS, _("the coverage of the incident"))


def why(cell: Row) -> tuple[str, str]:
    return str(cell["title"]), str(cell.get("reason") or "")


def reason_row(cells: Sequence[Row]) -> tuple[str, ...]:
    named = [f"{text_of(cell, 'name')} {text_of(cell, 'region')}" for cell in cells[:NAMED]]
    more = len(cells) - NAMED
    if more > 0:
        named.append(ngettext("%(count)s more", "%(count)s more", more))
    return text_of(cells[0], "title"), ", ".join(named), text_of(cells[0], "reason")
