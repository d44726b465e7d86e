"""The interface of a source: its name and licence, and how its records are found and read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from uuid import UUID

import resources
from resources.exchange.reading import SourceFile
from resources.exchange.records import Entry, Record, Refusal

WORLD = "*"  # the area of what serves everyone
DATA = Path(resources.__file__).parent / "data"


class Feed(ABC):
    """A source of records. A new one is one class in the list of `resources.exchange.sources`."""

    slug: str
    name: str
    url: str
    licence: str
    # Whether its services are published, unassured, before a curator has checked them. False for uploads.
    publishes: bool = False
    # Another source, whose organizations of the same names are the same ones; "" where there is none.
    organizations_of: str = ""
    # Increase it when the same values are to be read differently: every record is then read again.
    rules: str = "1"
    # The file that comes with this project, if any.
    shipped: Path | None = None

    def record_id(self, key: str) -> UUID | None:
        """Return the id of the service that this key means, whatever its source; None for another key."""
        return None

    @abstractmethod
    def find_entries(self, file: SourceFile) -> tuple[list[Entry], list[Refusal]]:
        """Return the records of the file, not yet read, and a refusal for each row that is not a record.

        Raises FileRefused for a file of another kind.
        """

    def countries_of(self, entry: Entry) -> frozenset[str]:
        """Return the countries that a record is of: empty if it serves the world, or none is stated."""
        services = self.read(entry).services
        areas = {area.area[:2] for service in services for area in service.areas}
        places = {place.country for service in services for place in service.locations}
        return frozenset() if WORLD in areas else frozenset((places | areas) - {""})

    @abstractmethod
    def read(self, entry: Entry) -> Record:
        """Read one record. Its `refusals` list unreadable values."""
