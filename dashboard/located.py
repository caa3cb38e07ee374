"""Where an address is, in the few words that stand beside it, and which databases say so."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.geography import geography


@dataclass(frozen=True, slots=True)
class Located:
    """``words`` are short (NL · AS14061 DigitalOcean); ``title`` has the city too and the databases by date."""

    words: str
    title: str


def located(address: str) -> Located | None:
    """Where the address is; None where that is not known or no database is configured."""
    known = geography()
    place = known.locate(address)
    if place is None:
        return None
    where = ", ".join(part for part in (place.city, place.country, place.network) if part)
    told_by = ", ".join(map(str, known.databases))
    title = _("%(where)s, by %(databases)s") % {"where": where, "databases": told_by}
    return Located(str(place), title)
