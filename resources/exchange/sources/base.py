"""What every source is: who says it, under which licence, and how its records are found and read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import resources
from resources.exchange.reading import SourceFile
from resources.exchange.records import Entry, Record, Refusal

DATA = Path(resources.__file__).parent / "data"


class Feed(ABC):
    """One source of records. A new one is one class in the list of `resources.exchange.sources`."""

    slug: str
    name: str
    url: str
    licence: str
    # Whether its services are shown, unassured, before a curator has looked. An upload's never are.
    publishes: bool = False
    # Raise it when the same words are to be read otherwise: every record is then read anew.
    rules: str = "1"
    # The file that comes with this project, if any.
    shipped: Path | None = None

    @abstractmethod
    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        """The records of the file, not yet read, and the rows that are none; FileRefused for another file."""

    @abstractmethod
    def read(self, entry: Entry) -> Record:
        """One record, read; what could not be read is among its refusals."""
