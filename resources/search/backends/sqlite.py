"""Words on the embedded database: an FTS5 table over ListingText, written by triggers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from resources.search.backends.base import COLUMNS

TABLE = "resources_listingtext"
INDEX = "resources_listingwords"


class Fts5Index:
    """External content: the words are stored once, in ListingText. The text arrives folded and stemmed."""

    def create(self) -> Sequence[str]:
        columns = ", ".join(COLUMNS)
        new = ", ".join(f"new.{column}" for column in COLUMNS)
        old = ", ".join(f"old.{column}" for column in COLUMNS)
        insert = f"INSERT INTO {INDEX}(rowid, {columns}) VALUES (new.listing_id, {new});"
        delete = f"INSERT INTO {INDEX}({INDEX}, rowid, {columns}) VALUES ('delete', old.listing_id, {old});"
        return (
            f"CREATE VIRTUAL TABLE {INDEX} USING fts5({columns}, content='{TABLE}',"
            " content_rowid='listing_id', tokenize='unicode61')",
            f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {insert} END",
            f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {delete} END",
            f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN {delete} {insert} END",
        )

    def drop(self) -> Sequence[str]:
        triggers = [f"DROP TRIGGER {INDEX}_{event}" for event in ("insert", "delete", "update")]
        return (*triggers, f"DROP TABLE {INDEX}")

    def matching(self, words: Sequence[str], columns: Sequence[str]) -> RawSQL:
        wanted = " ".join(f'"{word}"' for word in words)  # a folded word holds letters and digits only
        question = f"{{{' '.join(columns)}}} : ({wanted})"
        return RawSQL(
            f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s",
            (question,),
            output_field=BigIntegerField(),
        )
