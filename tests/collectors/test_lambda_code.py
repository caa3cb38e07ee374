"""Lambda's code: streamed, compared with what AWS says of it, and never an address that opens it."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError

from collectors import Artifact, Scope
from collectors.answers import REFUSALS
from collectors.lambda_code import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read
from tests.simulation.running import session_in

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
ARN = f"arn:aws:lambda:us-east-1:{NUMBER}:function:invoices"
CODE = b"PK" + bytes(range(256)) * 4096  # 1 MiB, more than one chunk
SUM = base64.b64encode(hashlib.sha256(CODE).digest()).decode()
FUNCTION = {"FunctionName": "invoices", "FunctionArn": ARN, "CodeSha256": SUM, "CodeSize": len(CODE)}


def found(*names, **answers):
    """The artifacts by name, and the gaps."""
    told = Told("lambda", {"ListFunctions": {"Functions": [FUNCTION]}} | answers)
    everything = list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY, names), told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)]


def function_at(address, **changes):
    return {"Configuration": FUNCTION | changes, "Code": {"RepositoryType": "S3", "Location": address}}


class Store(BaseHTTPRequestHandler):
    """Gives the code at /code, half of it at /cut, and has nothing else."""

    def do_GET(self):
        self.send_response(200 if self.path in ("/code", "/cut") else 403)
        self.send_header("Content-Length", str(len(CODE)))
        self.end_headers()
        self.wfile.write(CODE if self.path == "/code" else CODE[: len(CODE) // 2])

    def log_message(self, *_):
        pass


@contextmanager
def served():
    server = HTTPServer(("127.0.0.1", 0), Store)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def store():
    """Where the code can be downloaded."""
    with served() as address:
        yield address


def test_the_code_is_downloaded_when_it_is_opened(store):
    artifacts, _ = found(GetFunction=function_at(f"{store}/code"))
    code = artifacts["invoices/code.zip"]
    assert (code.size, code.notes) == (len(CODE), {"code_sha256": SUM})
    assert read(code) == CODE


def test_the_code_is_not_held_in_memory(store):
    artifacts, _ = found(GetFunction=function_at(f"{store}/code"))
    with artifacts["invoices/code.zip"].open() as stream:
        assert stream.read(2) == b"PK"
        assert len(stream.peek()) < len(CODE) / 2


def test_code_that_is_not_what_aws_says_is_told_to_the_reader(store):
    artifacts, _ = found(GetFunction=function_at(f"{store}/code", CodeSha256="other"))
    with pytest.raises(OSError, match=f"its CodeSha256 is other, the download's {SUM.replace('+', '.')}"):
        read(artifacts["invoices/code.zip"])


def test_a_download_that_is_cut_off_is_told_to_the_reader(store):
    artifacts, _ = found(GetFunction=function_at(f"{store}/cut"))
    with pytest.raises(REFUSALS, match=r"IncompleteRead|read, but total bytes expected"):
        read(artifacts["invoices/code.zip"])


def test_an_address_that_has_expired_is_told_without_telling_it(store):
    artifacts, _ = found(GetFunction=function_at(f"{store}/gone?X-Amz-Signature=secret"))
    with pytest.raises(OSError, match=r"the code of invoices could not be downloaded: HTTP 403$"):
        artifacts["invoices/code.zip"].open()


def test_the_configuration_does_not_hold_the_address():
    artifacts, _ = found(GetFunction=function_at("https://code?X-Amz-Signature=secret"))
    assert json.loads(read(artifacts["invoices/configuration.json"]))["Code"] == {"RepositoryType": "S3"}


def test_a_container_image_is_a_gap_with_its_reason():
    artifacts, [gap] = found(ListFunctions={"Functions": [FUNCTION | {"PackageType": "Image"}]})
    assert "invoices/code.zip" not in artifacts
    assert (gap.kind, gap.subject) == (GapKind.UNSUPPORTED, f"{ARN}/code")


def test_a_function_without_a_policy_is_no_gap():
    artifacts, gaps = found(GetPolicy=error("ResourceNotFoundException"))
    assert "ResourceNotFoundException" in json.loads(read(artifacts["invoices/policy.json"]))["absent"]
    assert gaps == []


def test_one_refused_question_leaves_the_others():
    pages = [{"FunctionUrlConfigs": [{"AuthType": "NONE"}], "NextMarker": "m"}, {"FunctionUrlConfigs": []}]
    artifacts, _ = found(GetPolicy=error("AccessDeniedException"), ListFunctionUrlConfigs=pages)
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["invoices/policy.json"])
    assert json.loads(read(artifacts["invoices/urls.jsonl"]))["AuthType"] == "NONE"


def test_every_page_of_functions_is_read():
    second = FUNCTION | {"FunctionName": "orders", "FunctionArn": f"{ARN}-2"}
    pages = [{"Functions": [FUNCTION], "NextMarker": "m"}, {"Functions": [second]}]
    assert {"invoices/code.zip", "orders/code.zip"} <= set(found(ListFunctions=pages)[0])


@pytest.mark.parametrize("name", ["invoices", ARN])
def test_only_what_is_named_is_collected(name):
    others = {"Functions": [FUNCTION | {"FunctionName": "orders", "FunctionArn": "other"}, FUNCTION]}
    artifacts, gaps = found(name, ListFunctions=others)
    assert {one.split("/")[0] for one in artifacts} == {"invoices"}
    assert gaps == []


def test_a_function_that_is_not_there_is_a_gap_and_the_others_go_on():
    artifacts, [gap] = found("gone", "invoices")
    assert (gap.kind, gap.subject) == (GapKind.NOT_FOUND, "gone")
    assert "invoices/code.zip" in artifacts


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("TooManyRequestsException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_functions_that_cannot_be_listed_are_one_gap(problem, kind):
    artifacts, [gap] = found("invoices", ListFunctions=problem)
    assert (artifacts, gap.kind) == ({}, kind)


def test_no_functions_are_no_gap():
    assert found(ListFunctions={"Functions": []}) == ({}, [])


def test_the_code_in_the_simulated_account_is_what_aws_says(simulated):
    """Leans on the simulation: its addresses need no signature."""
    name = simulated["services"]["functions"]["function"]
    everything = collect(Scope("test", NUMBER, "us-east-1", DAY, DAY, (name,)), session_in(NUMBER))
    [code] = [one for one in everything if isinstance(one, Artifact) and one.name.endswith("code.zip")]
    assert base64.b64encode(hashlib.sha256(read(code)).digest()).decode() == code.notes["code_sha256"]
