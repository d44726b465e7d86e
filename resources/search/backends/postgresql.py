"""Text search on PostgreSQL: a generated tsvector column on ListingText with a GIN index.

Neither vector nor query uses PostgreSQL's parser or dictionaries, whose idea of a word depends on the locale
of the database: tokens are written into both as they are, behind the letter of their column. The index knows
these. Weights it would not: every row with the token in any column would have to be read to see where.
"""

from __future__ import annotations

from collections.abc import Sequence

from resources.search.backends.base import COLUMNS, TABLE, read_ids

VECTOR = "words"
INDEX = "resources_listingtext_words"
MAKE_VECTOR = "resources_listing_words"
LETTERS = dict(zip(COLUMNS, "abcd", strict=True))

# Columns that are sorted, or looked up by prefix. Both must compare bytes, as SQLite does by default, and not
# follow the collation the database was created with.
BYTE_ORDERED = (
    (TABLE, "name_exact", "varchar(255)"),
    (TABLE, "organization_exact", "varchar(255)"),
    ("resources_catalogueword", "word", "varchar(40)"),
    ("resources_place", "name_key", "varchar(200)"),
    ("resources_place", "code", "varchar(5)"),
)


class TsvectorIndex:
    """The index on PostgreSQL; see `TextIndex`."""

    def create(self) -> Sequence[str]:
        arguments = ", ".join(f"{column} text" for column in COLUMNS)
        return (
            *(
                f'ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} COLLATE "C"'
                for table, column, kind in BYTE_ORDERED
            ),
            f"CREATE FUNCTION {MAKE_VECTOR}({arguments}) RETURNS tsvector"
            f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $make$ {_vector_of_columns()} $make$",
            f"ALTER TABLE {TABLE} ADD COLUMN {VECTOR} tsvector"
            f" GENERATED ALWAYS AS ({MAKE_VECTOR}({', '.join(COLUMNS)})) STORED",
            f"CREATE INDEX {INDEX} ON {TABLE} USING gin ({VECTOR})",
        )

    def drop(self) -> Sequence[str]:
        return (
            f"DROP INDEX IF EXISTS {INDEX}",
            f"ALTER TABLE {TABLE} DROP COLUMN IF EXISTS {VECTOR}",
            f"DROP FUNCTION IF EXISTS {MAKE_VECTOR}",
        )

    def clear(self) -> Sequence[str]:
        return (f"DELETE FROM {TABLE}",)

    def listings_with(self, tokens: Sequence[str], column: str) -> list[int]:
        phrase = " <-> ".join(f"{LETTERS[column]}{token}" for token in tokens)
        return read_ids(
            f"SELECT string_agg(listing_id::text, ',') FROM {TABLE} WHERE {VECTOR} @@ %s::tsquery", phrase
        )


def _vector_of_columns() -> str:
    """Return a SELECT of the whole vector, such as `amiscarriag:1 asupport:2`."""
    words = " UNION ALL ".join(
        f"SELECT '{LETTERS[column]}' || word || ':' || place AS said"
        f" FROM unnest(string_to_array({column}, ' ')) WITH ORDINALITY AS t(word, place) WHERE word <> ''"
        for column in COLUMNS
    )
    return f"SELECT coalesce(string_agg(said, ' '), '')::tsvector FROM ({words}) AS every_word"
