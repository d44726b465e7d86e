"""Dates of schedules, bands of prices, and what visitors ask about both.

Listings are derived: `rebuild_listings`, which `make run` calls, fills the new tables.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import resources.models.dates
import resources.models.web


def name_fee_rule(apps: Any, schema_editor: Any) -> None:
    """What came from the list of US health centers keeps to their rule, which only the words said until now."""
    apps.get_model("resources", "Service").objects.using(schema_editor.connection.alias).filter(
        source_records__source__slug="hrsa"
    ).update(fee_rule="health_center")


class Migration(migrations.Migration):
    dependencies = [
        ("resources", "0003_search"),
    ]

    operations = [
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
            ],
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
            ],
        ),
        migrations.AddField(
            model_name="cataloguechange",
            name="made_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="costoption",
            name="checked_on",
            field=models.DateField(blank=True, null=True, verbose_name="price last checked on"),
        ),
        migrations.AddField(
            model_name="costoption",
            name="full_fee",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="full fee"
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="guideline_over",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                max_digits=5,
                null=True,
                verbose_name="over percent of the guideline",
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="guideline_up_to",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                max_digits=5,
                null=True,
                verbose_name="up to percent of the guideline",
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="household_from",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="household from"),
        ),
        migrations.AddField(
            model_name="costoption",
            name="household_to",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="household to"),
        ),
        migrations.AddField(
            model_name="costoption",
            name="income_over",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=11, null=True, verbose_name="income over, a year"
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="income_up_to",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=11, null=True, verbose_name="income up to, a year"
            ),
        ),
        migrations.AddField(
            model_name="costoption",
            name="percent_off",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                help_text="A discount of the full fee: 80 means that 20 percent is left to pay.",
                max_digits=4,
                null=True,
                verbose_name="percent off",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="added_dates",
            field=resources.models.dates.DatesField(
                blank=True,
                default=(),
                help_text="Days with it besides, written the same.",
                verbose_name="also on",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="bymonth",
            field=models.CharField(
                blank=True,
                help_text="Such as 1,2,3 for January to March. Empty means all of them.",
                max_length=40,
                verbose_name="only in months",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="count",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Counted from the first date.",
                null=True,
                verbose_name="number of times",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="exception_dates",
            field=resources.models.dates.DatesField(
                blank=True,
                default=(),
                help_text="Days without it, such as 2026-12-25, with commas between.",
                verbose_name="not on",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="schedule_link",
            field=resources.models.web.WebField(
                blank=True,
                help_text="Where they publish their dates.",
                max_length=500,
                verbose_name="page of dates",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="wkst",
            field=models.CharField(
                blank=True,
                choices=[("MO", "Monday"), ("SU", "Sunday")],
                max_length=2,
                verbose_name="week begins on",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="fee_rule",
            field=models.CharField(
                blank=True,
                choices=[("health_center", "US health center: sliding fee by law")],
                help_text="A rule that binds it by law, whatever its own table says.",
                max_length=20,
                verbose_name="rule its fees keep to",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="proof_of_income",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="schedule",
            name="notes",
            field=models.TextField(
                blank=True,
                help_text="Shown beside the dates, such as: moves for holidays.",
                verbose_name="note",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("guideline_over__isnull", True),
                    ("guideline_up_to__isnull", True),
                    ("guideline_over__lte", models.F("guideline_up_to")),
                    _connector="OR",
                ),
                name="cost_guideline_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("income_over__isnull", True),
                    ("income_up_to__isnull", True),
                    ("income_over__lte", models.F("income_up_to")),
                    _connector="OR",
                ),
                name="cost_income_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("household_from__isnull", True),
                    ("household_to__isnull", True),
                    ("household_from__lte", models.F("household_to")),
                    _connector="OR",
                ),
                name="cost_household_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent_off__isnull", True),
                    models.Q(("percent_off__gte", 0), ("percent_off__lte", 100)),
                    _connector="OR",
                ),
                name="cost_percent_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="costoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("full_fee__isnull", True),
                    models.Q(("full_fee__gte", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="cost_full_fee",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__isnull", True), ("count__gte", 1), _connector="OR"),
                name="schedule_count",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee_rule__in", ["health_center", ""])), name="service_fee_rule"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("proof_of_income__in", ["not_asked", "own_word", "needed", ""])),
                name="service_proof_of_income",
            ),
        ),
        migrations.AddField(
            model_name="listingmeeting",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="meetings", to="resources.listing"
            ),
        ),
        migrations.AddField(
            model_name="listingprice",
            name="listing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="resources.listing"
            ),
        ),
        migrations.AddIndex(
            model_name="listingmeeting",
            index=models.Index(fields=["listing", "over_at", "starts_at"], name="listing_meeting_next"),
        ),
        migrations.AddIndex(
            model_name="listingmeeting",
            index=models.Index(fields=["over_at", "listing"], name="listing_meeting_over"),
        ),
        migrations.AddConstraint(
            model_name="listingprice",
            constraint=models.UniqueConstraint(fields=("currency", "listing"), name="listing_price_once"),
        ),
        migrations.RunPython(name_fee_rule, migrations.RunPython.noop),
    ]
