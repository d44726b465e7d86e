"""The text index over the listings' words, in the words of the database in use."""

from typing import Any

from django.db import migrations

from resources.search.backends import text_index


def create(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).create():
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    for statement in text_index(schema_editor.connection.alias).drop():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("resources", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
