"""What AWS is told to answer, call by call: for operations that moto lacks, and for errors that it never gives."""

from collections import defaultdict
from types import SimpleNamespace

import boto3
import botocore.session
from botocore.exceptions import ClientError
from botocore.loaders import create_loader
from botocore.parsers import ResponseParserError

LOADER = create_loader()  # reads the descriptions of AWS's services once for all sessions
HTML = ResponseParserError("not well-formed: <!doctype html><title>500</title>")


def error(code, message="no"):
    """AWS's refusal of a call."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def session(region="us-east-1"):
    """A session with keys that open nothing."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session("test", "test", region_name=region, botocore_session=core)


class Told:
    """A session whose calls get the answers told; ``asked`` holds the parameters of each call, by operation.

    An answer is a dict, an error to raise, or a function of the call's parameters; a list answers one call after another.
    An operation without an answer goes where the session goes: to moto, or nowhere.
    """

    def __init__(self, service, answers, aws=None):
        self.session = aws or session()
        self.answers, self.asked = dict(answers), defaultdict(list)
        self.session.events.register(f"provide-client-params.{service}", self.note)
        self.session.events.register(f"before-call.{service}", self.answer)

    def note(self, params, model, **_):
        self.asked[model.name].append(params)

    def answer(self, model, **_):
        if model.name not in self.answers:
            return None
        answer = self.answers[model.name]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        answer = answer(self.asked[model.name][-1]) if callable(answer) else answer
        if isinstance(answer, ClientError):
            return SimpleNamespace(status_code=400, raw=None), answer.response
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(status_code=200, raw=None), answer


def read(artifact):
    with artifact.open() as stream:
        return stream.read()
