"""What AWS answers, said by the test: for calls that moto does not know, for refusals, and for answers that are none.

The answer is given where botocore would send the call, so that its retries are over; nothing of ours is replaced.
"""

from itertools import chain, repeat

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError

from collectors import Artifact
from plugins import Gap

LOADER = create_loader()  # reads the descriptions of AWS's services once for all tests


def session_of_a_test():
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session("test", "test", region_name="us-east-1", botocore_session=core)


def says(session, operation, *answers):
    """Answer each call of ``operation`` ("logs.FilterLogEvents"), the last answer for ever; returns what is asked.

    Of two that are said for one operation the first holds. Clients that were made before do not hear it.
    """
    given, asked = chain(answers, repeat(answers[-1])), []
    session.events.register(f"provide-client-params.{operation}", lambda params, **_: asked.append(dict(params)))
    session.events.register_first(f"before-call.{operation}", lambda **_: answer(next(given)))
    return asked


def answer(said):
    """A dict is an answer; a text is the code of an error; an exception is raised."""
    if isinstance(said, Exception):
        raise said
    body = {"Error": {"Code": said, "Message": "AWS says no"}} if isinstance(said, str) else said
    return AWSResponse("https://aws", 400 if isinstance(said, str) else 200, {}, None), {"ResponseMetadata": {}, **body}


PAGE_OF_HTML = ResponseParserError("not well-formed: <!doctype html><title>500 Internal Server Error</title>")


def gaps(found):
    return [(one.kind.value, one.subject) for one in found if isinstance(one, Gap)]


def artifacts(found):
    return [one for one in found if isinstance(one, Artifact)]


def names(found):
    return [one.name for one in artifacts(found)]


def read(artifact):
    with artifact.open() as stream:
        return stream.read()


def refusal_of(artifact):
    """AWS's code where reading it is refused."""
    try:
        read(artifact)
    except ClientError as problem:
        return problem.response["Error"]["Code"]
    return None
