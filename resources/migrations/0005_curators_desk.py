from typing import Any

import django.db.models.deletion
import resources.models.web
import uuid
from django.conf import settings
from django.db import migrations, models


def hold_what_waits(apps: Any, schema_editor: Any) -> None:
    """What an import did not publish, and nobody has touched since, waits for a curator."""
    waiting = apps.get_model("resources", "SourceRecord").objects.filter(
        service__status="inactive", service__last_modified__lte=models.F("last_run__started_at")
    )
    apps.get_model("resources", "Service").objects.filter(pk__in=waiting.values("service")).update(held=True)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("resources", "0004_meetings_and_money"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assurance",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("right", "Still right"),
                            ("no_answer", "No answer"),
                            ("full", "Full"),
                            ("moved", "Moved"),
                            ("closed", "Closed"),
                        ],
                        max_length=20,
                        verbose_name="what was found",
                    ),
                ),
                ("made_at", models.DateTimeField(db_index=True, verbose_name="checked")),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
            ],
            options={
                "verbose_name": "check",
                "verbose_name_plural": "checks",
                "ordering": ("-made_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("claimed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Not decided yet"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("said", models.JSONField(default=dict, verbose_name="what they said")),
                ("note", models.TextField(blank=True, verbose_name="in their words")),
                ("accepted", models.JSONField(default=list, verbose_name="taken over")),
                ("stamp", models.CharField(max_length=64, null=True, unique=True)),
                (
                    "wrong",
                    models.CharField(
                        choices=[
                            ("unsafe", "I was treated badly, or it does not feel safe"),
                            ("closed", "It has closed"),
                            ("unreachable", "Nobody answers"),
                            ("full", "It is full"),
                            ("wrong", "Something here is wrong"),
                        ],
                        default="wrong",
                        max_length=20,
                        verbose_name="what is wrong",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("received_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("affiliation", "Belongs to"),
                            ("licence", "Licence or registration"),
                            ("accreditation", "Accreditation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Such as: BACP accredited counsellor.", max_length=255, verbose_name="name"
                    ),
                ),
                ("register", models.CharField(blank=True, max_length=255, verbose_name="register or body")),
                (
                    "number",
                    models.CharField(blank=True, max_length=60, verbose_name="number in the register"),
                ),
                (
                    "url",
                    resources.models.web.WebField(
                        blank=True, max_length=500, verbose_name="where to look it up"
                    ),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="looked up on")),
            ],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "who stands behind it",
                "ordering": ("kind", "name"),
            },
        ),
        migrations.CreateModel(
            name="Curator",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="curator",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("viewer", "Viewer: reads"),
                            ("editor", "Editor: writes and checks"),
                            ("reviewer", "Reviewer: also approves what others wrote"),
                            ("administrator", "Administrator: also says who may do what"),
                        ],
                        default="viewer",
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("regions", models.JSONField(blank=True, default=list, verbose_name="regions")),
                (
                    "edits_wait",
                    models.BooleanField(
                        default=False,
                        help_text="What an editor changes on a published record is shown once a reviewer has approved it.",
                        verbose_name="edits wait for a reviewer",
                    ),
                ),
            ],
            options={
                "verbose_name": "curator",
                "verbose_name_plural": "curators",
            },
        ),
        migrations.CreateModel(
            name="PendingEdit",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Not decided yet"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("model", models.CharField(max_length=60)),
                ("object_id", models.UUIDField(db_index=True)),
                ("name", models.CharField(max_length=255, verbose_name="record")),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
            ],
            options={
                "verbose_name": "edit that waits",
                "verbose_name_plural": "edits that wait",
                "ordering": ("received_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="ReplyAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=255)),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Not decided yet"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                ("said", models.JSONField(default=dict, verbose_name="what they said")),
                ("note", models.TextField(blank=True, verbose_name="in their words")),
                ("accepted", models.JSONField(default=list, verbose_name="taken over")),
                ("stamp", models.CharField(max_length=64, null=True, unique=True)),
            ],
            options={
                "verbose_name": "suggestion",
                "verbose_name_plural": "suggestions",
                "ordering": ("received_at", "id"),
            },
        ),
        migrations.AddField(
            model_name="service",
            name="all_options",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_about", "Does not advise on pregnancy"),
                    ("yes", "Offers or refers for all options"),
                    ("no", "Does not offer or refer for all options"),
                ],
                help_text="What the listing policy asks of counselling and clinics. Empty means not known.",
                max_length=20,
                verbose_name="pregnancy advice",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="full_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="found full on"),
        ),
        migrations.AddField(
            model_name="service",
            name="held",
            field=models.BooleanField(
                db_index=True, default=False, editable=False, verbose_name="held at loading"
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="said",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="service",
            name="unanswered",
            field=models.PositiveSmallIntegerField(
                default=0, editable=False, verbose_name="times tried without an answer"
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="unanswered_on",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="last tried without an answer on"
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="accreditations",
            field=models.TextField(blank=True, verbose_name="accreditation, in words"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(
                fields=["status", "assured_date", "kind"], name="resources_s_status_a815ab_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("all_options__in", ["not_about", "yes", "no", ""])),
                name="service_all_options",
            ),
        ),
        migrations.AddField(
            model_name="assurance",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assurance",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assurances", to="resources.service"
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="claims",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="corrections",
                to="resources.service",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="credentials",
                to="resources.service",
            ),
        ),
        migrations.AddField(
            model_name="curator",
            name="organizations",
            field=models.ManyToManyField(
                blank=True, related_name="curators", to="resources.organization", verbose_name="organizations"
            ),
        ),
        migrations.AddField(
            model_name="pendingedit",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pendingedit",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="pending_edits",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="replyaddress",
            name="correction",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reply_address",
                to="resources.correction",
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="suggestion",
            name="service",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="suggestions",
                to="resources.service",
            ),
        ),
        migrations.AddField(
            model_name="replyaddress",
            name="suggestion",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reply_address",
                to="resources.suggestion",
            ),
        ),
        migrations.AddConstraint(
            model_name="assurance",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["right", "no_answer", "full", "moved", "closed"])),
                name="assurance_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                name="correction_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("wrong__in", ["unsafe", "closed", "unreachable", "full", "wrong"])),
                name="correction_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["affiliation", "licence", "accreditation"])),
                name="credential_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="curator",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["viewer", "editor", "reviewer", "administrator"])),
                name="curator_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                name="pending_edit_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingedit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "open")),
                fields=("model", "object_id", "made_by"),
                name="pending_edit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                name="suggestion_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="replyaddress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction__isnull", True), ("suggestion__isnull", False)),
                    models.Q(("correction__isnull", False), ("suggestion__isnull", True)),
                    _connector="OR",
                ),
                name="reply_address_one_owner",
            ),
        ),
        migrations.RunPython(hold_what_waits, migrations.RunPython.noop),
    ]
