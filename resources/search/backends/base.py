"""What a database must be able to do with words. What only one vendor understands stays in this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.db.models.expressions import RawSQL

# The columns of ListingText, the most telling first: a match in the name stands before one in the text.
COLUMNS = ("name_words", "term_words", "organization_words", "text_words")


class TextIndex(Protocol):
    """An index over the words of ListingText, kept true by the database itself."""

    def create(self) -> Sequence[str]:
        """The statements that make the index, for a migration."""
        ...

    def drop(self) -> Sequence[str]:
        """The statements that remove it."""
        ...

    def matching(self, words: Sequence[str], columns: Sequence[str]) -> RawSQL:
        """The ids of the listings that hold every one of `words` somewhere in `columns`, as a subquery."""
        ...
