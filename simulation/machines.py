"""What acme has set so that its machines can hand evidence over, for the organisation and for the demo's portal."""

from hashlib import sha256

STAGING = "acme-evidence-{account}-{region}"
BUCKET = STAGING.format(account="111122223333", region="us-east-1")  # prod-web's, where the program lies too
TOOL = b"#!/bin/sh\n# stands for a program that reads memory\n"
TOOL_KEY = "tools/reader"
TOOL_ADDRESS = f"s3://{BUCKET}/{TOOL_KEY}#sha256={sha256(TOOL).hexdigest()}"
SETTINGS = {"STAGING_BUCKET": STAGING, "MEMORY_TOOL_LINUX": TOOL_ADDRESS}
