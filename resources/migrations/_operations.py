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


# The full-text table or columns over the listings' words, as the database in use makes them.
TEXT_INDEX = migrations.RunPython(_create, _drop)
