"""Athena as an engine of events: exactly one manifest's files, by their addresses in S3."""

from dataclasses import dataclass

from sqlglot import exp

from events.athena.answers import as_text, rows_of
from events.athena.places import AthenaPlace
from events.athena.queries import Queries
from events.athena.segments import name_of
from events.columns import present
from events.columns import rows_of as table_of
from events.dialects import ATHENA, Dialect
from events.dialects.plain import parsed
from events.families import FAMILIES
from events.manifests import Manifest
from events.shapes import Shape
from events.side_by_side import Rows


@dataclass(frozen=True, slots=True)
class AthenaEngine:
    """One manifest's files in one database."""

    queries: Queries
    place: AthenaPlace
    incident: str
    manifest: Manifest
    dialect: Dialect = ATHENA

    def tables(self) -> dict[str, exp.Query]:
        families = present({file.family: True for file in self.manifest.files})
        return {family: self.table(family) for family in families}

    def table(self, family: str) -> exp.Query:
        """``$path`` holds a question to the manifest's files, whatever else lies in the incident's folder."""
        files = [file for file in self.manifest.files if file.family == family]
        if not files:
            return ATHENA.said(parsed(f"SELECT * FROM {table_of(FAMILIES[family], ())}"))  # noqa: S608  our own names
        keys = [self.place.key(self.incident, family, name_of(file)) for file in files]
        names = [*FAMILIES[family].schema.names, "is_copy"]
        return (
            exp.select(*(exp.column(name, quoted=True) for name in names))
            .from_(exp.table_(family, db=self.place.database, quoted=True))
            .where(exp.column("incident", quoted=True).eq(exp.Literal.string(self.incident)))
            .where(
                exp.column("$path", quoted=True).isin(*(exp.Literal.string(self.place.address(key)) for key in keys))
            )
        )

    def rows(self, question: exp.Query, shape: Shape, seconds: float) -> Rows:
        """Raises TooSlow, QuestionRefused, EngineFailed, NotInDialect."""
        sql = ATHENA.text_of(as_text(question, shape))
        return rows_of(self.queries.rows(sql, seconds), shape)

    def close(self) -> None:
        """Nothing is held: boto3's clients close with the process."""
