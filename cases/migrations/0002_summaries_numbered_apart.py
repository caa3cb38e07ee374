from django.db import migrations, models
from django.db.models import F, OuterRef, Q, Subquery

SUMMARY = Q(question="principal_summary")


def go_on_behind_the_old_numbers(apps, schema_editor):
    """Summaries keep the numbers that they got from the findings' counter; new ones come after them."""
    apps.get_model("cases", "Incident").objects.update(last_summary=F("last_finding"))


def put_behind_the_findings(apps, schema_editor):
    """One series again: summaries move behind the last finding, where no number was ever given out."""
    Incident, Finding = apps.get_model("cases", "Incident"), apps.get_model("cases", "Finding")
    last = Incident.objects.filter(pk=OuterRef("incident")).values("last_finding")
    Finding.objects.filter(SUMMARY).update(number=F("number") + Subquery(last))
    Incident.objects.update(last_finding=F("last_finding") + F("last_summary"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.AddField("incident", "last_summary", models.PositiveIntegerField(default=0)),
        migrations.RemoveConstraint("finding", "finding_number_once"),
        migrations.RunPython(go_on_behind_the_old_numbers, put_behind_the_findings),
        migrations.AddConstraint(
            "finding",
            models.UniqueConstraint(fields=["incident", "number"], condition=~SUMMARY, name="finding_number_once"),
        ),
        migrations.AddConstraint(
            "finding",
            models.UniqueConstraint(fields=["incident", "number"], condition=SUMMARY, name="summary_number_once"),
        ),
    ]
