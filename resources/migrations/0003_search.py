"""The columns of every facet, the catalogue's own words, its version, and the text index in its new form.

Listings are derived: they are emptied here and made again by `rebuild_listings`, which `make run` calls.
"""

from typing import Any

from django.db import migrations, models

from resources.search.backends import text_index

ACCESS_FEATURES = [
    ("step_free", "Step-free, for wheelchairs"),
    ("accessible_toilet", "Accessible toilet"),
    ("accessible_parking", "Accessible parking"),
    ("lift", "Lift"),
    ("hearing_loop", "Hearing loop"),
    ("captions", "Live captions"),
    ("quiet_space", "Quiet space"),
]


def empty(apps: Any, schema_editor: Any) -> None:
    for name in ("ListingText", "ListingArea", "Listing"):
        apps.get_model("resources", name).objects.using(schema_editor.connection.alias).all().delete()


def create(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).create():
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).drop():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("resources", "0002_listing_words")]

    operations = [
        migrations.RunPython(drop, create),
        migrations.RunPython(empty, migrations.RunPython.noop),
        migrations.RemoveField(model_name="listing", name="on_request"),
        migrations.AddField(
            model_name="listing",
            name="on_request",
            field=models.SmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="listing",
            name="countries",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="listing",
            name="accessibility",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accessibility",
            name="feature",
            field=models.CharField(
                blank=True,
                choices=ACCESS_FEATURES,
                default="",
                max_length=20,
                verbose_name="to search by",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="accessibility",
            constraint=models.CheckConstraint(
                condition=models.Q(feature__in=[*(code for code, _label in ACCESS_FEATURES), ""]),
                name="access_feature_known",
            ),
        ),
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rules", models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="CatalogueWord",
            fields=[("word", models.CharField(max_length=40, primary_key=True, serialize=False))],
        ),
        migrations.RunPython(create, drop),
    ]
