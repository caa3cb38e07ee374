"""For which times files were asked. Digests list files of other times too: those are not missing, nobody wanted them.

A digest that came out of the log archive carries, in its notes, the times in the names of files that its collection
took: {"CloudTrail": [from, to], "CloudTrail-Digest": [from, to]}. A plain copy carries none.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from examiners.digests import Digest, time_in_name
from plugins import Window

LOGS, DIGESTS = "CloudTrail", "CloudTrail-Digest"
PERIOD = timedelta(hours=1)  # of one digest
Windows = Mapping[str, Window]


class Asked:
    """What the collections of an incident asked for, by account and region, as their digests tell."""

    def __init__(self, digests: Sequence[Digest]) -> None:
        self.windows: dict[tuple[str, ...], set[tuple[Window, Window]]] = defaultdict(set)
        for digest in digests:
            if told := windows_in(digest):
                self.windows[digest.chain[:2]].add((told[LOGS], told[DIGESTS]))

    def is_log_wanted(self, digest: Digest, key: str) -> bool:
        """Whether some collection asked for this log file, which ``digest`` lists; a name without a time was."""
        at = time_in_name(key)
        return at is None or any(at in logs for logs, _ in self.windows[digest.chain[:2]])

    def is_digest_wanted(self, digest: Digest, key: str) -> bool:
        """The same of the digest before ``digest``; of a plain copy nobody can tell, so it is."""
        at = time_in_name(key)
        if at is None or not windows_in(digest):
            return True
        return any(at in digests for _, digests in self.windows[digest.chain[:2]])

    def is_hole_wanted(self, older: Digest, newer: Digest) -> bool:
        """Whether some collection asked for a digest that would lie between these two."""
        if not (windows_in(older) and windows_in(newer)):
            return True
        return any(ends_between(older.end, newer.start, digests) for _, digests in self.windows[newer.chain[:2]])


def windows_in(digest: Digest) -> Windows | None:
    """The times that the collection of this digest asked for; None if it does not say."""
    told = digest.member.notes.get("asked")
    if not told:
        return None
    return {kind: Window(*map(datetime.fromisoformat, told[kind])) for kind in (LOGS, DIGESTS)}


def ends_between(after: datetime, until: datetime, window: Window) -> bool:
    """Whether a digest of the chain that ended at ``after`` would end in ``window``, and by ``until``."""
    periods = max(1, -((after - window.start) // PERIOD))
    end = after + periods * PERIOD
    return end <= until and end in window
