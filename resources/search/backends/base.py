"""What a database must offer for text search. Vendor-specific SQL stays in this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db.models.expressions import RawSQL

from resources.search.tokens import QueryTerm

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

    def matching(self, terms: Sequence[QueryTerm], columns: Sequence[str]) -> RawSQL:
        """Return a subquery for the ids of the listings that match every one of `terms` in `columns`."""
        ...
