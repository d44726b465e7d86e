"""Text search on SQLite: an FTS5 table over ListingText, maintained by triggers."""

from __future__ import annotations

from collections.abc import Sequence

from resources.search.backends.base import COLUMNS, TABLE, read_ids

INDEX = "resources_listingwords"


class Fts5Index:
    """The index on SQLite, with external content: the words are stored once, in ListingText."""

    def create(self) -> Sequence[str]:
        columns = ", ".join(COLUMNS)
        new = ", ".join(f"new.{column}" for column in COLUMNS)
        insert = f"INSERT INTO {INDEX}(rowid, {columns}) VALUES (new.listing_id, {new});"
        delete = self._delete()
        return (
            f"CREATE VIRTUAL TABLE {INDEX} USING fts5({columns}, content='{TABLE}',"
            " content_rowid='listing_id', tokenize='ascii')",
            f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {insert} END",
            self._delete_trigger(),
            f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN {delete} {insert} END",
            f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')",
        )

    def drop(self) -> Sequence[str]:
        triggers = [f"DROP TRIGGER IF EXISTS {INDEX}_{event}" for event in ("insert", "delete", "update")]
        return (*triggers, f"DROP TABLE IF EXISTS {INDEX}")

    def clear(self) -> Sequence[str]:
        """Without the trigger, which would look up the words of each row in the index."""
        return (
            f"DROP TRIGGER {INDEX}_delete",
            f"DELETE FROM {TABLE}",
            f"INSERT INTO {INDEX}({INDEX}) VALUES ('delete-all')",
            self._delete_trigger(),
        )

    def _delete_trigger(self) -> str:
        return f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {self._delete()} END"

    def _delete(self) -> str:
        columns, old = ", ".join(COLUMNS), ", ".join(f"old.{column}" for column in COLUMNS)
        return f"INSERT INTO {INDEX}({INDEX}, rowid, {columns}) VALUES ('delete', old.listing_id, {old});"

    def listings_with(self, tokens: Sequence[str], column: str) -> list[int]:
        phrase = " ".join(tokens)
        return read_ids(
            f"SELECT group_concat(rowid) FROM {INDEX} WHERE {INDEX} MATCH %s", f'{column} : "{phrase}"'
        )
