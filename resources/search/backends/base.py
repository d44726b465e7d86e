"""What a database must be able to do with words. What only one vendor understands stays in this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db.models.expressions import RawSQL

from resources.search.tokens import QueryTerm

# The columns of ListingText, the most telling first: a match in the name stands before one in the text.
COLUMNS = ("name_words", "term_words", "organization_words", "text_words")
TABLE = "resources_listingtext"


class TextIndex(Protocol):
    """An index over the words of ListingText, kept true by the database itself.

    The words arrive as `resources.search.tokens` writes them: small letters a to z, digits, single spaces.
    """

    def create(self) -> Sequence[str]:
        """The statements that make the index over what is there already, for a migration."""
        ...

    def drop(self) -> Sequence[str]:
        """The statements that remove it, in whatever form it is there, if it is."""
        ...

    def matching(self, terms: Sequence[QueryTerm], columns: Sequence[str]) -> RawSQL:
        """The ids of the listings that hold every one of `terms` somewhere in `columns`, as a subquery."""
        ...
