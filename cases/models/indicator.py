from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from cases.models.finding import INDICATORS, Finding
from cases.models.incident import Incident

KINDS = (
    *("ipv4-addr", "ipv6-addr", "domain-name", "url", "file"),
    *("user-account", "x-aws-access-key", "user-agent"),
)
TYPED = "typed"  # the origin of what nobody had in a file


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def with_finding(self) -> Self:
        """Annotate ``finding_number`` and ``matches``: where the newest analysis saw it; None where it did not."""
        found = Finding.objects.filter(
            incident=OuterRef("incident"),
            question=INDICATORS,
            entity_kind=OuterRef("kind"),
            entity=OuterRef("value"),
            is_current=True,
        )
        return self.annotate(
            finding_number=Subquery(found.values("number")[:1]), matches=Subquery(found.values("count")[:1])
        )

    def seen(self) -> Self:
        return self.filter(matches__isnull=False)


class Indicator(models.Model):
    """A value that somebody says is the attacker's: it is looked for in all events of the incident.

    Its kind is a STIX 2.1 type, and its value is written in the one way that ``analyzers.stix`` gives it.
    """

    class Kind(models.TextChoices):
        IPV4 = "ipv4-addr", _("IPv4 address or range")
        IPV6 = "ipv6-addr", _("IPv6 address or range")
        DOMAIN = "domain-name", _("Domain")
        URL = "url", _("URL")
        FILE = "file", _("File hash")
        ACCOUNT = "user-account", _("Principal")
        ACCESS_KEY = "x-aws-access-key", _("Access key")
        AGENT = "user-agent", _("User agent")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="indicators")
    kind = models.CharField(max_length=32, choices=Kind.choices)
    value = models.CharField(max_length=1500)
    label = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=300, help_text=_("the name of the file, or how it came otherwise"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind", "value"], name="indicator_once_per_incident"),
            models.CheckConstraint(condition=~Q(value=""), name="indicator_has_a_value"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="indicator_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
