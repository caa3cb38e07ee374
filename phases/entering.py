"""Taking on a role: credentials that renew themselves, clients made once, and calls that keep to shared rates.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError
from botocore.loaders import create_loader

from collectors.answers import code_of, is_throttled
from phases.rates import keep_to_rates
from plugins import NotReady

CONFIG = Config(
    retries={"mode": "adaptive", "max_attempts": 6},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=16,
    user_agent_extra="forensics-portal",
)
SESSION_SECONDS = 3600
SOONEST, SPREAD = 15, 30  # seconds; many runs that AWS turned away together do not come back together
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
LOADER = create_loader()  # reads the descriptions of AWS's services once for all sessions


@functools.cache
def known_regions() -> frozenset[str]:
    """The regions of all partitions, as the SDK of this installation knows them."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return frozenset(
        region
        for partition in core.get_available_partitions()
        for region in core.get_available_regions("ec2", partition)
    )


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """All that one AssumeRole says: which role, for what, in whose name, and no more rights than ``policy`` (JSON)."""

    role: str
    account: str
    external_id: str
    region: str
    name: str
    identity: str
    policy: str
    tags: Mapping[str, str] = field(default_factory=dict)
    seconds: int = SESSION_SECONDS


class RoleCredentials(RefreshableCredentials):
    """Renewed before they end, and once more when AWS says that they have."""

    is_stale = False

    def renewed(self, found: dict[str, str]) -> dict[str, str]:
        """Note that ``found`` is new."""
        self.is_stale = False
        return found

    def refresh_needed(self, refresh_in: int | None = None) -> bool:
        return self.is_stale or bool(super().refresh_needed(refresh_in))


class RoleSession(boto3.Session):
    """A session in a role; a client is made once for each service and region, for making one takes longest."""

    def __init__(self, core: botocore.session.Session, region: str) -> None:
        super().__init__(botocore_session=core, region_name=region)
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str | None], Any] = {}

    def client(self, service_name: str, region_name: str | None = None, **options: Any) -> Any:  # type: ignore[override]
        """Any further option makes a client of its own."""
        key = service_name, region_name or self.region_name
        with self._lock:
            if options:
                return super().client(service_name, region_name, **options)  # type: ignore[call-overload]
            if key not in self._made:
                self._made[key] = super().client(service_name, region_name)  # type: ignore[call-overload]
            return self._made[key]


class Provided:
    """How botocore is given credentials that are there already."""

    def __init__(self, credentials: RoleCredentials) -> None:
        self.credentials = credentials

    def load_credentials(self) -> RoleCredentials:
        return self.credentials


def portal_session(region: str, config: Config = CONFIG) -> RoleSession:
    """The portal's own session: an instance or task role, or whatever boto3 finds."""
    return RoleSession(core_with(config), region)


def core_with(config: Config) -> botocore.session.Session:
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    core.set_default_client_config(config)
    return core


def enter(asked: RoleRequest, portal: boto3.Session, config: Config = CONFIG) -> RoleSession:
    """A session in the role. Raises ClientError where AWS refuses it, NotReady where AWS is asked too often.

    Its credentials renew themselves with the same request, so that no renewed session can do more than the first.
    """
    sts = portal.client("sts")
    credentials = RoleCredentials.create_from_metadata(
        given(sts, asked),
        lambda: credentials.renewed(given(sts, asked)),
        "assume-role",
        advisory_timeout=asked.seconds // 4,
        mandatory_timeout=asked.seconds // 6,
    )
    core = core_with(config)
    core.register_component("credential_provider", Provided(credentials))
    session = RoleSession(core, asked.region)
    session.events.register("needs-retry", once_more_if_expired(credentials))
    keep_to_rates(session, asked.account)
    return session


def given(sts: Any, asked: RoleRequest) -> dict[str, str]:
    """Credentials of the role, in botocore's words. Raises ClientError and NotReady."""
    try:
        answer = sts.assume_role(
            RoleArn=asked.role,
            RoleSessionName=asked.name[:64],
            DurationSeconds=asked.seconds,
            **({"ExternalId": asked.external_id} if asked.external_id else {}),
            SourceIdentity=asked.identity,
            Policy=asked.policy,
            Tags=[{"Key": key, "Value": value} for key, value in asked.tags.items()],
        )
    except ClientError as problem:
        if is_throttled(problem):
            raise NotReady(seconds_until_next_try(asked), f"AWS answers too many calls: {problem}") from problem
        raise
    found = answer["Credentials"]
    return {
        "access_key": found["AccessKeyId"],
        "secret_key": found["SecretAccessKey"],
        "token": found["SessionToken"],
        "expiry_time": found["Expiration"].isoformat(),
    }


def seconds_until_next_try(asked: RoleRequest) -> int:
    """The same for the same session, another for most others."""
    return SOONEST + sum(asked.name.encode()) % SPREAD


def once_more_if_expired(credentials: RoleCredentials) -> Callable[..., Any]:
    """A hook that renews credentials which AWS calls expired, and has the call made once more with them.

    They are renewed by this only once: if AWS refuses the new ones as well, waiting or trying does not help.
    """
    lock, is_spent = threading.Lock(), threading.Event()

    def handle(response: Any, attempts: int, **_: Any) -> float | None:
        if attempts > 1 or not is_expired(response):
            return None
        with lock:
            if not is_spent.is_set():
                is_spent.set()
                renew(credentials)
        return 0

    return handle


def renew(credentials: RoleCredentials) -> None:
    """Raises what ``given`` raises."""
    credentials.is_stale = True
    try:
        credentials.get_frozen_credentials()
    finally:
        credentials.is_stale = False


def is_expired(response: Any) -> bool:
    """Whether a parsed answer says that the credentials have ended."""
    return response is not None and response[1].get("Error", {}).get("Code") in EXPIRED


def is_refused(problem: ClientError) -> bool:
    """AWS does not let the portal into the role."""
    return code_of(problem) in ("AccessDenied", "AccessDeniedException")
