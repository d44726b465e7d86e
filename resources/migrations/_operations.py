"""What migrations do that Django's own operations do not."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from resources.search.backends import text_index


def _create(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).create():
        schema_editor.execute(statement)


def _drop(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).drop():
        schema_editor.execute(statement)


def _create_again(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        _drop(apps, schema_editor)
        _create(apps, schema_editor)


def _empty_listings(apps: Any, schema_editor: Any) -> None:
    models = ("ListingText", "ListingMeeting", "ListingArea", "ListingPrice", "Listing", "CatalogueChange")
    for model in models:
        rows = apps.get_model("resources", model).objects.all()
        rows._raw_delete(schema_editor.connection.alias)  # children first: no cascade is needed
    if schema_editor.connection.vendor == "postgresql":
        # What the deletion left to check at the end would forbid to alter the tables.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


# Before the columns of listings change: `rebuild_listings --if-outdated` makes all of them again.
EMPTY_LISTINGS = migrations.RunPython(_empty_listings, migrations.RunPython.noop)
# The full-text table or columns over the listings' words, as the database in use makes them.
TEXT_INDEX = migrations.RunPython(_create, _drop)
# After the words of a listing are put otherwise into PostgreSQL's index.
TEXT_INDEX_AGAIN = migrations.RunPython(_create_again, migrations.RunPython.noop)


class InStateAlone(migrations.SeparateDatabaseAndState):
    """Changes that no database knows of, such as the labels of fields.

    Django would draw all models again after each. Here they are drawn again when next needed.
    """

    def __init__(self, state_operations: Any) -> None:
        super().__init__(state_operations=state_operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
