"""What a database must offer for text search. Vendor-specific SQL stays in this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db import connection

# The columns of ListingText, the most relevant first: a match in the name ranks before one in the text.
COLUMNS = ("name_words", "term_words", "organization_words", "text_words")
TABLE = "resources_listingtext"


class TextIndex(Protocol):
    """A text index over ListingText, maintained by the database itself.

    It holds tokens as `resources.search.tokens` writes them: letters a to z, digits, single spaces.
    """

    def create(self) -> Sequence[str]:
        """Return the statements that create the index over existing rows, for a migration."""
        ...

    def drop(self) -> Sequence[str]:
        """Return the statements that remove the index, whatever state it is in."""
        ...

    def clear(self) -> Sequence[str]:
        """Return the statements that delete every row of ListingText."""
        ...

    def listings_with(self, tokens: Sequence[str], column: str) -> list[int]:
        """Return the rows of the listings with these tokens one after another in a column. One query."""
        ...


def read_ids(sql: str, parameter: str) -> list[int]:
    """Return the ids in a text with commas, the one value of a query: half the cost of a row for each."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        text = cursor.fetchone()[0]
    return list(map(int, text.split(","))) if text else []
