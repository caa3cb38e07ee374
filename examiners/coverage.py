"""Log files against the digests that list them: altered, missing, slipped in, or not covered at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from examiners.asked import windows_in
from examiners.base import Member, Verdict
from examiners.chains import Chains, absent, verdict
from examiners.digests import (
    DIGEST_NAME,
    LOG_NAME,
    Digest,
    ListedLog,
    content_hash,
    day_of,
    in_name,
    name_of,
    place_of,
    time_in_name,
)
from examiners.streams import Unreadable

Listing = tuple[Digest, ListedLog]
Days = Mapping[tuple[str, ...], tuple[str, str]]


class Coverage:
    """What judged digests say of log files. A listing counts only as much as the digest that it is in."""

    def __init__(self, chains: Chains, logs: Sequence[Member]) -> None:
        self.chains = chains
        self.logs = logs
        self.listings: dict[str, list[Listing]] = defaultdict(list)
        for digest in chains.digests:
            for listed in digest.document.logFiles:
                self.listings[name_of(listed.s3Object)].append((digest, listed))

    def verdicts(self) -> Iterator[Verdict]:
        """One for each log file, then one for each listed file that is not there."""
        found: set[tuple[str, str]] = set()
        for log in self.logs:
            listings = self.listings_of(log)
            found |= {(listed.s3Bucket, listed.s3Object) for _, listed in listings}
            yield verdict(log, *self.judge(log, listings))
        yield from self.missing(found)

    def listings_of(self, log: Member) -> list[Listing]:
        """Where this file is listed: by bucket and key, or by the end of its path if it is a plain copy."""
        bucket, key = place_of(log)
        named = self.listings.get(name_of(key), [])
        if bucket:
            return [(digest, listed) for digest, listed in named if (listed.s3Bucket, listed.s3Object) == (bucket, key)]
        return [(digest, listed) for digest, listed in named if f"/{listed.s3Object}".endswith(f"/{key}")]

    def judge(self, log: Member, listings: Sequence[Listing]) -> tuple[str, str]:
        trusted = [listing for listing in listings if self.chains.state(listing[0]) != "altered"]
        if listings and not trusted:
            return "unverifiable", "only an altered digest lists it"
        if not listings:
            return self.unlisted(log)
        try:
            sha256 = content_hash(log)
        except Unreadable as error:
            return "altered", f"it cannot be unpacked: {error}"
        states = [self.chains.state(digest) for digest, listed in trusted if listed.hashValue.lower() == sha256]
        if not states:
            return "altered", "its content is not what its digest lists"
        if "valid" in states:
            return "valid", "its hash is in a signed digest"
        return "unverifiable", "its hash is in a digest whose signature could not be checked"

    def unlisted(self, log: Member) -> tuple[str, str]:
        key = place_of(log)[1]
        named, at = in_name(LOG_NAME, key), time_in_name(key)
        if named and at and any(covers(digest, named[1], named[2], at) for digest in self.chains.digests):
            return "unlisted", "the digest of its time does not list it"
        return "no_digest", "no digest in the evidence covers it"

    def missing(self, found: set[tuple[str, str]]) -> Iterator[Verdict]:
        """Listed, asked for, and not there."""
        days = self.collected_days()
        for digest in self.chains.digests:
            for listed in digest.document.logFiles:
                place = (listed.s3Bucket, listed.s3Object)
                if place in found or self.chains.state(digest) == "altered":
                    continue
                if self.is_wanted(digest, listed.s3Object, days):
                    found.add(place)
                    yield absent(place, f"listed in {digest.member.file}", digest)

    def is_wanted(self, digest: Digest, key: str, days: Days) -> bool:
        """By the times that were asked for; where a plain copy does not tell them, by the days of what is there."""
        if windows_in(digest):
            return self.chains.asked.is_log_wanted(digest, key)
        first, last = days.get(digest.chain[:2], ("", ""))
        return first <= day_of(key) <= last

    def collected_days(self) -> Days:
        """For each account and region the first and last day (YYYY/MM/DD) of which any file was collected."""
        days: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in (*self.logs, *(digest.member for digest in self.chains.digests)):
            key = place_of(member)[1]
            named = in_name(LOG_NAME, key) or in_name(DIGEST_NAME, key)
            if named:
                days[named[1], named[2]].append(day_of(key))
        return {name: (min(found), max(found)) for name, found in days.items()}


def covers(digest: Digest, account: str, region: str, at: datetime) -> bool:
    return digest.chain[:2] == (account, region) and digest.start <= at < digest.end
