"""The text index of the database in use."""

from __future__ import annotations

from django.db import connections

from resources.search.backends.base import TextIndex
from resources.search.backends.postgresql import TsvectorIndex
from resources.search.backends.sqlite import Fts5Index

INDEXES: dict[str, type[TextIndex]] = {"sqlite": Fts5Index, "postgresql": TsvectorIndex}


def text_index(using: str = "default") -> TextIndex:
    """Return the index for the vendor of the connection `using`."""
    return INDEXES[connections[using].vendor]()
