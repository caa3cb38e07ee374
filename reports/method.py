"""Method and versions: which tools made this, so that another laboratory can do it again."""

from collections.abc import Iterator

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import Row, facts, text_of


@section("method", order=80)
def write(snapshot: CaseSnapshot) -> Section:
    """Name the process (NIST SP 800-86, AWS SEC10-BP03), every tool with its version, and the manifest's hashes."""
    return Section(_("Method and versions"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    yield Text(
        _(
            "The work follows NIST SP 800-86 (collection, examination, analysis, reporting) and AWS Well-Architected "
            "SEC10-BP03. Evidence is hashed with SHA-256 when stored, and read back before it counts as collected. "
            "All times are UTC, as recorded by their source."
        )
    )
    if snapshot.methods:
        columns = (_("Phase"), _("Tool"), _("Version"), _("What it did"))
        yield Table(columns, tuple(method_row(method) for method in snapshot.methods), mono=columns[1:3])
    else:
        yield Text(_("No tool has been run."))
    yield Text(_("Manifest"), "heading")
    yield Text(_("This version is bound to the evidence and findings that its manifest lists."))
    yield facts(manifest_facts(snapshot.manifest), mono=True)


def method_row(method: Row) -> tuple[str, ...]:
    return tuple(text_of(method, key) for key in ("phase", "name", "version", "detail"))


def manifest_facts(manifest: Row) -> Iterator[tuple[str, str]]:
    yield _("Manifest SHA-256"), text_of(manifest, "sha256")
    yield _("Exhibits"), text_of(manifest, "evidence")
    yield _("Findings"), text_of(manifest, "findings")
    if manifest.get("rules_version"):
        yield _("Rules"), str(manifest["rules_version"])
    yield _("Rules SHA-256"), text_of(manifest, "rules_sha256")
