from django.db import migrations, models
from django.db.models import F, OuterRef, Q, Subquery

OLD, NEW = Q(question="principal_summary"), Q(question__in=["principal_summary", "leads", "s3_objects"])


def move(apps, behind, given):
    """Number the hints on behind the last of another counter, where no number was ever given out."""
    Incident, Finding = apps.get_model("cases", "Incident"), apps.get_model("cases", "Finding")
    hints = Finding.objects.filter(NEW & ~OLD)
    touched = list(hints.order_by().values_list("incident", flat=True).distinct())
    last = Incident.objects.filter(pk=OuterRef("incident")).values(behind)
    hints.update(number=F("number") + Subquery(last))
    Incident.objects.filter(pk__in=touched).update(**{behind: F(behind) + F(given)})


def put_behind_the_summaries(apps, schema_editor):
    """What came back from a step backwards; before the first step there is nothing to move."""
    move(apps, "last_summary", "last_finding")


def put_behind_the_findings(apps, schema_editor):
    move(apps, "last_finding", "last_summary")


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_plan")]

    operations = [
        migrations.RemoveConstraint("finding", "finding_number_once"),
        migrations.RemoveConstraint("finding", "summary_number_once"),
        migrations.RunPython(put_behind_the_summaries, put_behind_the_findings),
        migrations.AddConstraint(
            "finding",
            models.UniqueConstraint(fields=["incident", "number"], condition=~NEW, name="finding_number_once"),
        ),
        migrations.AddConstraint(
            "finding",
            models.UniqueConstraint(fields=["incident", "number"], condition=NEW, name="summary_number_once"),
        ),
    ]
