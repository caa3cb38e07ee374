"""Systems Manager: the portal's documents in prod-web, and the bucket by which its machines hand evidence over."""

from typing import Any

from collectors.commands import FOLDER, PREFIX
from simulation.machines import BUCKET, TOOL, TOOL_ADDRESS, TOOL_KEY
from simulation.organisation import PROD_WEB, Cloud, Estate, deposit
from simulation.services import Window


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    """Names the bucket, and the address of the program that reads memory."""
    del estate, window
    cloud.client("s3", PROD_WEB).create_bucket(Bucket=BUCKET)
    deposit(PROD_WEB, BUCKET, TOOL_KEY, TOOL)
    for file in sorted(FOLDER.glob("*.yaml")):
        cloud.client("ssm", PROD_WEB).create_document(
            Name=PREFIX + file.stem, Content=file.read_text(), DocumentType="Command", DocumentFormat="YAML"
        )
    return {"bucket": BUCKET, "tool": TOOL_ADDRESS}
