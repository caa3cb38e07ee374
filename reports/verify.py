"""How a reader checks this report with the tools that every Linux or macOS machine has."""

from reports.base import CaseSnapshot, Section, Text, section
from reports.phrases import gettext as _
from reports.words import text_of

# The leaf hash of RFC 6962 section 2.1: SHA-256 over one zero byte and the entry as stored.
LEAF = """python3 -c 'import hashlib, sys
print(hashlib.sha256(b"\\0" + open(sys.argv[1], "rb").read()).hexdigest())' ENTRY"""
# Every entry holds the plain SHA-256 of the bytes of the one before it.
CHAIN = """python3 -c 'import hashlib, json, sys
prev = ""
for line in open(sys.argv[1], "rb").read().splitlines():
    if json.loads(line)["prev"] != prev:
        sys.exit("not in order: " + line.decode())
    prev = hashlib.sha256(line).hexdigest()
print("in order")' ENTRIES"""


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
        *whole_log(snapshot),
        Text(_("This report"), "heading"),
        Text(
            _(
                "The custody log holds the SHA-256 of this file, in an entry after those printed here: the next one as "
                "it was first set, the one that made it final for the final pages."
            )
        ),
    )
    return Section(_("How to verify"), blocks)


def whole_log(snapshot: CaseSnapshot) -> tuple[Text, ...]:
    """How to follow the chain of entries, and how to compare it with the root that this report prints."""
    head = snapshot.custody_head
    return (
        Text(_("The whole custody log"), "heading"),
        Text(
            _(
                "Save all entries, one a line, to a file named ENTRIES. Each names, as prev, the SHA-256 of the bytes "
                "of the one before it; this follows them from the first to the last:"
            )
        ),
        Text(CHAIN, "code"),
        Text(
            _(
                "This compares the entries that there were when this report was set with the root printed in it. "
                "verifier.py is the file custody/verifier.py of the portal's source; it needs no package:"
            )
        ),
        Text(compared(str(head.get("size", len(snapshot.custody))), text_of(head, "root")), "code"),
    )


def compared(size: str, root: str) -> str:
    return f"head -n {size} ENTRIES > FIRST\npython3 verifier.py FIRST --size {size} --root {root}"
