"""The tables of the directory, and the text index of the database in use (`resources.search.backends`)."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import django.utils.timezone
import resources.models.codes
import resources.models.dates
import resources.models.web
import resources.vocabulary
import uuid
from django.conf import settings
from django.db import migrations, models

from resources.migrations._operations import TEXT_INDEX


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("listing_ids", models.JSONField(default=list, null=True)),
                ("projection_digest", models.CharField(blank=True, max_length=64)),
                ("made_date", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CatalogueWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "name",
                    models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name="job"),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("outcome", models.CharField(blank=True, max_length=10, verbose_name="outcome")),
                ("detail", models.CharField(blank=True, max_length=255, verbose_name="what it did")),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("organization_id", models.UUIDField(db_index=True)),
                ("kind", models.SmallIntegerField()),
                ("fit", models.SmallIntegerField()),
                ("section", models.SmallIntegerField()),
                ("on_request", models.SmallIntegerField()),
                ("cost", models.BigIntegerField()),
                ("formats", models.BigIntegerField()),
                ("losses", models.BigIntegerField()),
                ("audiences", models.BigIntegerField()),
                ("led_by", models.BigIntegerField()),
                ("access", models.BigIntegerField()),
                ("payments", models.BigIntegerField()),
                ("languages", models.TextField()),
                ("content_notes", models.BigIntegerField()),
                ("content_clear", models.BigIntegerField()),
                ("countries", models.BigIntegerField()),
                ("accessibility", models.BigIntegerField()),
                ("min_price", models.IntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("cell", models.IntegerField(default=-1)),
                ("cell2", models.IntegerField(default=-1)),
                ("x", models.FloatField(null=True)),
                ("y", models.FloatField(null=True)),
                ("z", models.FloatField(null=True)),
                ("assured_on", models.IntegerField(default=0)),
                ("name_key", models.CharField(max_length=255)),
                ("rank", models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(unique=True, verbose_name="short name")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("url", resources.models.web.WebField(blank=True, max_length=500, verbose_name="web page")),
                ("licence", models.CharField(blank=True, max_length=255, verbose_name="licence")),
                (
                    "publishes",
                    models.BooleanField(
                        default=False,
                        help_text="Whether its services are shown before a curator has checked them.",
                        verbose_name="publishes unassured",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Taxonomy",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("uri", resources.models.web.WebField(blank=True, max_length=500, verbose_name="web page")),
                ("version", models.CharField(blank=True, max_length=40, verbose_name="version")),
            ],
            options={
                "verbose_name": "taxonomy",
                "verbose_name_plural": "taxonomies",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("claimed_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListingText",
            fields=[
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="resources.listing",
                    ),
                ),
                ("card", models.JSONField()),
                ("name_exact", models.CharField(db_index=True, max_length=255)),
                ("organization_exact", models.CharField(db_index=True, max_length=255)),
                ("name_words", models.TextField()),
                ("term_words", models.TextField()),
                ("organization_words", models.TextField()),
                ("text_words", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("alternate_name", models.CharField(blank=True, max_length=255, verbose_name="other name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "website",
                    resources.models.web.WebField(blank=True, max_length=500, verbose_name="website"),
                ),
                (
                    "operator_stated",
                    models.BooleanField(
                        default=True,
                        help_text="Untick where the source names a place but not who runs it.",
                        verbose_name="operator stated",
                    ),
                ),
                ("last_modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "parent_organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="parts",
                        to="resources.organization",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "ordering": ("name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="organization_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent_organization__isnull", True),
                            models.Q(("parent_organization", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="organization_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "location_type",
                    models.CharField(
                        choices=[("physical", "Physical"), ("virtual", "Virtual"), ("postal", "Postal")],
                        default="physical",
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("transportation", models.TextField(blank=True, verbose_name="how to get there")),
                (
                    "url",
                    resources.models.web.WebField(blank=True, max_length=500, verbose_name="web address"),
                ),
                ("address_1", models.CharField(blank=True, max_length=255, verbose_name="street")),
                (
                    "address_2",
                    models.CharField(blank=True, max_length=255, verbose_name="street, second line"),
                ),
                ("city", models.CharField(blank=True, max_length=120, verbose_name="town")),
                ("region", models.CharField(blank=True, max_length=10, verbose_name="state or region")),
                ("postal_code", models.CharField(blank=True, max_length=20, verbose_name="postal code")),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="Two letters, such as US.", max_length=2, verbose_name="country"
                    ),
                ),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                (
                    "precision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("exact", "The address"),
                            ("town", "The town only"),
                            ("area", "The postal area only"),
                        ],
                        max_length=10,
                        verbose_name="how exact the point is",
                    ),
                ),
                ("last_modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="locations",
                        to="resources.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "ordering": ("country", "region", "city", "name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("location_type__in", ["physical", "virtual", "postal"])),
                        name="location_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("precision__in", ["exact", "town", "area", ""])),
                        name="location_precision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("latitude__isnull", True), ("longitude__isnull", True), ("precision", "")
                            ),
                            models.Q(
                                ("latitude__gte", -90),
                                ("latitude__lte", 90),
                                ("longitude__gte", -180),
                                ("longitude__lte", 180),
                                models.Q(("precision", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="location_point_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("location_type", "virtual"), _negated=True),
                            models.Q(("url", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="location_virtual_has_url",
                    ),
                ],
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
                ("regions", models.JSONField(blank=True, default=list, verbose_name="regions")),
                (
                    "edits_wait",
                    models.BooleanField(
                        default=False,
                        help_text="What an editor changes on a published record is shown once a reviewer has approved it.",
                        verbose_name="edits wait for a reviewer",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="By which “today” goes for this person, such as Pacific/Auckland. Empty: the site's own.",
                        max_length=60,
                        verbose_name="time zone",
                    ),
                ),
                (
                    "organizations",
                    models.ManyToManyField(
                        blank=True,
                        related_name="curators",
                        to="resources.organization",
                        verbose_name="organizations",
                    ),
                ),
            ],
            options={
                "verbose_name": "curator",
                "verbose_name_plural": "curators",
            },
        ),
        migrations.CreateModel(
            name="OrganizationIdentifier",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "identifier_scheme",
                    models.CharField(
                        blank=True,
                        help_text="Such as US-EIN or GB-CHC.",
                        max_length=60,
                        verbose_name="scheme",
                    ),
                ),
                ("identifier_type", models.CharField(max_length=120, verbose_name="type")),
                ("identifier", models.CharField(max_length=120, verbose_name="identifier")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identifiers",
                        to="resources.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "identifier",
                "verbose_name_plural": "identifiers",
                "ordering": ("identifier_type", "identifier"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "identifier_type", "identifier"), name="identifier_once"
                    )
                ],
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
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pending_edits",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "edit that waits",
                "verbose_name_plural": "edits that wait",
                "ordering": ("received_at", "id"),
                "permissions": (("approve_pendingedit", "Can approve edits of others"),),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                        name="pending_edit_decision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "open")),
                        fields=("model", "object_id", "made_by"),
                        name="pending_edit_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("postal_code", "postal code"), ("town", "town")],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        help_text="Two letters, such as US.", max_length=2, verbose_name="country"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="As it is looked up: 75201, M1, T2P, 3000, D02.",
                        max_length=5,
                        verbose_name="postal code",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_key", models.CharField(max_length=200, verbose_name="name, folded")),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        help_text="Such as TX, ON, NSW or ENG.",
                        max_length=3,
                        verbose_name="region",
                    ),
                ),
                (
                    "county",
                    models.CharField(
                        blank=True,
                        help_text="United States and Britain only.",
                        max_length=100,
                        verbose_name="county",
                    ),
                ),
                ("latitude", models.FloatField(verbose_name="latitude")),
                ("longitude", models.FloatField(verbose_name="longitude")),
                (
                    "population",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Of the town; for a postal code, of the largest town within 20 km, to settle codes two share.",
                        verbose_name="population",
                    ),
                ),
                (
                    "spread_km",
                    models.FloatField(
                        default=0,
                        help_text="Kilometres between the places one postal code covers.",
                        verbose_name="spread",
                    ),
                ),
                ("timezone", models.CharField(blank=True, max_length=40, verbose_name="time zone")),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "gazetteer",
                "ordering": ("country", "name", "id"),
                "indexes": [
                    models.Index(fields=["code", "country"], name="place_code"),
                    models.Index(fields=["name_key", "-population"], name="place_name"),
                    models.Index(fields=["latitude", "longitude"], name="place_point"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["postal_code", "town"])), name="place_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "town"), ("code", "")),
                            models.Q(("kind", "postal_code"), models.Q(("code", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="place_code_fits_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latitude__gte", -90),
                            ("latitude__lte", 90),
                            ("longitude__gte", -180),
                            ("longitude__lte", 180),
                        ),
                        name="place_point_on_earth",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "postal_code")),
                        fields=("country", "code"),
                        name="place_postal_code_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(max_length=60)),
                ("object_id", models.UUIDField()),
                ("name", models.CharField(max_length=255)),
                ("made_at", models.DateTimeField()),
                ("comment", models.TextField(blank=True)),
                ("modified_at", models.DateTimeField(null=True)),
                ("was_published", models.BooleanField(default=False)),
                ("snapshot", models.JSONField()),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("alternate_name", models.CharField(blank=True, max_length=255, verbose_name="other name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("support_group", "Support group"),
                            ("forum", "Online community"),
                            ("peer_mentor", "One-to-one peer support"),
                            ("counselling", "Counselling"),
                            ("helpline", "Helpline or text line"),
                            ("crisis_line", "Crisis line"),
                            ("bereavement_care", "Hospital or community bereavement team"),
                            ("clinic", "Low-cost clinic"),
                            ("practical_help", "Practical help"),
                            ("financial_help", "Help with costs"),
                            ("remembrance", "Remembrance"),
                            ("directory", "Where to look further"),
                            ("information", "Information"),
                        ],
                        max_length=40,
                        verbose_name="kind",
                    ),
                ),
                (
                    "fit",
                    models.CharField(
                        choices=[
                            ("specialist", "Made for pregnancy loss"),
                            ("perinatal_or_grief", "For pregnancy, birth or any bereavement"),
                            ("general", "For anyone"),
                        ],
                        default="general",
                        max_length=40,
                        verbose_name="how close to pregnancy loss",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("inactive", "Inactive"),
                            ("defunct", "Defunct"),
                            ("temporarily closed", "Temporarily closed"),
                        ],
                        default="inactive",
                        max_length=40,
                        verbose_name="status",
                    ),
                ),
                (
                    "status_reason",
                    models.CharField(
                        blank=True,
                        help_text="Why it is not shown. Curators see this, visitors do not.",
                        max_length=255,
                        verbose_name="reason for the status",
                    ),
                ),
                (
                    "held",
                    models.BooleanField(
                        db_index=True, default=False, editable=False, verbose_name="held at loading"
                    ),
                ),
                (
                    "alert",
                    models.TextField(
                        blank=True, help_text="A short-term notice shown to visitors.", verbose_name="alert"
                    ),
                ),
                ("url", resources.models.web.WebField(blank=True, max_length=500, verbose_name="web page")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "formats",
                    resources.models.codes.CodesField(
                        resources.vocabulary.Format, blank=True, default=(), verbose_name="how people meet"
                    ),
                ),
                (
                    "losses",
                    resources.models.codes.CodesField(
                        resources.vocabulary.Loss, blank=True, default=(), verbose_name="losses"
                    ),
                ),
                (
                    "led_by",
                    resources.models.codes.CodesField(
                        resources.vocabulary.LedBy, blank=True, default=(), verbose_name="led by"
                    ),
                ),
                (
                    "access",
                    resources.models.codes.CodesField(
                        resources.vocabulary.Access, blank=True, default=(), verbose_name="how to join"
                    ),
                ),
                (
                    "payments",
                    resources.models.codes.CodesField(
                        resources.vocabulary.Payment, blank=True, default=(), verbose_name="payments accepted"
                    ),
                ),
                (
                    "content_notes",
                    resources.models.codes.CodesField(
                        resources.vocabulary.ContentNote, blank=True, default=(), verbose_name="content notes"
                    ),
                ),
                (
                    "content_clear",
                    resources.models.codes.CodesField(
                        resources.vocabulary.ContentNote,
                        blank=True,
                        default=(),
                        help_text="Ticked only when someone has looked. Not ticked here or above means not known.",
                        verbose_name="known to be clear of",
                    ),
                ),
                ("application_process", models.TextField(blank=True, verbose_name="how to join, in words")),
                ("fees_description", models.TextField(blank=True, verbose_name="cost, in words")),
                (
                    "fee_rule",
                    models.CharField(
                        blank=True,
                        choices=[("health_center", "US health center: sliding fee by law")],
                        help_text="A rule that binds it by law, whatever its own table says.",
                        max_length=20,
                        verbose_name="rule its fees keep to",
                    ),
                ),
                (
                    "proof_of_income",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_asked", "No proof of income needed"),
                            ("own_word", "Your own word is enough"),
                            ("needed", "Proof of income needed"),
                        ],
                        max_length=20,
                        verbose_name="proof of income",
                    ),
                ),
                ("interpretation_services", models.TextField(blank=True, verbose_name="interpreters")),
                (
                    "eligibility_description",
                    models.TextField(blank=True, verbose_name="who it is for, in words"),
                ),
                ("accreditations", models.TextField(blank=True, verbose_name="accreditation, in words")),
                (
                    "all_options",
                    models.CharField(
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
                (
                    "minimum_age",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="youngest age"),
                ),
                (
                    "maximum_age",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="oldest age"),
                ),
                ("assured_date", models.DateField(blank=True, null=True, verbose_name="last checked on")),
                (
                    "assurer_email",
                    models.EmailField(
                        blank=True,
                        help_text="A role's mailbox, never a person's own.",
                        max_length=254,
                        verbose_name="checked by",
                    ),
                ),
                (
                    "full_date",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="found full on"),
                ),
                (
                    "last_unanswered_date",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="last tried without an answer on"
                    ),
                ),
                (
                    "unanswered_count",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="times tried without an answer"
                    ),
                ),
                ("attribution", models.JSONField(default=dict, editable=False)),
                ("last_modified", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="services",
                        to="resources.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "service",
                "verbose_name_plural": "services",
                "ordering": ("name", "id"),
                "permissions": (
                    ("export_service", "Can export services"),
                    ("assure_service", "Can check services"),
                    ("publish_service", "Can publish services"),
                    ("withdraw_service", "Can withdraw services"),
                    ("tag_service", "Can tag many services at once"),
                    ("restore_service", "Can put records back as they were"),
                ),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="service_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "support_group",
                                    "forum",
                                    "peer_mentor",
                                    "counselling",
                                    "helpline",
                                    "crisis_line",
                                    "bereavement_care",
                                    "clinic",
                                    "practical_help",
                                    "financial_help",
                                    "remembrance",
                                    "directory",
                                    "information",
                                ],
                            )
                        ),
                        name="service_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fit__in", ["specialist", "perinatal_or_grief", "general"])),
                        name="service_fit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["active", "inactive", "defunct", "temporarily closed"])
                        ),
                        name="service_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_rule__in", ["health_center", ""])), name="service_fee_rule"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proof_of_income__in", ["not_asked", "own_word", "needed", ""])),
                        name="service_proof_of_income",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("all_options__in", ["not_about", "yes", "no", ""])),
                        name="service_all_options",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("formats__gte", 0), ("formats__lte", 4095)),
                        name="service_formats",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("losses__gte", 0), ("losses__lte", 32767)), name="service_losses"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("led_by__gte", 0), ("led_by__lte", 31)), name="service_led_by"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("access__gte", 0), ("access__lte", 511)), name="service_access"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payments__gte", 0), ("payments__lte", 8191)),
                        name="service_payments",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content_notes__gte", 0), ("content_notes__lte", 63)),
                        name="service_content_notes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content_clear__gte", 0), ("content_clear__lte", 63)),
                        name="service_content_clear",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_age__isnull", True),
                            ("maximum_age__isnull", True),
                            ("minimum_age__lte", models.F("maximum_age")),
                            _connector="OR",
                        ),
                        name="service_ages_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequiredDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("document", models.CharField(max_length=255, verbose_name="document")),
                (
                    "uri",
                    resources.models.web.WebField(
                        blank=True, max_length=500, verbose_name="web page about it"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="required_documents",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "document to bring",
                "verbose_name_plural": "documents to bring",
                "ordering": ("document",),
            },
        ),
        migrations.AddField(
            model_name="listing",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="listings", to="resources.service"
            ),
        ),
        migrations.CreateModel(
            name="Language",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="A BCP 47 code, such as en or es.", max_length=20, verbose_name="language"
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="languages",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "language",
                "verbose_name_plural": "languages",
                "ordering": ("code",),
                "constraints": [models.UniqueConstraint(fields=("service", "code"), name="language_once")],
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
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "who stands behind it",
                "ordering": ("kind", "name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["affiliation", "licence", "accreditation"])),
                        name="credential_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CostOption",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("free", "Free"),
                            ("donation", "Free, donation welcome"),
                            ("sliding_scale", "Sliding scale"),
                            ("reduced_fee", "Reduced fee"),
                            ("fixed", "Fixed price"),
                            ("insurance", "Insurance accepted"),
                            ("unknown", "Cost not stated"),
                        ],
                        max_length=20,
                        verbose_name="kind of cost",
                    ),
                ),
                ("option", models.CharField(blank=True, max_length=255, verbose_name="for whom or what")),
                (
                    "amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="from"
                    ),
                ),
                (
                    "amount_max",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="to"
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{3}$", "Three capital letters, such as USD."
                            )
                        ],
                        verbose_name="currency",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("session", "a session"),
                            ("visit", "a visit"),
                            ("month", "a month"),
                            ("year", "a year"),
                            ("once", "once"),
                        ],
                        max_length=20,
                        verbose_name="for",
                    ),
                ),
                ("amount_description", models.TextField(blank=True, verbose_name="in words")),
                ("is_joining_fee", models.BooleanField(default=False, verbose_name="a joining fee")),
                (
                    "percent_off",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="A discount of the full fee: 80 means that 20 percent is left to pay.",
                        max_digits=4,
                        null=True,
                        verbose_name="percent off",
                    ),
                ),
                (
                    "full_fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="full fee"
                    ),
                ),
                (
                    "guideline_over",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=5,
                        null=True,
                        verbose_name="over percent of the guideline",
                    ),
                ),
                (
                    "guideline_up_to",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=5,
                        null=True,
                        verbose_name="up to percent of the guideline",
                    ),
                ),
                (
                    "income_over",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=11,
                        null=True,
                        verbose_name="income over, a year",
                    ),
                ),
                (
                    "income_up_to",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=11,
                        null=True,
                        verbose_name="income up to, a year",
                    ),
                ),
                (
                    "household_from",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="household from"),
                ),
                (
                    "household_to",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="household to"),
                ),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="price last checked on")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cost_options",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "ordering": ("is_joining_fee", models.OrderBy(models.F("amount"), nulls_last=True), "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "free",
                                    "donation",
                                    "sliding_scale",
                                    "reduced_fee",
                                    "fixed",
                                    "insurance",
                                    "unknown",
                                ],
                            )
                        ),
                        name="cost_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["session", "visit", "month", "year", "once", ""])),
                        name="cost_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                        name="cost_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_max__isnull", True),
                            models.Q(("amount__isnull", False), ("amount_max__gte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="cost_amounts_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount__isnull", True),
                            ("amount", 0),
                            models.Q(("currency", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="cost_amount_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "free"), _negated=True),
                            models.Q(("amount", 0), ("amount_max__isnull", True)),
                            models.Q(("amount", 0), ("amount_max", 0)),
                            _connector="OR",
                        ),
                        name="cost_free_is_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "unknown"), _negated=True),
                            ("amount__isnull", True),
                            _connector="OR",
                        ),
                        name="cost_unknown_has_no_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="cost_validity_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("guideline_over__isnull", True),
                            ("guideline_up_to__isnull", True),
                            ("guideline_over__lte", models.F("guideline_up_to")),
                            _connector="OR",
                        ),
                        name="cost_guideline_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("income_over__isnull", True),
                            ("income_up_to__isnull", True),
                            ("income_over__lte", models.F("income_up_to")),
                            _connector="OR",
                        ),
                        name="cost_income_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("household_from__isnull", True),
                            ("household_to__isnull", True),
                            ("household_from__lte", models.F("household_to")),
                            _connector="OR",
                        ),
                        name="cost_household_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent_off__isnull", True),
                            models.Q(("percent_off__gte", 0), ("percent_off__lte", 100)),
                            _connector="OR",
                        ),
                        name="cost_percent_off",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("full_fee__isnull", True),
                            models.Q(("full_fee__gte", 0), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="cost_full_fee",
                    ),
                ],
            },
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
                ("proposed", models.JSONField(default=dict, verbose_name="what they said")),
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
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("received_at", "id"),
                "permissions": (("decide_correction", "Can decide about what the public wrote"),),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                        name="correction_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wrong__in", ["unsafe", "closed", "unreachable", "full", "wrong"])
                        ),
                        name="correction_wrong",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="name")),
                ("title", models.CharField(blank=True, max_length=255, verbose_name="role")),
                ("department", models.CharField(blank=True, max_length=255, verbose_name="department")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="resources.organization",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact",
                "verbose_name_plural": "contacts",
                "ordering": ("name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization__isnull", False), ("service__isnull", True)),
                            models.Q(("organization__isnull", True), ("service__isnull", False)),
                            _connector="OR",
                        ),
                        name="contact_one_owner",
                    )
                ],
            },
        ),
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
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assurances",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "check",
                "verbose_name_plural": "checks",
                "ordering": ("-made_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["right", "no_answer", "full", "moved", "closed"])
                        ),
                        name="assurance_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceArea",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As it is said, such as Western Massachusetts.",
                        max_length=255,
                        verbose_name="name",
                    ),
                ),
                (
                    "extent",
                    models.CharField(
                        choices=[
                            ("postal_code", "Postal code"),
                            ("county", "County"),
                            ("region", "State, province or region"),
                            ("country", "Country"),
                            ("world", "The world"),
                        ],
                        max_length=20,
                        verbose_name="extent",
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        help_text="*, US, US-TX, US-TX/dallas (county) or US:75201 (postal code).",
                        max_length=120,
                        verbose_name="area",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_areas",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "service area",
                "verbose_name_plural": "service areas",
                "ordering": ("area",),
                "constraints": [
                    models.UniqueConstraint(fields=("service", "area"), name="service_area_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("extent__in", ["postal_code", "county", "region", "country", "world"])
                        ),
                        name="service_area_extent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area", "*"), ("extent", "world")),
                            models.Q(
                                ("extent", "country"),
                                models.Q(("area", "*"), _negated=True),
                                models.Q(
                                    ("area__contains", "-"),
                                    ("area__contains", "/"),
                                    ("area__contains", ":"),
                                    _connector="OR",
                                    _negated=True,
                                ),
                            ),
                            models.Q(
                                ("area__contains", "-"),
                                ("extent", "region"),
                                models.Q(
                                    ("area__contains", "/"),
                                    ("area__contains", ":"),
                                    _connector="OR",
                                    _negated=True,
                                ),
                            ),
                            models.Q(("area__contains", "/"), ("extent", "county")),
                            models.Q(("area__contains", ":"), ("extent", "postal_code")),
                            _connector="OR",
                        ),
                        name="service_area_matches_extent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceAtLocation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("description", models.TextField(blank=True, verbose_name="what differs here")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_at_locations",
                        to="resources.location",
                        verbose_name="place",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_at_locations",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "place of the service",
                "verbose_name_plural": "places of the service",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("service", "location"), name="service_once_at_location")
                ],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("description", models.TextField(blank=True, verbose_name="in words")),
                (
                    "freq",
                    models.CharField(
                        blank=True,
                        choices=[("WEEKLY", "Weekly"), ("MONTHLY", "Monthly")],
                        max_length=10,
                        verbose_name="repeats",
                    ),
                ),
                ("interval", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="every")),
                (
                    "byday",
                    models.CharField(
                        blank=True,
                        help_text="Such as TU, or 2TU for the second.",
                        max_length=60,
                        verbose_name="days",
                    ),
                ),
                ("bymonthday", models.CharField(blank=True, max_length=60, verbose_name="days of the month")),
                (
                    "bymonth",
                    models.CharField(
                        blank=True,
                        help_text="Such as 1,2,3 for January to March. Empty means all of them.",
                        max_length=40,
                        verbose_name="only in months",
                    ),
                ),
                (
                    "count",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Counted from the first date.",
                        null=True,
                        verbose_name="number of times",
                    ),
                ),
                (
                    "wkst",
                    models.CharField(
                        blank=True,
                        choices=[("MO", "Monday"), ("SU", "Sunday")],
                        max_length=2,
                        verbose_name="week begins on",
                    ),
                ),
                (
                    "exception_dates",
                    resources.models.dates.DatesField(
                        blank=True,
                        default=(),
                        help_text="Days without it, such as 2026-12-25, with commas between.",
                        verbose_name="not on",
                    ),
                ),
                (
                    "added_dates",
                    resources.models.dates.DatesField(
                        blank=True,
                        default=(),
                        help_text="Days with it besides, written the same.",
                        verbose_name="also on",
                    ),
                ),
                ("dtstart", models.DateField(blank=True, null=True, verbose_name="first date")),
                ("until", models.DateField(blank=True, null=True, verbose_name="last date")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                ("opens_at", models.TimeField(blank=True, null=True, verbose_name="from")),
                ("closes_at", models.TimeField(blank=True, null=True, verbose_name="to")),
                (
                    "timezone",
                    models.CharField(
                        blank=True,
                        help_text="Such as America/Chicago.",
                        max_length=60,
                        verbose_name="time zone",
                    ),
                ),
                (
                    "schedule_link",
                    resources.models.web.WebField(
                        blank=True,
                        help_text="Where they publish their dates.",
                        max_length=500,
                        verbose_name="page of dates",
                    ),
                ),
                (
                    "notes",
                    models.TextField(
                        blank=True,
                        help_text="Shown beside the dates, such as: moves for holidays.",
                        verbose_name="note",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="resources.service",
                    ),
                ),
                (
                    "service_at_location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="resources.serviceatlocation",
                    ),
                ),
            ],
            options={
                "verbose_name": "schedule",
                "verbose_name_plural": "schedules",
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("service__isnull", False), ("service_at_location__isnull", True)),
                            models.Q(("service__isnull", True), ("service_at_location__isnull", False)),
                            _connector="OR",
                        ),
                        name="schedule_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("freq__in", ["", "WEEKLY", "MONTHLY"])), name="schedule_freq"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dtstart__isnull", True),
                            ("until__isnull", True),
                            ("dtstart__lte", models.F("until")),
                            _connector="OR",
                        ),
                        name="schedule_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="schedule_validity_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("interval__isnull", True), ("interval__gte", 1), _connector="OR"),
                        name="schedule_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count__isnull", True), ("count__gte", 1), _connector="OR"),
                        name="schedule_count",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phone",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                (
                    "international",
                    models.CharField(
                        blank=True, editable=False, max_length=20, verbose_name="international form"
                    ),
                ),
                (
                    "extension",
                    models.CharField(
                        blank=True,
                        max_length=10,
                        validators=[django.core.validators.RegexValidator("^[0-9]+$", "Digits only.")],
                        verbose_name="extension",
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[("voice", "Call"), ("sms", "Text"), ("tty", "TTY"), ("fax", "Fax")],
                        default="voice",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="Where the number works.", max_length=2, verbose_name="country"
                    ),
                ),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="note")),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.location",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.organization",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.service",
                    ),
                ),
                (
                    "service_at_location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phones",
                        to="resources.serviceatlocation",
                    ),
                ),
            ],
            options={
                "verbose_name": "phone number",
                "verbose_name_plural": "phone numbers",
                "ordering": ("type", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("location__isnull", True),
                                ("organization__isnull", False),
                                ("service__isnull", True),
                                ("service_at_location__isnull", True),
                            ),
                            models.Q(
                                ("location__isnull", True),
                                ("organization__isnull", True),
                                ("service__isnull", False),
                                ("service_at_location__isnull", True),
                            ),
                            models.Q(
                                ("location__isnull", True),
                                ("organization__isnull", True),
                                ("service__isnull", True),
                                ("service_at_location__isnull", False),
                            ),
                            models.Q(
                                ("location__isnull", False),
                                ("organization__isnull", True),
                                ("service__isnull", True),
                                ("service_at_location__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="phone_one_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("type__in", ["voice", "sms", "tty", "fax"])),
                        name="phone_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="phone_has_number"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="listing",
            name="service_at_location",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="listing",
                to="resources.serviceatlocation",
            ),
        ),
        migrations.CreateModel(
            name="ServiceAudience",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("birthing_parent", "The person who was pregnant"),
                            ("partner", "Partners"),
                            ("fathers", "Dads and men"),
                            ("couple", "Couples together"),
                            ("grandparents", "Grandparents"),
                            ("children", "Children and siblings"),
                            ("family", "Other family and friends"),
                            ("young_people", "Young people who had a loss"),
                            ("single_parent", "Single parents and people alone"),
                            ("lgbtq", "LGBTQ+ people"),
                            ("black", "Black women and families"),
                            ("indigenous", "Indigenous people"),
                            ("people_of_colour", "People of colour"),
                            ("migrants", "Migrants and refugees"),
                            ("disabled", "Disabled people"),
                            ("military", "Military families"),
                            ("pregnant_after_loss", "Pregnant again"),
                            ("trying_again", "Trying again"),
                            ("parenting_after_loss", "Parenting after loss"),
                            ("professionals", "Health workers"),
                        ],
                        max_length=40,
                        verbose_name="for",
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("open", "Open to them"),
                            ("designed_for", "Made for them"),
                            ("only", "Others are asked not to come"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="how firm",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="audiences",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "audience",
                "verbose_name_plural": "audiences",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("service", "audience"), name="audience_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "audience__in",
                                [
                                    "birthing_parent",
                                    "partner",
                                    "fathers",
                                    "couple",
                                    "grandparents",
                                    "children",
                                    "family",
                                    "young_people",
                                    "single_parent",
                                    "lgbtq",
                                    "black",
                                    "indigenous",
                                    "people_of_colour",
                                    "migrants",
                                    "disabled",
                                    "military",
                                    "pregnant_after_loss",
                                    "trying_again",
                                    "parenting_after_loss",
                                    "professionals",
                                ],
                            )
                        ),
                        name="audience_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rule__in", ["open", "designed_for", "only"])),
                        name="audience_rule_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                (
                    "file_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of the file"),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                ("counts", models.JSONField(blank=True, default=dict, verbose_name="counts")),
                ("refusals", models.JSONField(blank=True, default=list, verbose_name="refusals")),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="resources.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "import run",
                "verbose_name_plural": "import runs",
                "ordering": ("-started_at",),
            },
        ),
        migrations.CreateModel(
            name="SourceRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, verbose_name="the source's own id")),
                ("part", models.CharField(blank=True, max_length=60, verbose_name="part")),
                ("raw", models.JSONField(verbose_name="as given")),
                ("digest", models.CharField(max_length=64)),
                (
                    "refusals",
                    models.JSONField(blank=True, default=list, verbose_name="what could not be read"),
                ),
                (
                    "source_url",
                    resources.models.web.WebField(
                        blank=True, max_length=500, verbose_name="page it was seen on"
                    ),
                ),
                ("seen_on", models.DateField(blank=True, null=True, verbose_name="retrieved on")),
                (
                    "first_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="first_records",
                        to="resources.importrun",
                    ),
                ),
                (
                    "last_run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="last_records",
                        to="resources.importrun",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="source_records",
                        to="resources.location",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="source_records",
                        to="resources.organization",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="source_records",
                        to="resources.service",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="resources.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "source record",
                "verbose_name_plural": "source records",
                "ordering": ("source", "key", "part"),
                "constraints": [
                    models.UniqueConstraint(fields=("source", "key", "part"), name="source_record_once")
                ],
            },
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
                ("proposed", models.JSONField(default=dict, verbose_name="what they said")),
                ("note", models.TextField(blank=True, verbose_name="in their words")),
                ("accepted", models.JSONField(default=list, verbose_name="taken over")),
                ("stamp", models.CharField(max_length=64, null=True, unique=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="suggestions",
                        to="resources.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion",
                "verbose_name_plural": "suggestions",
                "ordering": ("received_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["open", "accepted", "declined"])),
                        name="suggestion_decision",
                    )
                ],
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
                (
                    "correction",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reply_address",
                        to="resources.correction",
                    ),
                ),
                (
                    "suggestion",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reply_address",
                        to="resources.suggestion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("correction__isnull", True), ("suggestion__isnull", False)),
                            models.Q(("correction__isnull", False), ("suggestion__isnull", True)),
                            _connector="OR",
                        ),
                        name="reply_address_one_owner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxonomyTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="resources.taxonomyterm",
                        verbose_name="part of",
                    ),
                ),
                (
                    "taxonomy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="resources.taxonomy",
                    ),
                ),
            ],
            options={
                "verbose_name": "term",
                "verbose_name_plural": "terms",
                "ordering": ("taxonomy", "name"),
                "constraints": [
                    models.UniqueConstraint(fields=("taxonomy", "code"), name="term_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="term_named"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="service",
            name="topics",
            field=models.ManyToManyField(
                blank=True, related_name="services", to="resources.taxonomyterm", verbose_name="topics"
            ),
        ),
        migrations.CreateModel(
            name="ListingArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area", models.CharField(max_length=120)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="resources.listing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("area", "listing"), name="listing_area_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingMeeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("schedule_id", models.UUIDField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField()),
                ("timezone", models.CharField(max_length=60)),
                ("day", models.IntegerField()),
                ("weekday", models.SmallIntegerField()),
                ("minute", models.SmallIntegerField(null=True)),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meetings",
                        to="resources.listing",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["listing", "over_at", "starts_at"], name="listing_meeting_next"),
                    models.Index(fields=["over_at", "listing"], name="listing_meeting_over"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListingPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("min_price", models.IntegerField()),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="resources.listing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("currency", "listing"), name="listing_price_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Accessibility",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "feature",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("step_free", "Step-free, for wheelchairs"),
                            ("accessible_toilet", "Accessible toilet"),
                            ("accessible_parking", "Accessible parking"),
                            ("lift", "Lift"),
                            ("hearing_loop", "Hearing loop"),
                            ("captions", "Live captions"),
                            ("quiet_space", "Quiet space"),
                        ],
                        max_length=20,
                        verbose_name="to search by",
                    ),
                ),
                ("description", models.CharField(max_length=255, verbose_name="arrangement")),
                ("details", models.TextField(blank=True, verbose_name="details")),
                ("url", resources.models.web.WebField(blank=True, max_length=500, verbose_name="web page")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accessibility",
                        to="resources.location",
                    ),
                ),
            ],
            options={
                "verbose_name": "access arrangement",
                "verbose_name_plural": "access arrangements",
                "ordering": ("description",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "feature__in",
                                [
                                    "step_free",
                                    "accessible_toilet",
                                    "accessible_parking",
                                    "lift",
                                    "hearing_loop",
                                    "captions",
                                    "quiet_space",
                                    "",
                                ],
                            )
                        ),
                        name="access_feature_known",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="organization",
            index=models.Index(fields=["name"], name="resources_o_name_73a105_idx"),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["model", "object_id"], name="revision_of_record"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(
                fields=["cell", "kind", "cost", "min_price", "x", "y", "z", "id"], name="listing_cell"
            ),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["country", "kind", "rank", "id"], name="listing_country"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["rank", "id"], name="listing_rank"),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["status", "kind"], name="resources_s_status_4dd214_idx"),
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
                condition=django.db.models.lookups.Exact(
                    django.db.models.expressions.CombinedExpression(
                        models.F("content_notes"), "&", models.F("content_clear")
                    ),
                    0,
                ),
                name="service_content_known_one_way",
            ),
        ),
        TEXT_INDEX,
    ]
