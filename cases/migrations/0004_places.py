import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def name_jurisdictions(apps, schema_editor):
    """Accounts that nobody gave a jurisdiction lie in the portal's own."""
    apps.get_model("cases", "AwsAccount").objects.filter(jurisdiction="").update(jurisdiction="local")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_accounts_and_role_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authorization",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("jurisdiction", models.CharField(max_length=32)),
                ("place", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=2000)),
                ("legal_basis", models.CharField(max_length=2000)),
                ("authorized_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=2000)),
            ],
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("jurisdiction", models.CharField(max_length=32)),
                ("place", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=2000)),
                ("made_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_reason", models.CharField(blank=True, max_length=2000)),
            ],
        ),
        migrations.AddField(
            model_name="awsaccount",
            name="region_jurisdictions",
            field=models.JSONField(
                blank=True, default=dict, help_text="region -> jurisdiction, where it is another than the account's"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="place",
            field=models.CharField(default="local", help_text="where its events and reports lie", max_length=64),
        ),
        migrations.AlterField(
            model_name="awsaccount",
            name="jurisdiction",
            field=models.CharField(default="local", help_text="whose law its evidence is under", max_length=32),
        ),
        migrations.AlterField(
            model_name="custodyentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("opened", "Incident opened"),
                    ("transitioned", "State changed"),
                    ("identified", "Identified"),
                    ("requested", "Requested"),
                    ("received", "Received"),
                    ("acquired", "Acquired"),
                    ("acquisition_failed", "Acquisition failed"),
                    ("verified", "Verified"),
                    ("verification_failed", "Verification failed"),
                    ("sealed", "Sealed"),
                    ("accessed", "Accessed"),
                    ("downloaded", "Downloaded"),
                    ("exported", "Exported"),
                    ("examined", "Examined"),
                    ("validated", "Validated"),
                    ("indexed", "Indexed"),
                    ("analysed", "Analysed"),
                    ("decided", "Finding decided"),
                    ("gap_acknowledged", "Gap acknowledged"),
                    ("reported", "Report made"),
                    ("report_decided", "Report decided"),
                    ("hold_placed", "Legal hold placed"),
                    ("hold_released", "Legal hold released"),
                    ("access_granted", "Access granted"),
                    ("access_revoked", "Access revoked"),
                    ("run_cancelled", "Run cancelled"),
                    ("run_ended", "Run ended"),
                    ("changed", "Incident changed"),
                    ("settings_changed", "Settings changed"),
                    ("head_recorded", "Log head recorded"),
                    ("move_refused", "Refused by the region guard"),
                    ("copy_permitted", "Copy permitted"),
                    ("copied", "Copied"),
                    ("copied_cross_region", "Copied to another region"),
                    ("authorized", "Place authorised"),
                    ("authorization_withdrawn", "Authorisation withdrawn"),
                    ("policy_made", "Policy of places made"),
                    ("policy_withdrawn", "Policy of places withdrawn"),
                    ("corrected", "Corrected"),
                ],
                max_length=24,
            ),
        ),
        migrations.RunPython(name_jurisdictions, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="awsaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("jurisdiction", ""), _negated=True), name="account_has_a_jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="authorization",
            name="authorized_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="authorization",
            name="incident",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="authorizations", to="cases.incident"
            ),
        ),
        migrations.AddField(
            model_name="authorization",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_at__gt", models.F("authorized_at"))), name="authorization_ends_after"
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("jurisdiction", ""), _negated=True),
                    models.Q(("place", ""), _negated=True),
                    models.Q(("legal_basis", ""), _negated=True),
                ),
                name="authorization_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="authorization_withdrawn_by_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)), fields=("jurisdiction", "place"), name="policy_stands_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("jurisdiction", ""), _negated=True), models.Q(("place", ""), _negated=True)
                ),
                name="policy_names_both",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="policy_withdrawn_by_name",
            ),
        ),
    ]
