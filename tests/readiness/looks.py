"""Looks at the forensic environment that were written down, without any AWS."""

from django.utils import timezone

from cases.actions.readiness import Seen, claim_readiness, record_readiness, request_readiness
from phases.readiness import as_result
from readiness import Observation, Outcome, checks, judged, score_of

HOSTILE = 'An error occurred (AccessDenied): <script>alert("1")</script> \u202egnp.exe'


def looked(by, share=0.5, hostile=HOSTILE):
    """A finished look: that share of the checks passed, the others came out in each other way in turn."""
    verdicts = [(check, verdict_for(number, share, hostile)) for number, check in enumerate(checks)]
    score = score_of([(check.weight, verdict.outcome) for check, verdict in verdicts])
    results = [as_result(check, verdict) for check, verdict in verdicts]
    request, _ = request_readiness(by=by)
    seen = Seen(timezone.now(), score.points, score.passed, score.total, results)
    return record_readiness(request=request, attempt=claim_readiness(request=request), seen=seen)


def verdict_for(number, share, hostile):
    rest = (Outcome.FAILED, Outcome.NOT_KNOWN, Outcome.PARTLY)
    outcome = Outcome.PASSED if number < share * len(checks.all()) else rest[number % 3]
    asked = "s3:GetBucketPolicy in log-archive (100000000002), us-east-1"
    return judged([Observation(outcome, "The archive was looked at.", asked, hostile)], "Mend it.")
