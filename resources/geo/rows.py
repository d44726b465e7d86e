"""One row of the gazetteer as it is written and read: a tuple, because a common name has some hundred rows.

`rows_named` is written by hand: building the same query in the ORM takes longer than running it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from resources.geo.extents import Box, read_boxes
from resources.geo.point import Point
from resources.models.place import PlaceKind

# The most common names, such as San Antonio, have a few hundred rows.
MAX_ROWS = 1000


class _Columns(NamedTuple):
    kind: str
    country: str
    code: str
    name: str
    name_key: str
    region: str
    county: str
    latitude: float
    longitude: float
    population: int
    spread_km: float
    timezone: str
    is_alias: bool
    is_prominent: bool
    boxes: str
    areas: str


class PlaceRow(_Columns):
    """The columns of `Place`, in the order of COLUMNS."""

    @property
    def point(self) -> Point:
        """Where it is; of an area, the middle of its people."""
        return Point(self.latitude, self.longitude)

    @property
    def people(self) -> int:
        """Those who live there; 0 for a place known only by its postal code: its number is of a town."""
        return 0 if self.kind == PlaceKind.POSTAL_CODE else self.population

    @property
    def is_area(self) -> bool:
        """True for a place with an extent instead of a point."""
        return self.kind not in (PlaceKind.POSTAL_CODE, PlaceKind.TOWN)

    @property
    def service_areas(self) -> tuple[str, ...]:
        """The keys of `areas`."""
        return tuple(filter(None, self.areas.split(";")))

    @cached_property
    def extent(self) -> tuple[Box, ...]:
        """The boxes of a county or other area; empty for a region or a country, which are known by code."""
        return read_boxes(self.boxes)


COLUMNS = _Columns._fields
INSERT = f"INSERT INTO resources_place ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM resources_place"


def rows_named(keys: Iterable[str]) -> list[PlaceRow]:
    """Return the places with one of these folded names, the most populous first. One query."""
    wanted = list(dict.fromkeys(keys))
    marks = ", ".join(["%s"] * len(wanted))
    where = f"WHERE name_key IN ({marks}) ORDER BY population DESC, id LIMIT {MAX_ROWS}"
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} {where}", wanted)
        return [PlaceRow(*row) for row in cursor.fetchall()]


def rows_with_code(codes: Iterable[tuple[str, str]]) -> list[PlaceRow]:
    """Return the postal codes, each given as (country, code). One query."""
    wanted = set(codes)
    alone = sorted({code for _country, code in wanted})
    marks = ", ".join(["%s"] * len(alone))
    where = f"WHERE kind = 'postal_code' AND code IN ({marks}) ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(f"{_SELECT} {where}", alone)
        found = [PlaceRow(*row) for row in cursor.fetchall()]
    return [row for row in found if (row.country, row.code) in wanted]
