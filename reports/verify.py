"""How a reader checks this report with the tools that every Linux or macOS machine has."""

from reports.base import CaseSnapshot, Section, Text, section
from reports.phrases import gettext as _

# The leaf hash of RFC 6962 section 2.1: SHA-256 over one zero byte and the entry as stored.
LEAF = """python3 -c 'import hashlib, sys
print(hashlib.sha256(b"\\0" + open(sys.argv[1], "rb").read()).hexdigest())' ENTRY"""


@section("verify", order=90)
def write(snapshot: CaseSnapshot) -> Section:
    """Give the commands; none of them needs this portal."""
    blocks = (
        Text(_("None of these steps needs the portal: only the files, a shell and python3 without any package.")),
        Text(_("A file, a part or a manifest"), "heading"),
        Text(_("Download it and compare what this prints with the SHA-256 given in this report or in the manifest:")),
        Text("sha256sum FILE", "code"),
        Text(_("An entry of the custody log"), "heading"),
        Text(_("An entry is kept as exact bytes. Save them to a file named ENTRY; this prints the entry's leaf hash:")),
        Text(LEAF, "code"),
        Text(
            _("Each entry names the leaf hash of the one before it as prev, so the entries can be followed one by one.")
        ),
        Text(_("The whole log, on the portal's machine"), "heading"),
        Text(f"python manage.py verify_custody {snapshot.incident['reference']}", "code"),
        Text(_("This report"), "heading"),
        Text(
            _(
                "The custody log holds the SHA-256 of this file, in an entry after those printed here: the next one as "
                "it was first set, the one that made it final for the final pages."
            )
        ),
    )
    return Section(_("How to verify"), blocks)
