"""Lambda functions: their configuration, their code as a zip, who may call them, and from where.

API: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO

from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody
from botocore.utils import get_environ_proxies

from collectors.answers import answered, document, lines, streamed
from collectors.asking import asked, asked_or_absent, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

CHUNK = 2**18  # bytes
SECONDS = 60  # without a byte until a download is given up
ABSENT = "ResourceNotFoundException"


@source(
    "lambda_code",
    title="Lambda functions and their code",
    permissions=(
        "lambda:ListFunctions",
        "lambda:GetFunction",
        "lambda:GetPolicy",
        "lambda:ListFunctionUrlConfigs",
        "lambda:ListVersionsByFunction",
        "lambda:ListEventSourceMappings",
    ),
    resources="function names (none: every function of the region)",
    pattern=r"[\w:.$-]{1,256}",
    takes_all=True,
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield, per function, configuration, policy, URLs, versions and triggers, and the code that runs now.

    The code is compared with AWS's CodeSha256 while it is read: code that differs ends in a gap, so code that is there
    is the one that AWS names. What is a container image lies in a registry and is a gap with its address. Layers are
    named in the configuration. A function that was named and is not there is a gap.
    """
    client, missing = aws.client("lambda"), set(scope.resources)
    subject = f"Lambda functions of {scope.account} in {scope.region}"
    refused = False
    for found in answered(subject, partial(paged, client, "list_functions", "Functions")):
        if isinstance(found, Gap):
            refused = True
            yield found
        elif not scope.resources or missing & names_of(found):
            missing -= names_of(found)
            yield from about(client, found)
    if not refused:
        yield from (Gap(GapKind.NOT_FOUND, name, f"no such function in {scope.region}") for name in sorted(missing))


def names_of(function: dict[str, Any]) -> set[str]:
    return {function["FunctionName"], function["FunctionArn"]}


def about(client: Any, function: dict[str, Any]) -> Iterator[Artifact | Gap]:
    name, arn = function["FunctionName"], function["FunctionArn"]
    yield document(f"{name}/configuration.json", arn, partial(configuration, client, name))
    yield from code_of(client, function)
    policy = partial(asked_or_absent, client, "get_policy", ABSENT, FunctionName=name)
    yield document(f"{name}/policy.json", f"{arn}/policy", policy)
    for file, operation, key in (
        ("urls", "list_function_url_configs", "FunctionUrlConfigs"),
        ("versions", "list_versions_by_function", "Versions"),
        ("triggers", "list_event_source_mappings", "EventSourceMappings"),
    ):
        yield lines(f"{name}/{file}.jsonl", f"{arn}/{file}", partial(paged, client, operation, key, FunctionName=name))


def configuration(client: Any, name: str) -> dict[str, Any]:
    """All that AWS says of the function; the code's address opens it for ten minutes, so it is no part of evidence."""
    answer = asked(client, "get_function", FunctionName=name)
    return {**answer, "Code": {key: value for key, value in answer["Code"].items() if key != "Location"}}


def code_of(client: Any, function: dict[str, Any]) -> Iterator[Artifact | Gap]:
    name, origin = function["FunctionName"], f"{function['FunctionArn']}/code"
    if function.get("PackageType") == "Image":
        words = "the function is a container image; its address is in the configuration, collect it from its registry"
        yield Gap(GapKind.UNSUPPORTED, origin, words)
        return
    notes = {"code_sha256": function["CodeSha256"]}
    open_code = partial(opened_code, client, name)
    yield Artifact(f"{name}/code.zip", origin, open_code, size=function["CodeSize"], notes=notes)


def opened_code(client: Any, name: str) -> BinaryIO:
    """The zip as a stream. Raises OSError where the download fails or is not what AWS's CodeSha256 says."""
    answer = asked(client, "get_function", FunctionName=name)
    body = downloaded(answer["Code"]["Location"], name)
    return streamed(checked(body, answer["Configuration"]["CodeSha256"], name))


def downloaded(address: str, name: str) -> Iterator[bytes]:
    """The chunks at a presigned address, which needs no credentials; the address itself is not told to anyone."""
    request = AWSRequest("GET", address, stream_output=True).prepare()
    answer: Any = URLLib3Session(proxies=get_environ_proxies(address), timeout=SECONDS).send(request)
    if answer.status_code != 200:
        raise OSError(f"the code of {name} could not be downloaded: HTTP {answer.status_code}")
    body = StreamingBody(answer.raw, answer.headers.get("content-length"))
    chunks: Iterator[bytes] = body.iter_chunks(CHUNK)
    return chunks


def checked(chunks: Iterable[bytes], expected: str, name: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    found = base64.b64encode(digest.digest()).decode()
    if found != expected:
        raise OSError(f"the code of {name} is not what AWS says: its CodeSha256 is {expected}, the download's {found}")
