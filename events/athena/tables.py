"""One Glue table a family over all incidents, its partitions projected: none is ever added, none can be forgotten.

https://docs.aws.amazon.com/athena/latest/ug/partition-projection-setting-up.html
"""

from typing import Any

import pyarrow as pa

from events.athena.places import AthenaPlace
from events.families import Family

TYPES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "timestamp",
}
FORMAT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquet{}Format"
SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def table_of(place: AthenaPlace, family: Family) -> dict[str, Any]:
    """What Glue is told of a family. ``injected``: a question must name its incident, so none reads another's files."""
    columns = [{"Name": field.name, "Type": TYPES[field.type]} for field in family.schema]
    folder = place.address(place.key("${incident}", family.name))
    return {
        "Name": family.name,
        "Description": f"{family.title}, kept by the Forensics Portal",
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [{"Name": "incident", "Type": "string"}],
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "projection.enabled": "true",
            "projection.incident.type": "injected",
            "storage.location.template": folder,
        },
        "StorageDescriptor": {
            "Columns": [*columns, {"Name": "is_copy", "Type": "boolean"}],
            "Location": place.address(f"{place.prefix}/"),
            "InputFormat": FORMAT.format("Input"),
            "OutputFormat": FORMAT.format("Output"),
            "SerdeInfo": {"SerializationLibrary": SERDE},
        },
    }


def keep_table(glue: Any, place: AthenaPlace, family: Family) -> None:
    """Make the table, or bring it up to date; another process may do the same at the same time."""
    wanted = table_of(place, family)
    found = table_there(glue, place, family.name)
    if found is None:
        try:
            glue.create_table(DatabaseName=place.database, TableInput=wanted)
        except glue.exceptions.AlreadyExistsException:
            return
    elif not is_as(found, wanted):
        glue.update_table(DatabaseName=place.database, TableInput=wanted)


def is_as(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether the columns are the wanted ones and the files lie where they should; Glue adds parameters of its own."""
    same = found["columns"] == wanted["StorageDescriptor"]["Columns"]
    return bool(same and wanted["Parameters"].items() <= found["parameters"].items())


def table_there(glue: Any, place: AthenaPlace, name: str) -> dict[str, Any] | None:
    try:
        table = glue.get_table(DatabaseName=place.database, Name=name)["Table"]
    except glue.exceptions.EntityNotFoundException:
        return None
    columns = [{"Name": one["Name"], "Type": one.get("Type")} for one in table["StorageDescriptor"]["Columns"]]
    return {"columns": columns, "parameters": table.get("Parameters", {})}


def keep_database(glue: Any, place: AthenaPlace) -> None:
    try:
        glue.get_database(Name=place.database)
    except glue.exceptions.EntityNotFoundException:
        glue.create_database(DatabaseInput={"Name": place.database, "Description": "Events of the Forensics Portal"})
