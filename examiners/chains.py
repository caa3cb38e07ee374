"""Digest chains, walked from the newest to the oldest: each digest vouches for the one before it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from examiners.asked import Asked
from examiners.base import Member, Verdict
from examiners.digests import Digest, Place, PublicKey, is_signed, place_of, signature_of

Spot = tuple[str, int, int]
BACKFILL = "_backfill"


class Chains:
    """The digests of an incident with what became of each: ``states`` by where it lies in the evidence."""

    def __init__(
        self, digests: Sequence[Digest], keys: Mapping[str, PublicKey], unreadable: Sequence[Member] = ()
    ) -> None:
        self.keys = keys
        self.asked = Asked(digests)
        self.states: dict[Spot, str] = {}
        self.digests = sorted(digests, key=lambda digest: digest.end, reverse=True)
        self.there = {digest.place for digest in digests} | {place_of(member) for member in unreadable}
        self.successors: dict[Place, list[Digest]] = defaultdict(list)
        for digest in digests:
            if digest.previous:
                self.successors[digest.previous].append(digest)

    def verdicts(self) -> Iterator[Verdict]:
        """One for each digest, one for each that its successor names and that is not there, one for each hole."""
        for digest in self.digests:
            state, detail = self.judge(digest)
            self.states[spot(digest.member)] = state
            yield verdict(digest.member, state, detail)
        for chain in self.chains():
            yield from self.missing(chain)
            yield from self.holes(chain)

    def judge(self, digest: Digest) -> tuple[str, str]:
        """State and reason of one digest; its successors have been judged before it."""
        successors = [newer for newer in self.successors[digest.place] if self.state(newer) != "altered"]
        if digest.place != digest.claimed:
            return "altered", f"moved: it was written for {url(digest.claimed)}"
        if any(newer.document.previousDigestHashValue != digest.sha256 for newer in successors):
            return "altered", "its hash is not the one that the next digest names"
        heard = [newer.document.previousDigestSignature or "" for newer in successors]
        return self.judge_signature(digest, signature_of(digest.member) or next(iter(heard), ""))

    def judge_signature(self, digest: Digest, signature: str) -> tuple[str, str]:
        fingerprint = digest.document.digestPublicKeyFingerprint.lower()
        key = self.keys.get(fingerprint)
        if not signature:
            return "unverifiable", "its signature (S3 metadata) was not kept with it"
        if key is None:
            return "unverifiable", f"the public key {fingerprint} is not among the evidence"
        # A backfill digest is signed when it is made, long after the time that it covers.
        if digest.chain[-1] != BACKFILL and not key.start <= digest.end <= key.end:
            return "unverifiable", f"the public key {fingerprint} was not in use at its time"
        if not is_signed(digest, signature, key):
            return "altered", "its signature does not fit its content"
        return "valid", "signature and chain hold" if digest.previous else "signature holds; a chain begins here"

    def state(self, digest: Digest) -> str:
        return self.states.get(spot(digest.member), "unverifiable")

    def chains(self) -> Iterator[list[Digest]]:
        """The digests of each chain, oldest first."""
        chains: dict[tuple[str, ...], list[Digest]] = defaultdict(list)
        for digest in reversed(self.digests):
            chains[digest.chain].append(digest)
        yield from (chains[name] for name in sorted(chains))

    def missing(self, chain: Sequence[Digest]) -> Iterator[Verdict]:
        """Named by a digest, wanted, and not there. The oldest one's predecessor lies before what was collected."""
        for digest in chain[1:]:
            before = digest.previous
            if not before or before in self.there or self.state(digest) == "altered":
                continue
            if self.asked.is_digest_wanted(digest, before[1]):
                yield absent(before, f"named by the digest {digest.member.file}", digest)

    def holes(self, chain: Sequence[Digest]) -> Iterator[Verdict]:
        """Times between two digests of one chain that no digest covers. Backfill digests do not follow closely."""
        if not chain or chain[0].chain[-1] == BACKFILL:
            return
        for older, newer in pairwise(chain):
            if older.end < newer.start and self.asked.is_hole_wanted(older, newer):
                yield hole(older, newer)


def hole(older: Digest, newer: Digest) -> Verdict:
    times = f"{older.end:%Y-%m-%dT%H:%M:%SZ}/{newer.start:%Y-%m-%dT%H:%M:%SZ}"
    return Verdict(f"{' '.join(filter(None, newer.chain))} {times}", "no_digest", "no digest covers this time")


def verdict(member: Member, state: str, detail: str) -> Verdict:
    return Verdict(member.file, state, detail, member.evidence, member.part, member.index)


def absent(place: Place, detail: str, digest: Digest) -> Verdict:
    """What ``digest`` speaks of and is not there: it is held against the exhibit that the digest lies in."""
    return Verdict(url(place), "missing", detail, digest.member.evidence)


def spot(member: Member) -> Spot:
    return member.evidence, member.part, member.index


def url(place: Place) -> str:
    return f"s3://{place[0]}/{place[1]}"
