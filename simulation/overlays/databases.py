"""RDS: moto lists a log file of each database and has no content for it; ours has one line.

Different from AWS: no filter is looked at, and a file comes in one portion.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from moto.rds.responses import RDSResponse

from simulation.overlays import Ground
from simulation.saying import say

AGO = timedelta(hours=6)  # while the attack went on
WORDS = "203.0.113.44(51514):invoices@invoices:[4242]:FATAL: password authentication failed"
LINE = f"{datetime.now(UTC) - AGO:%Y-%m-%d %H:%M:%S} UTC:{WORDS}\n"


def lay(ground: Ground) -> None:
    del ground
    say(RDSResponse, {"describe_db_log_files": files, "download_db_log_file_portion": portion})


def files(response: Any) -> dict[str, Any]:
    found = response.backend.describe_db_log_files(response._get_param("DBInstanceIdentifier"))
    rows = [
        {"LogFileName": file.log_file_name, "LastWritten": round(file.last_written * 1000), "Size": len(LINE)}
        for file in found
    ]
    return {"DescribeDBLogFiles": rows}


def portion(response: Any) -> dict[str, Any]:
    del response
    return {"LogFileData": LINE, "Marker": "1:1", "AdditionalDataPending": False}
