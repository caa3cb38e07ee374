"""What happened, as the team tells it: the case timeline, each sentence with who added it and what it rests on."""

from collections.abc import Iterator

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import Row, clock, listed, remainder, short, text_of

MOST = 500


@section("story", order=15)
def write(snapshot: CaseSnapshot) -> Section:
    """Where nobody has told anything the section has no blocks, and is left out."""
    return Section(_("What happened, as the team tells it"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if not snapshot.story:
        return
    yield Text(
        _(
            "Added by people, who hold it to be so. Where an entry comes from an event or a finding, it names it; "
            "what was added by hand rests on the word of who added it."
        )
    )
    reference = str(snapshot.incident["reference"])
    columns = (_("Time (UTC)"), _("What happened"), _("Rests on"), _("Technique"), _("Added by"))
    rows, left = listed(snapshot.story, MOST, lambda entry: story_row(entry, reference))
    yield Table(columns, rows)
    yield from remainder(left, _("the case timeline"))


def story_row(entry: Row, reference: str) -> tuple[str, ...]:
    told = text_of(entry, "title")
    words = f"{told}. {entry['text']}" if entry.get("text") else told
    return (
        clock(entry.get("at")),
        words,
        rests_on(entry, reference),
        text_of(entry, "techniques"),
        text_of(entry, "made_by"),
    )


def rests_on(entry: Row, reference: str) -> str:
    if entry.get("finding"):
        label, name = text_of(entry, "finding"), entry.get("dismissed_by")
        return _("%(finding)s, dismissed by %(name)s since") % {"finding": label, "name": name} if name else label
    if not entry.get("exhibit"):
        return _("added by hand")
    where = {"exhibit": short(text_of(entry, "exhibit"), reference), "file": text_of(entry, "file")}
    return _("%(exhibit)s, %(file)s, row %(row)s") % (where | {"row": text_of(entry, "row")})
