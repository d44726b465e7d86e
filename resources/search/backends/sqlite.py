"""Text search on SQLite: an FTS5 table over ListingText, maintained by triggers."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from resources.search.backends.base import COLUMNS, TABLE
from resources.search.tokens import QueryTerm

INDEX = "resources_listingwords"


class Fts5Index:
    """The index on SQLite, with external content: the words are stored once, in ListingText."""

    def create(self) -> Sequence[str]:
        columns = ", ".join(COLUMNS)
        new = ", ".join(f"new.{column}" for column in COLUMNS)
        old = ", ".join(f"old.{column}" for column in COLUMNS)
        insert = f"INSERT INTO {INDEX}(rowid, {columns}) VALUES (new.listing_id, {new});"
        delete = f"INSERT INTO {INDEX}({INDEX}, rowid, {columns}) VALUES ('delete', old.listing_id, {old});"
        return (
            f"CREATE VIRTUAL TABLE {INDEX} USING fts5({columns}, content='{TABLE}',"
            " content_rowid='listing_id', tokenize='ascii')",
            f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {insert} END",
            f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {delete} END",
            f"CREATE TRIGGER {INDEX}_update AFTER UPDATE ON {TABLE} BEGIN {delete} {insert} END",
            f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')",
        )

    def drop(self) -> Sequence[str]:
        triggers = [f"DROP TRIGGER IF EXISTS {INDEX}_{event}" for event in ("insert", "delete", "update")]
        return (*triggers, f"DROP TABLE IF EXISTS {INDEX}")

    def matching(self, terms: Sequence[QueryTerm], columns: Sequence[str]) -> RawSQL:
        wanted = " AND ".join(_expression(term) for term in terms)
        return RawSQL(
            f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s",
            (f"{{{' '.join(columns)}}} : ({wanted})",),
            output_field=BigIntegerField(),
        )


def _expression(term: QueryTerm) -> str:
    literal = f'"{" ".join(term.tokens)}"' if term.is_phrase else " AND ".join(map(_quoted, term.tokens))
    return f"({' OR '.join((f'({literal})', *map(_quoted, term.concepts)))})"


def _quoted(token: str) -> str:
    return f'"{token}"'
