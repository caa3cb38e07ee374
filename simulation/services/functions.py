"""Lambda in prod-web: a function with code, a URL, and a policy that lets anybody call it."""

import io
import zipfile
from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate
from simulation.services import Window

CODE = "def handler(event, context):\n    return event\n"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
NAME = "acme-invoices"


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate, window
    cloud.client("iam", PROD_WEB).create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST)
    functions = cloud.client("lambda", PROD_WEB)
    functions.create_function(
        FunctionName=NAME,
        Runtime="python3.13",
        Handler="main.handler",
        Role=PROD_WEB.role(NAME),
        Code={"ZipFile": zipped()},
    )
    functions.create_function_url_config(FunctionName=NAME, AuthType="NONE")
    given = {"StatementId": "public", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    functions.add_permission(FunctionName=NAME, **given, FunctionUrlAuthType="NONE")
    return {"function": NAME}


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("main.py", CODE)
    return out.getvalue()
