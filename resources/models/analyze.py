"""What the database knows of its own tables, by which it chooses among its indexes."""

from __future__ import annotations

from django.apps import apps
from django.db import connection


def analyze_tables() -> None:
    """Has every table of ours counted anew: due after a load, before anybody asks.

    Table by table, for PostgreSQL would otherwise count what all its databases share, and make them wait.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("resources").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
