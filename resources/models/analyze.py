"""Statistics that the database keeps about its tables to choose among indexes."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

_FINISH_INDEXES = """
    SELECT gin_clean_pending_list(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE amname = 'gin' AND starts_with(relname, 'resources_')
"""


def analyze_tables() -> None:
    """Run ANALYZE on every table of this app. Needed after a load, before the first search.

    Table by table, because on PostgreSQL a plain ANALYZE would also read, and wait for, tables that are not
    ours. There, rows that wait to be put into the index of words are put in, too: each question reads them.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("resources").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
        if connection.vendor == "postgresql":
            cursor.execute(_FINISH_INDEXES)
